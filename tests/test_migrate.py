"""A survey under another codebook: explicit, complete, atomic, and nothing lost."""

from __future__ import annotations

import contextlib
import datetime
import json
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK
from typer.testing import CliRunner

import rdpscore
from rdpscore.cli import app
from rdpscore.codebook import Codebook
from rdpscore.moving import (
    MigrationResult,
    Recode,
    migrate,
    plan,
    recode_list,
)
from rdpscore.survey import SPECS, Survey

RUN = CliRunner()
DAY = datetime.date(2026, 3, 16)
KEY = ["journal_id", "coder", "round", "item"]
BASE = SMALL_CODEBOOK.replace('version: "1"', 'version: "2"')
HEAD = 'from: {id: small, version: "1"}\nto: {id: small, version: "2"}\n'


def write(folder: Path, codebook: str, recode: str | None = None) -> tuple[Path, Path | None]:
    """The new codebook and the recode file beside the survey."""
    new, said = folder.parent / "new.yaml", folder.parent / "recode.yaml"
    new.write_text(codebook, encoding="utf-8")
    if recode is None:
        return new, None
    said.write_text(HEAD + recode, encoding="utf-8")
    return new, said


def moved(folder: Path, codebook: str, recode: str | None = None) -> MigrationResult:
    return migrate(folder, *write(folder, codebook, recode), today=DAY)


def refused(folder: Path, codebook: str, recode: str | None = None) -> list[tuple[str, str, str]]:
    """Code, place and sentence of all errors; the folder must be as it was."""
    new, said = write(folder, codebook, recode)
    before = content(folder)
    with pytest.raises(rdpscore.InvalidInput) as caught:
        migrate(folder, new, said, today=DAY)
    assert content(folder) == before
    return [(p.code, p.place, p.what) for p in caught.value.problems.errors]


def content(folder: Path) -> dict[str, bytes]:
    files = (p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))
    return {str(p.relative_to(folder)): p.read_bytes() for p in files}


def answers(survey: Survey) -> dict[tuple[str, ...], str | None]:
    table = survey.codings[[*KEY, "answer"]].astype(object)
    return {tuple(r[:4]): None if pd.isna(r[4]) else r[4] for r in table.itertuples(index=False)}


# What needs no word -------------------------------------------------------------------------------------


def test_a_clarification_moves_by_itself_and_touches_no_table(folder: Path) -> None:
    tables = {n: v for n, v in content(folder).items() if n.endswith(".csv")}
    new = BASE.replace("Must data be shared?", "Must the data be shared?")
    result = moved(folder, new)
    assert len(result.changes) == 0
    assert result.folder is not None
    assert {n: v for n, v in content(folder).items() if n in tables} == tables
    assert (folder / "codebook.yaml").read_text() == new
    assert (folder / result.folder / "codebook.yaml").read_text() == SMALL_CODEBOOK
    assert rdpscore.load(folder).meta.codebook.version == "2"


def test_a_new_option_leaves_answers_and_is_listed_for_review_if_asked(folder: Path) -> None:
    new = BASE.replace(
        '      - {code: "2", label: Required',
        '      - {code: "1b", label: Expected, score: 0.7}\n      - {code: "2", label: Required',
    )
    before = answers(rdpscore.load(folder))
    copy = folder.parent / "copy"
    shutil.copytree(folder, copy)
    assert len(recode_list(moved(folder, new).survey)) == 0
    result = moved(copy, new, "items: [{item: data, review: true}]\n")
    assert answers(rdpscore.load(copy)) == before
    listed = recode_list(rdpscore.load(copy))
    assert set(listed["why"]) == {"review"}
    assert listed[["journal_id", "coder", "was"]].values.tolist() == [
        ["alpha", "c1", "2"],
        ["alpha", "c2", "1"],
        ["beta", "c1", "1"],
        ["beta", "c2", "1"],
    ]
    assert len(result.to_read) == 4


# What needs one -----------------------------------------------------------------------------------------

