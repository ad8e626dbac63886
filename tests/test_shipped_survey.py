"""The shipped survey holds the facts of the study and nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

import rdpscore
from rdpscore.files import shipped as shipped_path
from rdpscore.survey import Survey


def test_its_codebook_is_the_shipped_one_to_the_byte() -> None:
    ours = shipped_path("codebook", "materials-science.yaml").read_bytes()
    assert (shipped_path("data", "materials-science") / "codebook.yaml").read_bytes() == ours


def test_codings_equal_the_reference(shipped: Survey, reference: Path) -> None:
    wide = pd.read_csv(reference / "materials-science" / "codings_wide.csv", dtype=str)
    items = [i.id for i in shipped.codebook.closed_items]
    theirs = {
        (row["journal_id"], row["coder"], item): row[item]
        for row in wide.to_dict("records")
        for item in items
    }
    ours = {(r.journal_id, r.coder, r.item): r.answer for r in shipped.codings.itertuples()}
    assert len(wide) == 348
    assert ours == theirs


def test_resolved_answers_equal_the_studys_final_answers(shipped: Survey, reference: Path) -> None:
    final = pd.read_csv(reference / "materials-science" / "final_answers.csv", dtype=str)
    ids, items = list(shipped.journal_ids), shipped.codebook.item_ids
    assert len(final) == 171 * 17
    for row in final.itertuples():
        place = items.index(row.item)
        option = shipped.resolved.option[ids.index(row.journal_id), place]
        assert shipped.codebook.items[place].codes[option] == row.final


def test_adjudications_carry_the_studys_reasons(shipped: Survey, reference: Path) -> None:
    final = pd.read_csv(reference / "materials-science" / "final_answers.csv", dtype=str)
    flagged = final[final["flagged"] == "1"]
    theirs = {(r.journal_id, r.item): r.reason for r in flagged.itertuples()}
    ours = {(r.journal_id, r.item): r.reason for r in shipped.adjudications.astype(object).itertuples()}
    assert ours == theirs


def test_journals_equal_the_reference(shipped: Survey, reference: Path) -> None:
    theirs = pd.read_csv(reference / "materials-science" / "journals.csv", dtype=str, keep_default_na=False)
    ours = shipped.journals.astype(object).where(shipped.journals.notna(), "").reset_index(drop=True)
    pd.testing.assert_frame_equal(ours[list(theirs.columns)], theirs, check_dtype=False)


def test_readings_are_those_the_study_entered_once_for_several_journals(
    shipped: Survey, reference: Path
) -> None:
    wide = pd.read_csv(reference / "materials-science" / "codings_wide.csv", dtype=str)
    copies = wide[wide["provenance"] != "direct"]
    assert copies["journal_id"].nunique() == 24
    records = shipped.codings.drop_duplicates(["journal_id", "coder"]).astype(object)
    reading = records.set_index(["journal_id", "coder"])["reading_id"]
    for row in copies.itertuples():
        source = row.provenance.removeprefix("same_as_")
        assert reading[(row.journal_id, row.coder)] == reading[(source, row.coder)] == f"{source}:{row.coder}"
    shared = set(copies["journal_id"]) | set(copies["provenance"].str.removeprefix("same_as_"))
    assert set(reading.dropna().index.get_level_values("journal_id")) == shared


def test_validation_finds_no_error_and_exactly_the_known_contradictions() -> None:
    result = rdpscore.validate()
    problems = result.problems.to_frame()
    assert result.problems.counts() == {
        "against_applies_if": 19,
        "adopted_against_applies_if": 4,
        "not_recorded": 5,
        "single_coded": 10,
        "wording_adjudication": 6,
        "novel_adjudication": 1,
        "possibly_one_reading": 19,
    }
    against = problems[problems["code"] == "against_applies_if"]
    assert against["journal"].nunique() == 16
    assert len(result.problems.errors) == 0
    assert set(problems.loc[problems["severity"] == "warning", "code"]) == {
        "against_applies_if",
        "adopted_against_applies_if",
    }


def test_six_wording_adjudications_are_of_one_publisher(shipped: Survey) -> None:
    notes = rdpscore.validate(shipped).problems.by_kind()["wording_adjudication"].to_frame()
    publisher = shipped.journals.set_index("journal_id")["publisher"]
    assert set(notes["item"]) == {"code_quality"}
    assert set(publisher.reindex(notes["journal"])) == {"Bentham Science"}
