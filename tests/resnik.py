"""The survey of Resnik et al. 2019 as a folder that a user would make by hand of the authors' table."""

from __future__ import annotations

import csv
from pathlib import Path

CODEBOOK = """\
format: 1
id: data-sharing-2019
version: "1"
title: What 447 journals say about sharing data
dimensions:
  - {id: sharing, title: Sharing}
  - {id: ways, title: Ways of sharing}
items:
  - id: data_sharing
    dimension: sharing
    title: Sharing data
    question: How strictly does the journal ask authors to share their data?
    level: ordinal
    evidence: optional
    options:
      - {code: "0", label: Nothing is said, score: 0}
      - {code: "1", label: Only of certain kinds of data, score: 0.2}
      - {code: "2", label: Touched on in passing, score: 0.4}
      - {code: "3", label: Encouraged, score: 0.6}
      - {code: "4", label: Required without a word on consequences, score: 0.8}
      - {code: "5", label: A condition of publication, score: 1}
"""

BINARY = {
    "protein_deposit": "Deposit of molecular data",
    "code_deposit": "Deposit of code",
    "trial_deposit": "Registration of trials",
    "online_reposit": "Public repository",
    "journal_host_sharing": "Hosting by the journal",
    "share_request_to_author": "On request to the author",
    "data_copyright": "Rights in the data",
    "archival": "Archiving",
    "reproducibility": "Reproducibility",
}

GRADES = {
    "5": ("data_sharing_req_pub",),
    "4": ("data_sharing_req_noeffct_pub",),
    "3": ("data_sharing_encouraged",),
    "2": ("data_sharing_review", "data_sharing_mentioned"),
    "1": ("data_sharing_protein", "data_sharing_codes"),
    "0": ("data_sharing_none",),
}
"""Strictest first: a journal that ticks two has the stricter."""

DISCIPLINES = {"B": "biology", "C": "clinical", "M": "mathematics", "P": "physical", "S": "social"}

SURVEY = """\
format: 1
id: data-sharing-2019
title: Sharing policies of 447 journals
codebook: {id: data-sharing-2019, version: "1"}
not_recorded: [evidence, source_url, coded_on]
attributes:
  impact: {kind: number, minimum: 0, title: Impact, unit: impact factor}
  discipline: {kind: category, title: Discipline}
"""


def write_folder(folder: Path, table: Path) -> Path:
    """The folder, from the authors' CSV."""
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    folder.mkdir(parents=True)
    items = "".join(
        f"  - id: {name}\n    dimension: ways\n    title: {title}\n    question: Is it addressed?\n"
        "    level: ordinal\n    evidence: optional\n    options:\n"
        '      - {code: "no", label: Not addressed, score: 0}\n      - {code: "yes", label: Addressed, score: 1}\n'
        for name, title in BINARY.items()
    )
    schemes = "schemes:\n  - {id: equal, title: Mean of the items}\ndefault_scheme: equal\n"
    (folder / "codebook.yaml").write_text(CODEBOOK + items + schemes, encoding="utf-8")
    (folder / "survey.yaml").write_text(SURVEY, encoding="utf-8")
    journals = [["journal_id", "title", "publisher", "access_model", "impact", "discipline"]]
    codings = [["journal_id", "coder", "item", "answer"]]
    for row in rows:
        own = f"j{row['ID']}"
        blank = {k: "" if v.strip() == "NA" else v.strip() for k, v in row.items()}
        access = {"1": "open_access", "0": "subscription"}.get(blank["open_access"], "")
        journals.append(
            [
                own,
                blank["Name"],
                blank["publisher"],
                access,
                blank["ImpactFactor"],
                DISCIPLINES[blank["TypeofScience"]],
            ]
        )
        grade = next((g for g, names in GRADES.items() if any(blank[n] == "1" for n in names)), "")
        answers = {"data_sharing": grade} | {n: {"1": "yes", "0": "no"}.get(blank[n], "") for n in BINARY}
        codings += [[own, "consensus", item, answer] for item, answer in answers.items() if answer]
    for name, content in (("journals", journals), ("codings", codings)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(content)
    return folder
