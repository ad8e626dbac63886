"""The way of a survey, from an empty folder to scores, with the commands and files that people use."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from office import needs_office, resaved
from typer.testing import CliRunner

from rdpscore.cli import app
from rdpscore.survey import Survey

pytestmark = [pytest.mark.libreoffice, needs_office]

JOURNALS = """\
journal_id,title,publisher,policy_id
acs-energy-letters,ACS Energy Letters,ACS,acs
acs-omega,ACS Omega,ACS,acs-omega
actuators,Actuators,MDPI,mdpi
batteries,Batteries,MDPI,mdpi
apl-materials,APL Materials,AIP,aip
optica,Optica,Optica,optica
"""
DISAGREEMENTS = {
    "acs-energy-letters": 2, "acs-omega": 5, "actuators": 6, "batteries": 6, "apl-materials": 1, "optica": 2,
}  # fmt: skip
IN_DOUBT = ("optica", "data_licenses")
RULING = "A statement about the licence of the article alone is 0."

Key = tuple[str, str]


def run(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(a) for a in arguments])
    assert result.exit_code == code, result.output
    return str(result.output)


def as_json(*arguments: object, code: int = 0) -> Any:
    result = CliRunner().invoke(app, [*map(str, arguments), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def fill(path: Path, sheet: str, cells: Mapping[Key, Mapping[str, str]]) -> Path:
    """Type into a workbook, as a coder does: choose answers, paste passages."""
    book = openpyxl.load_workbook(path)
    page = book[sheet]
    heads = {c.value: c.column for c in page[1]}
    for row in range(2, page.max_row + 1):
        key = (page.cell(row, heads["journal_id"]).value, page.cell(row, heads["item"]).value)
        for heading, text in cells.get(key, {}).items():
            page.cell(row, heads[heading]).value = text
    filled = path.with_name(f"{path.stem}-filled.xlsx")
    book.save(filled)
    return filled


def test_from_an_empty_folder_to_scores(
    shipped: Survey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    source = shipped.codings.astype(object).set_index(["journal_id", "coder", "item"])["answer"]
    codebook = shipped.codebook

    # A new survey, its journals, and who codes which
    run("init", "my-survey", "--codebook", "materials-science")
    Path("my-survey/journals.csv").write_text(JOURNALS)
    assert "0 errors" in run("validate", "my-survey")
    run("assign", "my-survey", "--coders", "c1,c2,c3", "--per-journal", "2", "--seed", "1")
    assigned = pd.read_csv("my-survey/assignments.csv")
    coders = assigned.groupby("journal_id")["coder"].agg(sorted).to_dict()
    assert {j: len(c) for j, c in coders.items()} == dict.fromkeys(DISAGREEMENTS, 2)
    assert coders["actuators"] == coders["batteries"]
    begun = as_json("status", "my-survey")["result"]["totals"]
    assert begun["n_done"] == 0

    # Each coder's workbook, filled from the published codings: the first coder of a journal has those of slot c1
    def answers_of(coder: str) -> dict[Key, dict[str, str]]:
        out: dict[Key, dict[str, str]] = {}
        for journal, pair in coders.items():
            if coder not in pair:
                continue
            # one form stands for both journals of the policy "mdpi" where a coder reads it once
            form = "policy:mdpi" if coder == "c1" and journal in ("actuators", "batteries") else journal
            for item in codebook.closed_items:
                answer = source[journal, f"c{pair.index(coder) + 1}", item.id]
                cells = {"Answer": f"{answer} – {item.option(answer).label}", "Date": "2026-03-16"}
                if answer != item.codes[0]:
                    cells |= {
                        "Passage": f"What {journal} says on {item.title}.",
                        "Source URL": "https://example.org",
                    }
                if (journal, item.id) == IN_DOUBT and pair[0] == coder:
                    cells |= {"State": "to discuss", "Note": "whose licence?"}
                out[form, item.id] = cells
        return out

    filled = []
    for coder in ("c1", "c2", "c3"):
        layout = ["--same-policy"] if coder == "c1" else []
        run("template", "my-survey", "--coder", coder, *layout)
        assert "--force" in run("template", "my-survey", "--coder", coder, code=2)  # never overwritten
        filled.append(fill(Path(f"{coder}.xlsx"), "Coding", answers_of(coder)))
    (again,) = resaved([filled[1].resolve()], tmp_path / "office")
    filled[1] = again

    # Checked, imported, and imported again
    for path, coder in zip(filled, ("c1", "c2", "c3"), strict=True):
        found = as_json("check", path)
        n = sum(coder in pair for pair in coders.values())
        assert found["result"]["valid"]
        assert found["result"]["filled"] == {"journals": n, "begun": n, "answers": 17 * n}
    first = as_json("import", "my-survey", *filled)["result"]
    assert sum(f["added"] for f in first["files"].values()) == 2 * 17 * len(coders)
    again_imported = as_json("import", "my-survey", *filled)["result"]
    assert not again_imported["written"]
    coded = as_json("status", "my-survey")["result"]
    assert (coded["totals"]["n_done"], coded["totals"]["n_double"]) == (12, 6)
    assert {r["journal_id"]: r["n_disagreements"] for r in coded["journals"]} == DISAGREEMENTS
    assert [(q["journal_id"], q["item"]) for q in coded["queries"]] == [IN_DOUBT]
    table = pd.read_csv("my-survey/codings.csv", dtype=str)
    shared = table[table["reading_id"].notna()]
    assert set(shared["journal_id"]) == {"actuators", "batteries"}
    assert shared["reading_id"].unique().tolist() == ["policy:mdpi:c1"]

    # The disagreements and the doubt, settled as the study settled them
    assert "23 cases" in run("adjudicate", "my-survey")
    adopted = shipped.adjudications.astype(object).set_index(["journal_id", "item"])
    decisions: dict[Key, dict[str, str]] = {}
    for journal in DISAGREEMENTS:
        for item in codebook.closed_items:
            if (journal, item.id) in adopted.index:
                row = adopted.loc[(journal, item.id)]
                decisions[journal, item.id] = {
                    "Adopted answer": f"{row['answer']} – {item.option(row['answer']).label}",
                    "Reason": row["reason"],
                    "Mode": "consensus",
                    "Adjudicator": "Jo",
                }
    half = dict(list(decisions.items())[:10])
    fill(Path("adjudication.xlsx"), "Adjudication", half).replace("adjudication.xlsx")
    assert as_json("check", "adjudication.xlsx")["result"]["filled"]["adjudications"] == 10
    assert "10 carried over" in run("adjudicate", "my-survey", "--force")
    doubt = codebook.item(IN_DOUBT[1])
    answer = source[IN_DOUBT[0], "c1", IN_DOUBT[1]]
    decisions[IN_DOUBT] = {
        "Adopted answer": f"{answer} – {doubt.option(answer).label}",
        "Reason": "interpretation",
        "Mode": "lead",
        "Adjudicator": "Jo",
        "Ruling for the guide": RULING,
    }
    rest = {key: cells for key, cells in decisions.items() if key not in half}
    done = fill(Path("adjudication.xlsx"), "Adjudication", rest)
    imported = as_json("import", "my-survey", done)["result"]["files"]
    assert [f["added"] for f in imported.values()] == [23]
    settled = as_json("status", "my-survey")["result"]["totals"]
    assert settled["n_open"] == 0
    assert settled["n_adjudicated"] == sum(DISAGREEMENTS.values())
    guide = openpyxl.load_workbook(_template("c3", "c3-later.xlsx"))["Guide"]
    assert RULING in {c for row in guide.iter_rows(values_only=True) for c in row}

    # The scores are those of the published survey, and the files themselves are kept
    run("score", "my-survey", "--output", "ours.csv")
    run("score", "--output", "published.csv")
    ours, published = (pd.read_csv(f, index_col="journal_id")["score"] for f in ("ours.csv", "published.csv"))
    assert ours.to_dict() == pytest.approx(published[list(ours.index)].to_dict())
    assert len(ours) == 6
    log = pd.read_csv("my-survey/sources/log.csv")
    assert log["file"].tolist() == [p.name for p in [*filled, done]]
    for name, digest in zip(log["file"], log["sha256"], strict=True):
        assert any(p.name == f"{digest[:16]}-{name}" for p in Path("my-survey/sources").iterdir())


def _template(coder: str, output: str) -> str:
    run("template", "my-survey", "--coder", coder, "--output", output)
    return output
