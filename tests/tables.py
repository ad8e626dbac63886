"""Surveys written as Markdown tables, so that a test shows the sheet it is about."""

from __future__ import annotations

import csv
from pathlib import Path
from textwrap import dedent

SMALL_CODEBOOK = """\
format: 1
id: small
version: "1"
title: A small codebook
dimensions:
  - {id: data, title: Data}
  - {id: code, title: Code}
items:
  - id: policy
    dimension: data
    title: Policy
    question: Is there a policy?
    level: ordinal
    evidence: optional
    options:
      - {code: "no", label: There is none, score: 0}
      - {code: "yes", label: There is one, score: 1}
  - id: data
    dimension: data
    title: Data
    question: Must data be shared?
    level: ordinal
    evidence: optional
    applies_if: {policy: ["yes"]}
    options:
      - {code: "0", label: Not mentioned, score: 0}
      - {code: "1", label: Encouraged, score: 0.5}
      - {code: "2", label: Required, score: 1}
  - id: code
    dimension: code
    title: Code
    question: Must code be shared?
    level: ordinal
    evidence: optional
    applies_if: {policy: ["yes"]}
    options:
      - {code: "0", label: Silent, score: 0}
      - {code: "1", label: Asked for, score: 1}
schemes:
  - {id: equal, title: Mean of the items}
  - {id: by-dimension, title: Mean of the dimension means, by: dimensions}
default_scheme: equal
reasons:
  - {id: interpretation, title: Read differently}
  - {id: wording, title: Worded differently}
"""

SURVEY_YAML = """\
format: 1
id: small
title: A small survey
codebook: {id: small, version: "1"}
"""


def rows(table: str) -> list[list[str]]:
    """Cells of a Markdown table, the header first; ``\\n`` in a cell is a line break."""
    lines = [line.strip() for line in dedent(table).strip().splitlines()]
    cells = [[c.strip().replace("\\n", "\n") for c in line.strip("|").split("|")] for line in lines]
    return [row for i, row in enumerate(cells) if i != 1]


def write_table(path: Path, table: str) -> None:
    """Write a Markdown table as CSV."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows(table))


def write_survey(
    folder: Path, codebook: str = SMALL_CODEBOOK, survey_yaml: str = SURVEY_YAML, **tables: str
) -> Path:
    """Write a survey folder; each table is given as Markdown."""
    folder.mkdir(parents=True)
    (folder / "codebook.yaml").write_text(codebook, encoding="utf-8")
    (folder / "survey.yaml").write_text(survey_yaml, encoding="utf-8")
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    return folder
