"""The codebook: what it refuses, what its fingerprints cover, its schema, its schemes; the shipped one."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from running import cli
from tables import SMALL_CODEBOOK

import rdpscore
from rdpscore.codebook import Codebook, Item, Option, Scheme, json_schema, load_scheme, read_codebook
from rdpscore.files import shipped
from rdpscore.survey import Survey

Raw = dict[str, Any]
Path_ = tuple[str | int, ...]


def raw_small() -> Raw:
    raw: Raw = yaml.safe_load(SMALL_CODEBOOK)
    return raw


@pytest.fixture
def small() -> Codebook:
    return Codebook.model_validate(raw_small())


@pytest.fixture(scope="module")
def book() -> Codebook:
    """The shipped codebook."""
    return rdpscore.load_codebook("materials-science")


def put(raw: Raw, path: Path_, value: object) -> Raw:
    """A copy with another value at the path; at the end of a list, one more."""
    raw = copy.deepcopy(raw)
    place: Any = raw
    for step in path[:-1]:
        place = place[step]
    if isinstance(place, list) and path[-1] == len(place):
        place.append(value)
    else:
        place[path[-1]] = value
    return raw


# Fingerprints -------------------------------------------------------------------------------------------

NEW_ITEM = {
    "id": "licence",
    "dimension": "data",
    "title": "Licence",
    "question": "Which licence?",
    "kind": "open",
}

CHANGES = [
    (("items", 1, "options", 1, "code"), "9", {"coding"}),
    (("items", 1, "options", 1, "label"), "Recommended", {"coding"}),
    (("items", 1, "level"), "nominal", {"coding"}),
    (("items", 1, "evidence"), "required", {"coding"}),
    (("items", 1, "applies_if"), {}, {"coding"}),
    (("items", 1, "applies_if", "policy"), ["no", "yes"], {"coding"}),
    (("items", 2, "id"), "codes", {"coding", "scoring"}),
    (("items", 3), NEW_ITEM, {"coding", "scoring", "text"}),
    (("items", 1, "options", 1, "score"), 0.25, {"scoring"}),
    (("items", 1, "scored"), False, {"scoring"}),
    (("items", 0, "dimension"), "code", {"scoring"}),
    (("schemes", 0, "weights"), {"data": 2}, {"scoring"}),
    (("schemes", 0, "divisor"), 4, {"scoring"}),
    (("schemes", 1, "by"), "items", {"scoring"}),
    (("schemes", 1, "id"), "dimensions", {"scoring"}),
    (("default_scheme",), "by-dimension", {"scoring"}),
    (("schemes", 2), {"id": "third", "title": "Third"}, {"scoring", "text"}),
    (("schemes", 0, "title"), "Plain mean", {"text"}),
    (("schemes", 0, "description"), "The mean.", {"text"}),
    (("items", 1, "title"), "Sharing", {"text"}),
    (("items", 1, "question"), "Must the data be shared?", {"text"}),
    (("items", 1, "guidance"), "Look it up.", {"text"}),
    (("items", 1, "number"), "2", {"text"}),
    (("items", 1, "options", 0, "guidance"), "Nothing is said.", {"text"}),
    (("title",), "Another title", {"text"}),
    (("description",), "A description", {"text"}),
    (("version",), "2", {"text"}),
    (("language",), "de", {"text"}),
    (("licence",), "CC0-1.0", {"text"}),
    (("source",), {"citation": "Somebody"}, {"text"}),
    (("dimensions", 0, "title"), "Research data", {"text"}),
    (("reasons", 2), {"id": "slip", "title": "A slip"}, {"text"}),
    (("frameworks",), [{"id": "rda", "title": "RDA", "citation": "RDA", "terms": {"a": "A"}}], {"text"}),
]


@pytest.mark.parametrize(
    ("path", "value", "expected"), CHANGES, ids=[".".join(map(str, path)) for path, _, _ in CHANGES]
)
def test_a_change_changes_the_fingerprint_that_covers_it_and_no_other(
    small: Codebook, path: Path_, value: object, expected: set[str]
) -> None:
    changed = Codebook.model_validate(put(raw_small(), path, value))
    before, after = small.hashes.model_dump(), changed.hashes.model_dump()
    assert {name for name in before if before[name] != after[name]} == expected


def test_a_link_to_a_framework_changes_the_text_fingerprint_only(small: Codebook) -> None:
    framework = {"id": "rda", "title": "RDA", "citation": "RDA", "terms": {"a": "A"}}
    one = put(raw_small(), ("frameworks",), [framework])
    two = put(one, ("items", 1, "maps_to"), {"rda": ["a"]})
    before, after = (Codebook.model_validate(r).hashes for r in (one, two))
    assert (before.coding, before.scoring) == (after.coding, after.scoring)
    assert before.text != after.text


def test_the_way_the_yaml_is_written_changes_no_fingerprint(small: Codebook, tmp_path: Path) -> None:
    path = tmp_path / "codebook.yaml"
    path.write_text("# a comment\n" + yaml.safe_dump(raw_small(), sort_keys=True, width=40))
    assert rdpscore.load_codebook(path).hashes == small.hashes


def test_what_is_said_expressly_and_is_the_default_changes_no_fingerprint(small: Codebook) -> None:
    raw = put(put(raw_small(), ("items", 1, "scored"), True), ("schemes", 0, "weights"), {})
    assert Codebook.model_validate(raw).hashes == small.hashes


# Python -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("items", 2, "id"), "data", "the item id 'data' is used twice"),
        (("items", 2, "dimension"), "cod", "there is no dimension 'cod'; nearest: 'code'"),
        (("items", 1, "options", 0, "score"), 0.75, "its scores do not rise from option to option"),
        (("items", 1, "options", 1, "score"), None, "is scored and option '1' has no score"),
        (("items", 1, "applies_if"), {"data": ["1"]}, "applies only if it is answered itself"),
        (("items", 0, "applies_if"), {"data": ["1"]}, "depends on 'data', which comes after it"),
        (("items", 1, "options"), [], "has fewer than two options"),
        (("items", 1, "level"), None, "has no level of measurement"),
        (("items", 1, "kind"), "open", "is open and lists options"),
        (("default_scheme",), "equals", "there is no scheme 'equals'; nearest: 'equal'"),
        (("schemes", 0, "weights"), {"policy": 0, "data": 0, "code": 0}, "gives every item weight 0"),
        (("schemes", 1, "divisor"), 2.0, "has a divisor and goes by dimensions"),
        (("schemes", 1, "weights"), {"code": 0}, "'code' has no weighted item"),
        (("items", 1, "scored"), False, None),
    ],
)
def test_a_codebook_made_in_python_is_checked_like_a_file(
    path: Path_, value: object, message: str | None
) -> None:
    raw = put(raw_small(), path, value)
    if message is None:
        assert len(Codebook.model_validate(raw).scored_items) == 2
    else:
        with pytest.raises(ValidationError, match=re.escape(message)):
            Codebook.model_validate(raw)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Option(code="a b", label="A"), "should match pattern"),
        (lambda: Option(code="", label="A"), "should match pattern"),
        (lambda: Option(code="a", label=" "), "is blank"),
        (lambda: Option(code="a", label="A", score=1.01), "less than or equal to 1"),
        (lambda: Option(code="a", label="A", score=-0.01), "greater than or equal to 0"),
        (lambda: Option(code="a", label="A", score=float("nan")), "finite"),
        (lambda: Option(code="a", label="A", score="1"), "valid number"),
        (lambda: Option(code=1, label="A"), "valid string"),
        (lambda: Option(code="a", label="A", colour="red"), "Extra inputs are not permitted"),
        (lambda: Item(id="a", dimension="d", title="x" * 41, question="?"), "at most 40 characters"),
        (lambda: Scheme(id="a", title="A", weights={"data": -1}), "greater than or equal to 0"),
        (lambda: Scheme(id="a", title="A", divisor=0), "greater than 0"),
        (lambda: Scheme(id="a", title="A", weights={"data": float("inf")}), "finite"),
    ],
)
def test_a_part_made_in_python_is_checked(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        make()


def test_a_codebook_is_not_changed_afterwards(small: Codebook) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        small.items[0].title = "Another"  # type: ignore[misc]


def test_an_open_item_enters_no_score_without_being_told() -> None:
    item = Codebook.model_validate(put(raw_small(), ("items", 3), NEW_ITEM)).item("licence")
    assert (item.scored, item.closed, item.scores) == (False, False, ())


def test_an_unknown_item_or_option_is_a_key_error(small: Codebook) -> None:
    with pytest.raises(KeyError):
        small.item("nothing")
    with pytest.raises(KeyError):
        small.item("data").option("9")


def test_an_unknown_codebook_names_the_nearest() -> None:
    with pytest.raises(
        rdpscore.InvalidInput, match="no codebook 'material-science'; nearest: 'materials-science'"
    ):
        rdpscore.load_codebook("material-science")


PATHS: list[Path_] = []


def _walk(value: object, path: Path_) -> None:
    PATHS.append(path)
    children = (
        value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    )
    for step, child in children:
        _walk(child, (*path, step))


_walk(raw_small(), ())

ODD = st.sampled_from(
    yaml.safe_load("""[
        null, true, false, 0, 1, -1, 1.5, .nan, "", " ", x, data, policy, "yes", a b, single, multiple, open,
        [], {}, ["yes"], [null], [[]], {policy: ["yes"]}, {data: 0}, {1: 2}, {id: []}, 2026-03-16, dimensions,
        {id: x, title: X}
    ]""")
)


@given(changes=st.lists(st.tuples(st.sampled_from(PATHS[1:]), ODD), min_size=1, max_size=3))
@settings(deadline=None, max_examples=150)
def test_any_codebook_is_read_or_refused_with_reasons(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[Path_, object]]
) -> None:
    raw = raw_small()
    for path, value in changes:
        try:
            raw = put(raw, path, value)
        except (KeyError, IndexError, TypeError):  # an earlier change took the place away
            continue
    path_ = tmp_path_factory.getbasetemp() / "any.yaml"
    path_.write_text(yaml.safe_dump(raw, sort_keys=False))
    codebook, problems = read_codebook(path_)
    assert (codebook is None) == (not problems.ok)
    assert all(p.line and p.what and p.remedy for p in problems)


# JSON Schema --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(shipped("codebook", "codebook.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_shipped_schema_is_that_of_the_models() -> None:
    ours = shipped("codebook", "codebook.schema.json").read_text(encoding="utf-8")
    assert json.loads(ours) == json_schema()
    assert cli("codebook", "schema").out == ours


@pytest.mark.parametrize("path", sorted(shipped("codebook").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_schema_admits_the_shipped_codebooks(
    validator: jsonschema.Draft202012Validator, path: Path
) -> None:
    validator.validate(yaml.safe_load(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("items", 1, "options", 1, "score"), 1.5),
        (("items", 1, "options", 1, "score"), "1"),
        (("items", 0, "options", 0, "code"), False),
        (("items", 1, "options", 0, "code"), 0),
        (("items", 1, "options", 0, "code"), "a b"),
        (("items", 1, "options", 0, "colour"), "red"),
        (("items", 1, "options", 0), {"code": "0"}),
        (("items", 1, "kind"), "several"),
        (("items", 1, "level"), "interval"),
        (("items", 1, "title"), "x" * 41),
        (("items", 1, "applies_if"), {"policy": "yes"}),
        (("items",), []),
        (("dimensions",), []),
        (("schemes", 0, "weights"), {"data": -1}),
        (("format",), 2),
        (("version",), 1),
        (("titel",), "A title"),
    ],
)
def test_the_schema_refuses_what_the_models_refuse(
    validator: jsonschema.Draft202012Validator, path: Path_, value: object
) -> None:
    raw = put(raw_small(), path, value)
    assert not validator.is_valid(raw)
    with pytest.raises(ValidationError):
        Codebook.model_validate(raw)


def test_the_schema_admits_what_the_models_admit(validator: jsonschema.Draft202012Validator) -> None:
    for path, value, _ in CHANGES:
        validator.validate(put(raw_small(), path, value))


# Schemes ------------------------------------------------------------------------------------------------

SCHEME_FILE = """\
codebook: small
id: double
title: Data count twice
weights: {data: 2}
"""


@pytest.fixture
def scheme_file(tmp_path: Path) -> Path:
    path = tmp_path / "double.yaml"
    path.write_text(SCHEME_FILE)
    return path


def test_a_scheme_comes_from_a_file(small: Codebook, scheme_file: Path) -> None:
    assert load_scheme(str(scheme_file), small) == Scheme(
        id="double", title="Data count twice", weights={"data": 2}
    )


def test_a_scheme_comes_by_name_and_the_default_without_one(small: Codebook) -> None:
    assert load_scheme("by-dimension", small) == small.schemes[1]
    assert load_scheme(None, small) == small.schemes[0]


def test_a_scheme_in_a_file_scores_as_the_same_scheme_in_the_codebook(
    folder: Path, scheme_file: Path
) -> None:
    survey = rdpscore.load(folder)
    inside = rdpscore.score(survey, Scheme(id="double", title="Data count twice", weights={"data": 2}))
    outside = rdpscore.score(survey, scheme_file)
    pd.testing.assert_frame_equal(outside.journals, inside.journals)
    assert outside.journals.set_index("journal_id").loc["alpha", "score"] == pytest.approx(1.0)
    assert outside.journals.set_index("journal_id").loc["beta", "score"] == pytest.approx(
        (1 + 2 * 0.5 + 0) / 4
    )


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "says"),
    [
        ("data: 2", "dta: 2", "unknown_reference", "line 4, weights.dta", "no item 'dta'; nearest: 'data'"),
        ("codebook: small", "codebook: big", "wrong_codebook", "line 1, codebook", "for codebook 'big'"),
        ("codebook: small", "", "bad_field", "line 2", "codebook is missing"),
        ("title: Data count twice", "titel: x", "bad_field", "line 3", "nearest: 'title'"),
        ("data: 2", "data: -2", "bad_field", "line 4", "greater than or equal to 0"),
        ("data: 2", "data: two", "bad_field", "line 4", "(it is 'two')"),
        (
            "{data: 2}",
            "{data: 0, policy: 0, code: 0}",
            "bad_codebook",
            "line 4, weights",
            "every item weight 0",
        ),
        (SCHEME_FILE, "- a list", "bad_field", "line 1", "dictionary"),
        (SCHEME_FILE, "a: [", "bad_yaml", "line 2", "cannot be parsed"),
    ],
)
def test_a_scheme_file_is_refused_with_line_and_reason(
    folder: Path, scheme_file: Path, old: str, new: str, code: str, place: str, says: str
) -> None:
    scheme_file.write_text(SCHEME_FILE.replace(old, new))
    run = cli("score", folder, "--scheme", scheme_file, "--json")
    assert run.status == 1
    problems = run.json()["problems"]
    found = [p for p in problems if (p["code"], p["place"]) == (code, f"{scheme_file}, {place}")]
    assert found, problems
    assert any(says in f"{p['what']}; {p['remedy']}" for p in found)


def test_a_scheme_file_that_is_not_there_is_told(folder: Path, tmp_path: Path) -> None:
    run = cli("score", folder, "--scheme", tmp_path / "none.yaml", "--json")
    assert run.status == 1
    assert [p["code"] for p in run.json()["problems"]] == ["unreadable_file"]


def test_an_unknown_scheme_is_wrong_use_and_names_the_nearest(folder: Path) -> None:
    run = cli("score", folder, "--scheme", "equl")
    assert run.status == 2
    assert "nearest: 'equal'" in run.err


# The shipped codebooks ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(shipped("codebook").glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_codebook_is_valid_and_named_after_its_file(path: Path) -> None:
    found = cli("codebook", "check", path)
    assert found.status == 0, found.err
    book = rdpscore.load_codebook(path.stem)
    assert book.id == path.stem
    assert book.source is not None
    assert [i.id for i in book.items if not i.guidance] == []


# The shipped codebook of materials science -------------------------------------------------------------


def journals_of(book: Codebook, answers: dict[str, list[str]]) -> Survey:
    """A survey in which one coder gave each journal these answers."""
    rows = [
        (j, "c1", i.id, a)
        for j, given in answers.items()
        for i, a in zip(book.closed_items, given, strict=True)
    ]
    return Survey.from_frames(
        book,
        pd.DataFrame({"journal_id": list(answers), "title": list(answers), "publisher": "P"}),
        pd.DataFrame(rows, columns=["journal_id", "coder", "item", "answer"]),
    )


@pytest.mark.parametrize(("scheme", "most"), [("equal", 1.0), ("by-dimension", 1.0), ("published", 17 / 19)])
def test_its_schemes_reach_from_0_to_their_known_most(book: Codebook, scheme: str, most: float) -> None:
    ends = {"none": [i.codes[0] for i in book.closed_items], "all": [i.codes[-1] for i in book.closed_items]}
    scores = rdpscore.score(journals_of(book, ends), scheme).journals.set_index("journal_id")["score"]
    assert scores["none"] == 0
    assert scores["all"] == pytest.approx(most, abs=1e-15)


@pytest.mark.parametrize(
    ("scheme", "share"),
    [("equal", 1 / 17), ("published", 1 / 19), ("by-dimension", None)],
)
def test_its_schemes_give_one_item_its_share(book: Codebook, scheme: str, share: float | None) -> None:
    answers = {
        f"only-{item.id}": [i.codes[-1 if i.id in (item.id, "rdp_exist") else 0] for i in book.closed_items]
        for item in book.closed_items[1:]
    }
    scores = rdpscore.score(journals_of(book, answers), scheme).journals.set_index("journal_id")["score"]
    size = {d.id: sum(i.dimension == d.id for i in book.scored_items) for d in book.dimensions}
    for item in book.closed_items[1:]:
        base, own = (share, share) if share else (1 / 3 / size["data"], 1 / 3 / size[item.dimension])
        assert scores[f"only-{item.id}"] == pytest.approx(base + own, abs=1e-15)


def test_it_ships_three_schemes(book: Codebook) -> None:
    assert {s.id for s in book.schemes} == {"equal", "by-dimension", "published"}


def test_every_closed_item_has_guidance_and_so_has_every_option(book: Codebook) -> None:
    assert len(book.closed_items) == 17
    assert [i.id for i in book.closed_items if not i.guidance] == []
    assert [(i.id, o.code) for i in book.closed_items for o in i.options if not o.guidance] == []


def test_its_items_are_the_facts_of_the_instrument(book: Codebook, reference: Path) -> None:
    text = (reference / "materials-science" / "codebook_facts.md").read_text(encoding="utf-8")
    facts = re.findall(r"^\| (\w+) \| (\d+) \| .+? \| (0 .*) \|$", text, re.MULTILINE)
    assert len(facts) == 17
    theirs = {
        item: (number, [re.fullmatch(r"(\d+) .*\(([\d.]+)\)", o).groups() for o in options.split(" · ")])  # type: ignore[union-attr]
        for item, number, options in facts
    }
    ours = {i.id: (i.number, [(o.code, f"{o.score:g}") for o in i.options]) for i in book.closed_items}
    assert ours == theirs


def test_its_open_items_dimensions_and_levels_are_those_of_the_study(book: Codebook) -> None:
    assert [(i.id, i.number, i.kind) for i in book.items if not i.closed] == [
        ("data_recommended", "11", "open"),
        ("data_required", "12", "open"),
    ]
    assert {i.level for i in book.closed_items} == {"ordinal"}
    special = {"rdp_exist": "data", "data_referee": "refereeing"}
    assert {i.id: i.dimension for i in book.items} == {
        i.id: special.get(i.id, i.id.partition("_")[0]) for i in book.items
    }
