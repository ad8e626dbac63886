"""Published files and mappings for tests: sources as Markdown tables, mappings as YAML on the small codebook."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from pathlib import Path
from typing import Any

from tables import SMALL_CODEBOOK

from rdpscore.problems import InvalidInput, Problem
from rdpscore.published.importing import Published, read_published


def decided(mapping: Path) -> Path:
    """The draft of a mapping with nothing left to decide, as whoever agrees with every guess would leave it."""
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(re.sub(r"^undecided:.*\n(  - .*\n)+", "", text, flags=re.MULTILINE), encoding="utf-8")
    return mapping


HEAD = """
    format: 1
    codebook: codebook.yaml
    survey: {id: study, title: A study, not_recorded: [publisher, evidence]}
"""
"""What every mapping says first; the small codebook has the items policy (yes, no), data (0, 1, 2) and code."""

WIDE = """
    sources: {main: study.csv}
    journals: {title: Journal}
    coders: {value: ann}
    items: {policy: Policy, data: Data, code: Code}
"""


def rows_of(sheet: str) -> list[list[str]]:
    """The cells of a Markdown table."""
    lines = [line.strip() for line in sheet.strip().splitlines() if line.strip()]
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines if set(line) - set("|-: ")]


def csv_of(sheet: str, delimiter: str = ",") -> str:
    """CSV of a Markdown table."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows_of(sheet))
    return out.getvalue()


def write_study(folder: Path, mapping: str = WIDE, *, head: str = HEAD, **sources: str | bytes) -> Path:
    """A folder with codebook.yaml, mapping.yaml and sources; ``study="| … |"`` is study.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codebook.yaml").write_text(SMALL_CODEBOOK, encoding="utf-8")
    (folder / "mapping.yaml").write_text(textwrap.dedent(head) + textwrap.dedent(mapping), encoding="utf-8")
    for name, content in sources.items():
        path = folder / f"{name}.csv"
        path.write_bytes(content if isinstance(content, bytes) else csv_of(content).encode())
    return folder / "mapping.yaml"


def made(folder: Path, mapping: str = WIDE, *, head: str = HEAD, **sources: str | bytes) -> Published:
    """The survey made of a study."""
    return read_published(write_study(folder, mapping, head=head, **sources))


def refused(folder: Path, mapping: str = WIDE, *, head: str = HEAD, **sources: str | bytes) -> list[Problem]:
    """The errors of a study that cannot be imported."""
    path = write_study(folder, mapping, head=head, **sources)
    try:
        read_published(path)
    except InvalidInput as error:
        return list(error.problems.errors)
    raise AssertionError("it was imported")


def answers(published: Published, *columns: str) -> list[tuple[Any, ...]]:
    """journal, coder, item, answer (and further columns) of all codings, blank for missing."""
    names = ["journal_id", "coder", "item", "answer", *columns]
    frame = published.survey.codings[names].astype(object)
    return list(frame.where(frame.notna(), "").itertuples(index=False, name=None))


def adopted(published: Published, *columns: str) -> list[tuple[Any, ...]]:
    """journal, item, answer (and further columns) of all adjudications."""
    names = ["journal_id", "item", "answer", *columns]
    frame = published.survey.adjudications[names].astype(object)
    return list(frame.where(frame.notna(), "").itertuples(index=False, name=None))


STUDIES = {
    "resnik-2019": ["resnik-2019/if-discipline-datasharing-policy-rawdata-1.0.0.csv"],
    "statistical-guidance-2019": [
        "statistical-guidance-2019/data_coding.csv",
        "statistical-guidance-2019/data_journals.csv",
    ],
    "social-science-2018": ["social-science-2018/studycomparison.tsv"],
    "materials-science-form": ["materials-science/raw/survey_form.csv"],
    "materials-science-answers": ["materials-science/raw"],
}
"""Shipped mapping → what a user would name on the command line, in the folder of reference data."""


def study(name: str, reference: Path) -> Published:
    """A published study by its shipped mapping."""
    return read_published(name, [reference / f for f in STUDIES[name]])
