"""docs/importing.md: every example on the page is run, and gives the tables that stand below it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from rdpscore.problems import CATALOGUE
from rdpscore.published.importing import import_published
from rdpscore.survey import load

PAGE = (Path(__file__).parents[1] / "docs" / "importing.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
TABLES = ("codings.csv", "adjudications.csv", "journals.csv")


def examples() -> dict[str, list[tuple[str, str]]]:
    """Heading → (file, content) of every example."""
    sections = re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]
    found = {s.partition("\n")[0]: [(n, t) for _, n, t in BLOCK.findall(s)] for s in sections}
    return {title: files for title, files in found.items() if files}


CODEBOOK = next(text for _, name, text in BLOCK.findall(PAGE) if name == "codebook.yaml")


def write(folder: Path, files: list[tuple[str, str]]) -> None:
    books: dict[str, openpyxl.Workbook] = {}
    for name, text in files:
        if "#" in name:
            file, _, sheet = name.partition("#")
            book = books.setdefault(file, openpyxl.Workbook())
            page = book.create_sheet(sheet)
            for row in csv.reader(io.StringIO(text)):
                page.append(row)
        elif name not in TABLES:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    for file, book in books.items():
        del book["Sheet"]
        book.save(folder / file)


@pytest.mark.parametrize("title", examples())
def test_an_example_of_the_docs_gives_what_the_docs_say(title: str, tmp_path: Path) -> None:
    files = examples()[title]
    source = tmp_path / "source"
    source.mkdir()
    write(source, [("codebook.yaml", CODEBOOK), *files])
    import_published(tmp_path / "survey", source / "mapping.yaml")
    survey = load(tmp_path / "survey")
    wanted = {n: t for n, t in files if n in TABLES}
    assert wanted, "an example shows what comes out"
    for name, text in wanted.items():
        expected = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
        frame = getattr(survey, name.removesuffix(".csv"))
        got = frame[list(expected.columns)].astype(object)
        pd.testing.assert_frame_equal(
            got.where(got.notna(), "").reset_index(drop=True), expected.astype(object), check_dtype=False
        )
    if "codings.csv" not in wanted and "adjudications.csv" in wanted:
        assert survey.codings.empty


def test_every_shape_of_the_table_has_an_example() -> None:
    anchors = re.findall(
        r"\[[^\]]+\]\(#([\w-]+)\)", PAGE.partition("## Shapes")[2].partition("All examples")[0]
    )
    assert sorted(anchors) == sorted(
        re.sub(r"[^\w-]", "", t.casefold().replace(" ", "-")) for t in examples()
    )


def test_every_problem_of_the_importer_is_explained() -> None:
    source = Path("rdpscore/problems/catalogue.py")
    text = (
        (Path(__file__).parents[1] / source)
        .read_text(encoding="utf-8")
        .partition("# Import by a mapping file")[2]
        .partition("\n# ")[0]
    )
    codes = re.findall(r'_kind\(\s*"(\w+)"', text)
    assert len(codes) > 20
    assert [c for c in codes if c in CATALOGUE and f"`{c}`" not in PAGE] == []