ALL_CHANGED = (
    BASE.replace("label: Encouraged", "label: Asked for politely")
    .replace("- id: code\n    dimension", "- id: software\n    dimension")
    .replace("{id: interpretation", "{id: reading")
    .replace("Is there a policy?\n    level: ordinal", "Is there a policy?\n    level: nominal")
    .replace("\nschemes:", """
  - id: licence
    dimension: code
    title: Licence
    question: Is there a licence?
    level: nominal
    options:
      - {code: "0", label: No licence, score: 0}
      - {code: "1", label: Some licence, score: 1}
schemes:""")
)  # fmt: skip

ALL_SAID = """
items:
  - {item: policy, keep_as_is: true, note: The order of the two options does not matter.}
  - {item: data, answers: {"1": read_again}}
  - {item: code, to: software}
new_items: [licence]
reasons: {interpretation: reading}
"""


def test_all_gaps_are_told_at_once_with_place_and_remedy(folder: Path) -> None:
    found = refused(folder, ALL_CHANGED)
    assert {code for code, _, _ in found} == {"recode_gap"}
    assert sorted((place, what) for _, place, what in found) == [
        ("adjudications.csv", "reason 'interpretation' is gone; 1 row"),
        ("codebook.yaml", "small 2 has a new item 'licence', which nobody has answered"),
        ("codebook.yaml", "small 2 has a new item 'software', which nobody has answered"),
        (
            "codings.csv, row 2, column answer",
            "policy changed its meaning: level was ordinal, now nominal; 5 rows of 3 journals",
        ),
        ("codings.csv, row 4, column answer", "small 2 has no item 'code'; 5 rows of 3 journals"),
        (
            "codings.csv, row 6, column answer",
            "option '1' of data was 'Encouraged' and is 'Asked for politely'; 3 rows of 2 journals",
        ),
    ]


def test_what_the_gaps_advise_is_enough(folder: Path) -> None:
    result = moved(folder, ALL_CHANGED, ALL_SAID)
    assert result.counts["codings"] == {"kept": 7, "renamed": 5, "recoded": 0, "read_again": 3, "dropped": 0}
    survey = rdpscore.load(folder)
    assert rdpscore.validate(survey).ok
    assert set(survey.codings["item"]) == {"policy", "data", "software"}
    again = survey.codings[survey.codings["state"] == "to_discuss"]
    assert again["answer"].isna().all()
    assert set(again["note"]) == {"read again under small 2; the answer under small 1 was '1'"}
    assert recode_list(survey)[["journal_id", "coder", "item", "why", "was"]].values.tolist() == [
        ["alpha", "c2", "data", "read_again", "1"],
        ["beta", "c1", "data", "read_again", "1"],
        ["beta", "c2", "data", "read_again", "1"],
    ]
    (adopted,) = survey.adjudications.astype(object).to_dict("records")
    assert (adopted["answer"], adopted["reason"]) == ("2", "reading")
    assert adopted["stale"] == "answers to be read again under small 2"
    assert result.folder is not None
    kept = pd.read_csv(folder / result.folder / "recode.csv", dtype=str, keep_default_na=False)
    assert list(kept.columns) == ["table", *KEY, "to_item", "old", "new", "action"]
    assert kept["action"].value_counts().to_dict() == {"renamed": 5, "read_again": 3}


def test_an_answer_read_again_leaves_the_list(folder: Path) -> None:
    survey = moved(folder, ALL_CHANGED, ALL_SAID).survey
    codings = survey.codings.astype(object)
    row = codings.index[codings["state"] == "to_discuss"][0]
    codings.loc[row, ["answer", "state"]] = ["1", "answered"]
    answered = Survey.from_frames(survey.codebook, survey.journals, codings, meta=survey.meta)
    assert len(recode_list(survey)) - len(recode_list(answered)) == 1


