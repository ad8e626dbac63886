"""Reports on problems, imports and codebooks: whole in any width, and with the numbers of the result."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from finding import sheet
from rich.console import Console
from tables import SMALL_CODEBOOK, write_table

from rdpscore.codebook import Codebook, load_codebook
from rdpscore.codebook.differences import diff
from rdpscore.problems import Problems
from rdpscore.published.importing import import_published
from rdpscore.report.blocks import Block, ProblemKind, Sentence
from rdpscore.report.codebooks import report_changes, report_codebook, report_item
from rdpscore.report.importing import report_import
from rdpscore.report.problems import report_problems
from rdpscore.report.terminal import show
from rdpscore.validation import validate

LONG = (
    "Whether the journal's instructions for authors say anything at all about where the data are to be kept"
)
RULE = "journals that were taken out of the list since their publisher had asked for it in a letter to the authors"
MAPPING = f"""\
format: 1
codebook: codebook.yaml
survey: {{id: made, title: Made}}
sources: {{main: table.csv}}
rows:
  - {{name: "{RULE}", where: {{Title: Gone}}}}
journals: {{title: Title, publisher: Publisher}}
coders: {{value: ann}}
items:
  policy: Policy
not_asked: [data, code]
"""


def words(blocks: list[Block], width: int) -> list[str]:
    out = io.StringIO()
    show(blocks, Console(file=out, width=width, markup=False, highlight=False, color_system=None))
    return out.getvalue().split()


def imported(folder: Path) -> list[Block]:
    (folder / "codebook.yaml").write_text(SMALL_CODEBOOK)
    (folder / "mapping.yaml").write_text(MAPPING)
    write_table(
        folder / "table.csv",
        sheet(
            f"Title | Publisher | Policy | {LONG}",
            "A | North | yes | x",
            "B | South | no | y",
            "Gone | P | no | z",
        ),
    )
    report = import_published(folder / "made", folder / "mapping.yaml", [folder / "table.csv"], dry_run=True)
    return list(report_import(report))


@pytest.mark.parametrize("width", [80, 60])
def test_an_import_report_is_whole_where_the_page_is_narrow(tmp_path: Path, width: int) -> None:
    """A cell that is broken over lines keeps its words; none is cut."""
    blocks = imported(tmp_path)
    told = words(blocks, width)
    for text in (LONG, RULE):
        assert not [w for w in text.split() if not any(w in t for t in told)]
    assert "…" not in "".join(told)
    assert sorted(told) == sorted(words(blocks, 1000))


def test_an_import_report_counts_what_came_in(tmp_path: Path) -> None:
    said = [b.text for b in imported(tmp_path) if isinstance(b, Sentence)]
    assert said == [
        "2 journals: 2 by one coder",
        "2 texts in 2 cells read as answers; --json lists them",
        "dry run: nothing was written",
    ]


# Problems -----------------------------------------------------------------------------------------------


def test_a_kind_of_problem_shows_its_first_cases_and_says_that_there_are_more(folder: Path) -> None:
    (folder / "journals.csv").write_text(
        "journal_id,title,publisher\nalpha,A,N\nbeta,B,N\ngamma,C,N\nx,X,N\ny,Y,N\n"
    )
    problems = validate(folder).problems
    kinds = {k.code: k for k in report_problems(problems, first=1)}
    assert {code: k.n for code, k in kinds.items()} == problems.counts()
    several = [k for k in kinds.values() if k.n > 1]
    assert several
    assert all(k.more == f"… and {k.n - 1} more" for k in several)
    whole = next(k for k in report_problems(problems, first=10**6) if k.code == several[0].code)
    assert whole.more is None
    assert list(report_problems(Problems())) == []


def test_what_to_do_stands_at_each_case_only_where_it_differs() -> None:
    alike = ProblemKind("error", "bad", 2, (("one", "mend it"), ("two", "mend it")))
    apart = ProblemKind("error", "bad", 2, (("one", "mend it"), ("two", "leave it")))
    assert words([alike], 80) == ["error", "bad:", "2", "one", "two", "→", "mend", "it"]
    assert words([apart], 80) == ["error", "bad:", "2", "one", "→", "mend", "it", "two", "→", "leave", "it"]


def test_what_to_do_is_not_broken_over_lines() -> None:
    """It may hold a command to be copied."""
    remedy = "run " + " ".join(["again"] * 30)
    out = io.StringIO()
    show([ProblemKind("error", "bad", 1, (("one", remedy),))], Console(file=out, width=40, color_system=None))
    assert f"        → {remedy}\n" in out.getvalue()


# Codebooks ----------------------------------------------------------------------------------------------


def small(text: str = SMALL_CODEBOOK) -> Codebook:
    import yaml

    return Codebook.model_validate(yaml.safe_load(text))


def test_a_codebook_shows_every_option_with_its_score_and_no_head(tmp_path: Path) -> None:
    told = " ".join(words(list(report_codebook(small())), 80))
    for item in small().items:
        for option in item.options:
            assert re.search(rf"{re.escape(option.code)} (\S+) {re.escape(option.label)}", told)


def test_an_item_tells_when_it_applies() -> None:
    item = load_codebook("materials-science").item("data_sharing")
    told = " ".join(words(list(report_item(item)), 80))
    assert "applies if rdp_exist is" in told
    assert "passage for an answer above the lowest" in told


def test_changes_of_an_item_stand_under_its_title() -> None:
    new = SMALL_CODEBOOK.replace("label: Encouraged", "label: Asked for kindly")
    blocks = list(report_changes(diff(small(), small(new))))
    texts = [b.text for b in blocks if hasattr(b, "text")]
    at = texts.index("data  Data")
    assert texts[at + 1 : at + 4] == [
        "label 1 changed · new meaning", "− Encouraged", "+ Asked for kindly",
    ]  # fmt: skip
    assert [b.text for b in report_changes(diff(small(), small())) if hasattr(b, "text")][1:] == ["No change"]
