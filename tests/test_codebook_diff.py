"""What changed between two codebooks, for coders and for scores."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK
from typer.testing import CliRunner

import rdpscore
from rdpscore.cli import app
from rdpscore.codebook import Codebook
from rdpscore.codebook.differences import (
    Change,
    ForCoders,
    diff,
    excerpts,
)
from rdpscore.files.yamls import parse_yaml
from rdpscore.survey import Survey

RUN = CliRunner()


def book(*edits: tuple[str, str]) -> Codebook:
    """The small codebook with texts replaced."""
    text = SMALL_CODEBOOK
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    document, _ = parse_yaml(text, "codebook.yaml")
    assert document is not None
    return Codebook.model_validate(document.data)


def changes(*edits: tuple[str, str]) -> tuple[Change, ...]:
    return diff(book(), book(*edits)).changes


ONE = '{code: "1", label: Encouraged, score: 0.5}'
NEW_ITEM = """
  - id: licence
    dimension: code
    title: Licence
    question: Is there a licence?
    level: nominal
    options:
      - {code: "0", label: None, score: 0}
      - {code: "1", label: Some, score: 1}
schemes:"""


@pytest.mark.parametrize(
    ("edit", "what", "name", "kind", "scores"),
    [
        (("Must data be shared?", "Must the data be shared?"), "question", "data", "clarification", False),
        (
            ("title: Data\n    question", "title: Sharing\n    question"),
            "title",
            "data",
            "clarification",
            False,
        ),
        (("label: Encouraged", "label: encouraged."), "label", "1", "clarification", False),
        (("label: Encouraged", "label: Asked of authors"), "label", "1", "new meaning", False),
        (("score: 0.5", "score: 0.4"), "score", "1", "none", True),
        (
            (ONE, f'{ONE}\n      - {{code: "1b", label: Expected, score: 0.7}}'),
            "option",
            "1b",
            "new option",
            False,
        ),
        ((f"      - {ONE}\n", ""), "option", "1", "new meaning", True),
        (
            ("Must data be shared?\n    level: ordinal", "Must data be shared?\n    level: nominal"),
            "level",
            "data",
            "new meaning",
            False,
        ),
        (
            (
                'code be shared?\n    level: ordinal\n    evidence: optional\n    applies_if: {policy: ["yes"]}',
                "code be shared?\n    level: ordinal\n    evidence: optional",
            ),
            "applies_if",
            "code",
            "new meaning",
            False,
        ),
        (
            (
                "Is there a policy?\n    level: ordinal\n    evidence: optional",
                "Is there a policy?\n    level: ordinal\n    evidence: required",
            ),
            "evidence",
            "policy",
            "clarification",
            False,
        ),
        (
            ("dimension: data\n    title: Pol", "dimension: code\n    title: Pol"),
            "dimension",
            "policy",
            "none",
            True,
        ),
        (("\nschemes:", NEW_ITEM), "item", "licence", "new item", True),
        (
            ("title: Read differently", "title: Understood differently"),
            "reason",
            "interpretation",
            "clarification",
            False,
        ),
        (("  - {id: wording, title: Worded differently}\n", ""), "reason", "wording", "new meaning", False),
        (
            ("title: Mean of the items}", "title: Mean of the items, divisor: 4}"),
            "scheme's divisor",
            "equal",
            "none",
            True,
        ),
        (("default_scheme: equal", "default_scheme: by-dimension"), "default scheme", "small", "none", True),
        (
            ("{id: code, title: Code}", "{id: code, title: Software}"),
            "dimension",
            "code",
            "clarification",
            False,
        ),
    ],
)
def test_each_kind_of_change(edit: tuple[str, str], what: str, name: str, kind: str, scores: bool) -> None:
    (change,) = changes(edit)
    assert (change.what, change.id, change.coders.value, change.scores) == (what, name, kind, scores)


def test_another_order_of_ordinal_options_is_a_new_meaning_and_of_nominal_ones_is_none() -> None:
    def ordered(level: str, codes: str) -> Codebook:
        raw = book().model_dump()
        options = {o["code"]: {**o, "score": None} for o in raw["items"][1]["options"]}
        raw["items"][1] |= {"level": level, "scored": False, "options": [options[c] for c in codes]}
        return Codebook.model_validate(raw)

    (change,) = diff(ordered("ordinal", "012"), ordered("ordinal", "021")).changes
    assert (change.what, change.coders, change.old, change.new) == (
        "order of options",
        ForCoders.NEW_MEANING,
        "0, 1, 2",
        "0, 2, 1",
    )
    (change,) = diff(ordered("nominal", "012"), ordered("nominal", "021")).changes
    assert change.coders is ForCoders.CLARIFICATION


def test_a_codebook_does_not_differ_from_itself(shipped: Survey) -> None:
    assert diff(shipped.codebook, shipped.codebook, shipped.codings).changes == ()
    assert diff(book(), book()).body() == {"counts": {}, "scores_change": False, "changes": []}


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N")), min_size=1, max_size=8)


@st.composite
def edited(draw: st.DrawFn) -> dict[str, Any]:
    """The small codebook with one thing or several changed, all still valid."""
    raw = book().model_dump()
    item = draw(st.sampled_from(raw["items"]))
    for field in draw(st.lists(st.sampled_from(["title", "question", "guidance", "number"]), max_size=2)):
        item[field] = draw(TEXT)
    if draw(st.booleans()):
        draw(st.sampled_from(item["options"]))["label"] = draw(TEXT) + "!"
    if draw(st.booleans()):
        item["options"].append({"code": "9", "label": "Nine", "score": 1.0, "guidance": draw(TEXT)})
    if draw(st.booleans()):
        draw(st.sampled_from(raw["dimensions"]))["description"] = draw(TEXT)
    if draw(st.booleans()):
        raw["schemes"][0]["weights"] = {"data": draw(st.sampled_from([1.0, 2.0, 3.5]))}
    if draw(st.booleans()):
        raw["reasons"] = draw(st.permutations(raw["reasons"]))
    return raw


@settings(max_examples=80, deadline=None)
@given(edited(), edited())
def test_nothing_differs_without_a_change_and_both_ways_have_as_many(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    a, b = Codebook.model_validate(one), Codebook.model_validate(other)
    there, back = diff(a, b), diff(b, a)
    assert (there.changes == ()) == (a == b)
    assert len(there.changes) == len(back.changes)
    meaning = (ForCoders.NEW_MEANING, ForCoders.NEW_OPTION, ForCoders.NEW_ITEM, ForCoders.REMOVED_ITEM)
    if any(c.coders in meaning and c.what != "reason" for c in there.changes):
        assert a.hashes.coding != b.hashes.coding
    if a.hashes.scoring != b.hashes.scoring:
        assert any(c.scores or c.what == "option" for c in there.changes)


def test_counts_of_journals_and_codings(folder: Path) -> None:
    survey = rdpscore.load(folder)
    new = book((f"      - {ONE}\n", ""), ("label: Silent", "label: No word"), ("\nschemes:", NEW_ITEM))
    found = {
        (c.item, c.id): (c.journals, c.codings) for c in diff(survey.codebook, new, survey.codings).changes
    }
    assert found == {("data", "1"): (2, 3), ("code", "0"): (1, 2), ("licence", "licence"): (3, 0)}
    assert {c.codings for c in diff(survey.codebook, new).changes} == {None}


def test_excerpts_begin_where_the_texts_begin_to_differ() -> None:
    one, other = (f"{'word ' * 40}{end}" for end in ("old end", "new end"))
    assert excerpts(one, other, 40) == ("… word old end", "… word new end")
    assert excerpts(None, "new", 40) == (None, "new")
    assert excerpts("x" * 50, "y" * 50, 10) == ("x" * 9 + "…", "y" * 9 + "…")


def test_command_prints_by_item_and_counts_the_survey(folder: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.yaml"
    new.write_text(SMALL_CODEBOOK.replace('version: "1"', 'version: "2"').replace("Encouraged", "Asked for"))
    done = RUN.invoke(app, ["codebook", "diff", str(folder), str(new)])
    assert done.exit_code == 0
    assert done.stdout.splitlines() == [
        "small 1 → small 2",
        "1 change: 1 new meaning; scores do not change",
        "",
        "data  Data",
        "  label 1 changed · new meaning · 3 codings of 2 journals",
        "      − Encouraged",
        "      + Asked for",
    ]
    assert (
        "codings of"
        not in RUN.invoke(app, ["codebook", "diff", str(folder / "codebook.yaml"), str(new)]).stdout
    )
    same = RUN.invoke(app, ["codebook", "diff", str(new), str(new)])
    assert same.stdout == "small 2 → small 2\nNo change\n"


def test_command_for_programs(folder: Path, tmp_path: Path) -> None:
    new, table = tmp_path / "new.yaml", tmp_path / "diff.csv"
    new.write_text(SMALL_CODEBOOK.replace("Encouraged", "Asked for"))
    arguments = ["codebook", "diff", str(folder / "codebook.yaml"), str(new), "--survey", str(folder)]
    done = RUN.invoke(app, [*arguments, "--json", "--output", str(table)])
    body = json.loads(done.stdout)["result"]
    assert body["counts"] == {"new meaning": 1}
    assert body["changes"] == [
        {
            "item": "data",
            "what": "label",
            "id": "1",
            "change": "changed",
            "coders": "new meaning",
            "scores": "none",
            "old": "Encouraged",
            "new": "Asked for",
            "journals": 2,
            "codings": 3,
        }
    ]
    assert table.read_text().startswith("item,what,id,change,coders,scores,old,new,journals,codings\n")
    other = RUN.invoke(app, ["codebook", "diff", "materials-science", str(new), "--survey", str(folder)])
    assert other.exit_code == 2
    missing = RUN.invoke(app, ["codebook", "diff", str(folder), str(tmp_path / "none.yaml")])
    assert missing.exit_code == 1