@pytest.mark.parametrize(
    ("recode", "place", "what"),
    [
        ("items: [{item: dada}]", "line 3", "small 1 has no item 'dada'; nearest: 'data'"),
        ("items: [{item: data, to: dato}]", "line 3", "small 2 has no item 'dato'; nearest: 'data'"),
        ('items: [{item: data, answers: {"7": "1"}}]', "line 3", "small 1 has no option of data, '7'"),
        ('items: [{item: data, answers: {"1": "7"}}]', "line 3", "small 2 has no option of data, '7'"),
        ("items: [{item: data, keep_as_is: true, others: drop}]", "line 3", "both keep_as_is and others"),
        ("items: [{item: data}, {item: data}]", "line 3", "is there twice"),
        ("items: [{item: data, to: code}]", "line 3", "'data' and 'code' would both become 'code'"),
        ("items: [{item: data}]\ndrop_items: [data]", "line 4", "is recoded and dropped"),
        ("new_items: [data]", "line 3", "'data' is not new"),
        ("drop_items: [nothing]", "line 3", "small 1 has no item 'nothing'"),
        ("reasons: {wording: words}", "line 3", "small 2 has no reason 'words'"),
        ("itmes: []", "line 3", "itmes is not a field"),
        ('items: [{item: data, answers: {1: "1"}}]', "line 3", "was read as a number"),
    ],
)
def test_a_recode_file_that_does_not_fit_is_told_with_its_line(
    folder: Path, recode: str, place: str, what: str
) -> None:
    found = refused(folder, BASE, recode + "\n")
    assert any(place in where and what in said for _, where, said in found), found


def test_a_recode_file_for_other_codebooks_is_refused(folder: Path) -> None:
    found = refused(folder, BASE.replace('version: "2"', 'version: "3"'), "")
    assert found[0][0] == "bad_recode"
    assert found[0][2] == "the file is written to small 2, the codebook to migrate to is small 3"


def test_answers_become_other_codes_in_both_tables(folder: Path) -> None:
    new = BASE.replace('{code: "1", label: Encouraged', "{code: some, label: Encouraged").replace(
        '{code: "2", label: Required', "{code: all, label: Required"
    )
    assert len(refused(folder, new)) == 2
    moved(folder, new, 'items: [{item: data, answers: {"1": some, "2": all}}]\n')
    survey = rdpscore.load(folder)
    assert set(survey.codings["answer"][survey.codings["item"] == "data"].dropna()) == {"some", "all"}
    assert survey.adjudications["answer"].tolist() == ["all"]
    assert survey.adjudications["stale"].isna().all()
    before = HEAD.replace('"1"', '"x"').replace('"2"', '"1"').replace('"x"', '"2"')
    back = BASE.replace('version: "2"', 'version: "1"')
    (folder.parent / "back.yaml").write_text(back)
    (folder.parent / "said.yaml").write_text(
        before + 'items: [{item: data, answers: {some: "1", all: "2"}}]\n'
    )
    migrate(folder, folder.parent / "back.yaml", folder.parent / "said.yaml", today=DAY)
    assert set(rdpscore.load(folder).codings["answer"].dropna()) == {"yes", "no", "0", "1", "2"}


def test_a_renamed_condition_is_no_change_of_applies_if(folder: Path) -> None:
    new = BASE.replace("- id: policy", "- id: exists").replace('{policy: ["yes"]}', '{exists: ["1"]}')
    new = new.replace('{code: "no", label: There', '{code: "0", label: There')
    new = new.replace('{code: "yes", label: There', '{code: "1", label: There')
    result = moved(folder, new, 'items: [{item: policy, to: exists, answers: {"no": "0", "yes": "1"}}]\n')
    assert result.counts["codings"]["recoded"] == 5
    assert rdpscore.validate(folder).ok


def test_dropped_items_go_to_the_sources_with_their_rulings_and_adjudications(folder: Path) -> None:
    (folder / "decisions.csv").write_text("item,ruling\ndata,Count badges\ncode,Count scripts\n")
    start = BASE.index("  - id: data\n    dimension: data\n    title: Data")
    new = BASE[:start] + BASE[BASE.index("  - id: code\n    dimension: code\n    title") :]
    assert [w for _, _, w in refused(folder, new)] == ["small 2 has no item 'data'; 5 rows of 3 journals"]
    old = rdpscore.load(folder)
    result = moved(folder, new, "drop_items: [data]\n")
    survey = rdpscore.load(folder)
    assert "data" not in set(survey.codings["item"])
    assert len(survey.adjudications) == 0
    assert survey.decisions is not None
    assert survey.decisions["item"].tolist() == ["code"]
    assert result.folder is not None
    kept = {p.stem: pd.read_csv(p, dtype=str) for p in (folder / result.folder).glob("*.csv")}
    assert {n: len(f) for n, f in kept.items()} == {
        "codings": 5,
        "adjudications": 1,
        "decisions": 1,
        "recode": 6,
    }
    assert (
        kept["codings"]["answer"].tolist()[:4]
        == old.codings["answer"][old.codings["item"] == "data"].tolist()[:4]
    )


def test_what_survey_yaml_says_of_items_follows_and_comments_stay(folder: Path) -> None:
    path = folder / "survey.yaml"
    path.write_text("# ours\n" + path.read_text() + "not_recorded: [evidence, code]  # never asked\n")
    moved(
        folder,
        BASE.replace("- id: code\n    dim", "- id: software\n    dim"),
        "items: [{item: code, to: software}]\n",
    )
    assert path.read_text() == (
        "# ours\nformat: 1\nid: small\ntitle: A small survey\n"
        'codebook: {id: small, version: "2"}\nnot_recorded: [evidence, "software"]  # never asked\n'
    )


# Safety -------------------------------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_says_so(folder: Path) -> None:
    new, said = write(folder, ALL_CHANGED, ALL_SAID)
    migrate(folder, new, said, today=DAY)
    before = content(folder)
    assert migrate(folder, new, said, today=DAY).already
    done = RUN.invoke(app, ["migrate", str(folder), "--to", str(new), "--recode", str(said)])
    assert done.stdout == "small is under small 2 already; nothing changed\n"
    assert content(folder) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(folder: Path) -> None:
    new, said = write(folder, ALL_CHANGED, ALL_SAID)
    before = content(folder)
    dry = migrate(folder, new, said, dry_run=True, today=DAY)
    assert content(folder) == before
    wet = migrate(folder, new, said, today=DAY)
    pd.testing.assert_frame_equal(dry.changes, wet.changes)
    assert (dry.folder, dry.counts) == (wet.folder, wet.counts)


def test_a_codebook_edited_under_the_survey_is_refused(folder: Path) -> None:
    hashes = rdpscore.load(folder).codebook.hashes.model_dump()
    survey = folder / "survey.yaml"
    survey.write_text(
        survey.read_text().replace('version: "1"}', f'version: "1", hashes: {json.dumps(hashes)}}}')
    )
    book = folder / "codebook.yaml"
    book.write_text(book.read_text().replace("Encouraged", "Asked for"))
    assert (
        "the codebook was edited after coding"
        in refused(folder, BASE.replace("Encouraged", "Asked for"))[0][2]
    )
    assert "the codebook was edited" in refused(folder, book.read_text())[0][2]


def test_one_version_with_two_meanings_is_refused(folder: Path) -> None:
    new = SMALL_CODEBOOK.replace("      - {code: \"1\", label: Enc", "      - {code: \"1b\", label: W, score: 0.2}\n"
                                 "      - {code: \"1\", label: Enc")  # fmt: skip
    assert [w for _, _, w in refused(folder, new)] == [
        "both codebooks call themselves small 1, and their items, labels or rules differ"
    ]


def test_a_survey_with_errors_is_refused(folder: Path) -> None:
    with (folder / "codings.csv").open("a") as stream:
        stream.write("gamma,c2,data,7\n")
    assert refused(folder, BASE)[0][0] == "unknown_option"


@pytest.mark.slow
def test_an_interrupted_migration_leaves_the_old_survey_or_the_new(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import rdpscore.files.transaction as transaction

    new, said = write(folder, ALL_CHANGED, ALL_SAID)
    real, seen = transaction.os.replace, set()
    for stop in range(1, 12):
        copy = folder.parent / f"copy{stop}"
        shutil.copytree(folder, copy)
        calls = iter(range(1, 100))

        def failing(*arguments: Any, stop: int = stop, calls: Any = calls) -> None:
            if next(calls) == stop:
                raise KeyboardInterrupt
            real(*arguments)

        with monkeypatch.context() as patched:
            patched.setattr(transaction.os, "replace", failing)
            with contextlib.suppress(KeyboardInterrupt):
                migrate(copy, new, said, today=DAY)
        survey = rdpscore.load(copy)
        assert rdpscore.validate(survey).ok
        seen.add(survey.codebook.version)
        assert len(survey.codings) == 15
        assert migrate(copy, new, said, today=DAY).survey.codebook.version == "2"
        if survey.codebook.version == "2":
            assert (copy / "sources").is_dir()
    assert seen == {"1", "2"}


# Properties ---------------------------------------------------------------------------------------------

RAW: dict[str, Any] = {
    "format": 1,
    "id": "p",
    "version": "1",
    "title": "P",
    "dimensions": [{"id": "d", "title": "D"}],
    "schemes": [{"id": "s", "title": "S"}],
    "default_scheme": "s",
    "items": [
        {
            "id": "one",
            "dimension": "d",
            "title": "One",
            "question": "One?",
            "level": "ordinal",
            "options": [{"code": c, "label": f"L{c}", "score": i / 2} for i, c in enumerate("abc")],
        },
        {
            "id": "many",
            "dimension": "d",
            "title": "Many",
            "question": "Many?",
            "kind": "multiple",
            "scored": False,
            "options": [{"code": c, "label": f"M{c}"} for c in ("x", "y", "drop")],
        },
        {
            "id": "open",
            "dimension": "d",
            "title": "Open",
            "question": "Open?",
            "kind": "open",
            "scored": False,
        },
    ],
}
ANSWERS = {
    "one": st.sampled_from(["a", "b", "c", None]),
    "many": st.lists(st.sampled_from(["x", "y", "drop"]), min_size=1, unique=True).map(";".join),
    "open": st.sampled_from(["drop", "read_again", "a;b", "=1+1", "word"]) | st.text(max_size=5),
}
SENT = {
    "one": st.dictionaries(st.sampled_from("abc"), st.sampled_from(["a", "b", "c", "read_again", "drop"])),
    "many": st.dictionaries(st.sampled_from(["x", "y"]), st.sampled_from(["x", "y", "read_again"])),
    "open": st.just({}),
}


def book(version: str, **renamed: str) -> Codebook:
    """The codebook of the properties with other ids of items."""
    items = [{**i, "id": renamed.get(i["id"], i["id"])} for i in RAW["items"]]
    return Codebook.model_validate({**RAW, "version": version, "items": items})


@st.composite
def surveys(draw: st.DrawFn) -> Survey:
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from("JK"), st.sampled_from("12"), st.sampled_from(list(ANSWERS))),
            unique=True,
        )
    )
    codings = pd.DataFrame(
        [{"journal_id": j, "coder": c, "item": i, "answer": draw(ANSWERS[i])} for j, c, i in keys],
        columns=["journal_id", "coder", "item", "answer"],
        dtype=object,
    )
    pairs = {(j, i) for j, _, i in keys} if draw(st.booleans()) else set()
    adopted = [
        (j, i, draw(ANSWERS[i].filter(lambda a: a is not None and a.strip() != ""))) for j, i in sorted(pairs)
    ]
    journals = pd.DataFrame([{"journal_id": j, "title": f"Title {j * 9}", "publisher": "P"} for j in "JK"])
    table = pd.DataFrame(adopted, columns=["journal_id", "item", "answer"], dtype=object)
    return Survey.from_frames(book("1"), journals, codings, table)


@st.composite
def recodes(draw: st.DrawFn) -> tuple[dict[str, str], Recode]:
    """New names of items and a recode between them; each item is recoded, dropped or not named at all."""
    renamed: dict[str, str] = {}
    said: dict[str, Any] = {
        "from": {"id": "p", "version": "1"},
        "to": {"id": "p", "version": "2"},
        "items": [],
    }
    for item, answers_ in SENT.items():
        fate = draw(st.sampled_from(["silent", "recode", "rename"]))
        if fate == "silent":
            continue
        entry: dict[str, Any] = {"item": item, "answers": draw(answers_)}
        if fate == "rename":
            renamed[item] = entry["to"] = f"new-{item}"
        entry |= draw(
            st.sampled_from([{}, {"keep_as_is": True}, {"others": "read_again"}, {"others": "drop"}])
        )
        said["items"].append(entry)
    return renamed, Recode.model_validate(said)


def rows(frame: pd.DataFrame) -> set[tuple[Any, ...]]:
    text = frame.astype(object)
    return set(text.where(text.notna(), None).itertuples(index=False, name=None))


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(surveys(), recodes())
def test_no_answer_is_lost(survey: Survey, chosen: tuple[dict[str, str], Recode]) -> None:
    renamed, recode = chosen
    result = plan(survey, book("2", **renamed), recode)
    for name in ("codings", "adjudications"):
        columns = [*SPECS[name].key, "answer"]
        old = rows(getattr(survey, name)[columns])
        there = rows(getattr(result.survey, name)[columns])
        kept = rows(result.replaced[name][columns]) if name in result.replaced else set()
        assert old - there <= kept <= old
    n = result.counts["codings"]
    assert sum(n.values()) == len(survey.codings)
    assert len(result.survey.codings) == len(survey.codings) - n["dropped"]
    again = recode_list(result.survey)
    assert len(again) == n["read_again"]
    assert rdpscore.validate(result.survey).ok


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(surveys())
def test_identity_changes_no_answer(survey: Survey) -> None:
    everything = {
        "from": {"id": "p", "version": "1"},
        "to": {"id": "p", "version": "2"},
        "items": [
            {"item": i.id, "answers": {c: c for c in i.codes if c != "drop"}, "keep_as_is": True}
            for i in survey.codebook.items
        ],
    }
    for recode in (None, Recode.model_validate(everything)):
        result = plan(survey, book("2"), recode)
        assert len(result.changes) == 0
        pd.testing.assert_frame_equal(result.survey.codings, survey.codings)
        pd.testing.assert_frame_equal(result.survey.adjudications, survey.adjudications)


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(surveys(), st.permutations("abc"))
def test_renamed_codes_round_trip(survey: Survey, order: list[str]) -> None:
    new = dict(zip("abc", (f"n{c}" for c in order), strict=True))
    raw = book("2").model_dump()
    for option in raw["items"][0]["options"]:
        option["code"] = new[option["code"]]
    other = Codebook.model_validate(raw)
    ids = [{"id": "p", "version": "1"}, {"id": "p", "version": "2"}]
    there = Recode.model_validate({"from": ids[0], "to": ids[1], "items": [{"item": "one", "answers": new}]})
    turned = {b: a for a, b in new.items()}
    back = Recode.model_validate(
        {"from": ids[1], "to": ids[0], "items": [{"item": "one", "answers": turned}]}
    )
    half = plan(survey, other, there).survey
    whole = plan(half, survey.codebook, back).survey
    assert answers(whole) == answers(survey)
    assert rows(whole.adjudications) == rows(survey.adjudications)


# Command and page ---------------------------------------------------------------------------------------


def test_the_shipped_survey_is_never_migrated(tmp_path: Path) -> None:
    (tmp_path / "new.yaml").write_text(BASE)
    done = RUN.invoke(app, ["migrate", "materials-science", "--to", str(tmp_path / "new.yaml")])
    assert done.exit_code == 2


def test_command_tells_every_gap_and_then_moves(folder: Path) -> None:
    new, said = write(folder, ALL_CHANGED, ALL_SAID)
    gaps = RUN.invoke(app, ["migrate", str(folder), "--to", str(new)])
    assert gaps.exit_code == 1
    assert "6 errors; nothing was computed or written" in gaps.stderr
    assert gaps.stderr.count("under items:") >= 3
    assert "… and" not in gaps.stderr  # every case, not the first of each kind
    done = RUN.invoke(app, ["migrate", str(folder), "--to", str(new), "--recode", str(said), "--json"])
    body = json.loads(done.stdout)["result"]
    assert (body["migrated"], body["read_again"], body["to"]["version"]) == (True, 3, "2")
    assert (folder / body["sources"] / "recode.yaml").read_text() == HEAD + ALL_SAID
    assert (folder / body["sources"] / "survey.yaml").exists()
