"""The scoring lab: changed schemes, what they move, and the way of a scheme out to a file and in again."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from dashboard import asked, faults, opened, words
from odd_surveys import ODD, large
from running import cli

import rdpscore
from rdpscore.codebook import Scheme, load_scheme
from rdpscore.codebook.schemes import (
    edited,
    parse_changes,
    parse_scheme,
    same_scores,
    scheme_text,
    spell_changes,
    weight_range,
)
from rdpscore.report.score_pictures import moves_picture, shifts_picture
from rdpscore.survey import Survey
from rdpscore.uncertainty.rank_moves import movers, moves, ready

CHANGES: dict[str, dict[str, object]] = {
    "weights": {"weights": {"data_sharing": 3.0, "code_docs": 0.0}},
    "dimensions": {"by": "dimensions", "dimension_weights": {"code": 0.5}},
    "geometric": {"by": "dimensions", "aggregation": "geometric"},
    "harmonic": {"aggregation": "harmonic"},
    "zero": {"missing": "zero"},
    "bounds": {"missing": "bounds"},
    "gate": {"not_applicable": "gate"},
    "least": {"minimum_items": 17},
}


@pytest.fixture(params=CHANGES, ids=str)
def changed(request: pytest.FixtureRequest, shipped: Survey) -> Scheme:
    book = shipped.codebook
    scheme, problems = edited(book.scheme(), book, **CHANGES[request.param])
    assert list(problems) == []
    assert scheme is not None
    return scheme


# Schemes ------------------------------------------------------------------------------------------------


def test_a_saved_scheme_is_the_scheme_on_the_command_line(
    changed: Scheme, shipped: Survey, tmp_path: Path
) -> None:
    path = tmp_path / "scheme.yaml"
    path.write_text(scheme_text(changed, shipped.codebook), encoding="utf-8")
    run = cli("score", "--scheme", path, "--json")
    assert run.status == 0
    scores = {j["journal_id"]: j["score"] for j in run.json()["result"]["journals"]}
    here = ready(shipped).scores(changed)
    assert [scores[j] for j in shipped.journal_ids] == [None if np.isnan(v) else v for v in here]


def test_a_saved_scheme_is_read_as_it_was(changed: Scheme, shipped: Survey, tmp_path: Path) -> None:
    text = scheme_text(changed, shipped.codebook)
    assert parse_scheme(text, "scheme.yaml", shipped.codebook)[0] == changed
    path = tmp_path / "scheme.yaml"
    path.write_text(text, encoding="utf-8")
    assert load_scheme(str(path), shipped.codebook) == changed


def test_the_line_of_an_address_holds_all_that_scores_are_made_of(changed: Scheme, shipped: Survey) -> None:
    book = shipped.codebook
    line = spell_changes(changed, book.scheme(), book)
    changes, said = parse_changes(line, book.scheme(), book)
    again, _ = edited(book.scheme(), book, **changes)
    assert said == []
    assert again is not None
    assert same_scores(again, changed)
    assert line.isprintable()
    assert not set(line) & set("&?#+% ")


def test_every_scheme_of_the_codebook_can_be_reached_from_another(shipped: Survey) -> None:
    book = shipped.codebook
    found, _ = edited(book.scheme("equal"), book, by="dimensions")
    assert found is not None
    assert same_scores(found, book.scheme("by-dimension"))


def test_nothing_changed_is_the_scheme_itself(shipped: Survey) -> None:
    book = shipped.codebook
    for scheme in book.schemes:
        same = {"weights": {i.id: 1.0 for i in book.scored_items}, "by": scheme.by}
        assert edited(scheme, book, **same)[0] is scheme


def test_a_divisor_goes_when_weights_change(shipped: Survey) -> None:
    book = shipped.codebook
    found, _ = edited(book.scheme("published"), book, weights={"data_sharing": 5.0})
    assert found is not None
    assert found.divisor is None
    assert np.nanmax(ready(shipped).scores(found)) <= 1


def test_a_dimension_without_items_of_weight_leaves_a_mean_over_dimensions(shipped: Survey) -> None:
    book = shipped.codebook
    code = {i.id: 0.0 for i in book.scored_items if i.dimension == "code"}
    found, problems = edited(book.scheme("by-dimension"), book, weights=code)
    assert list(problems) == []
    assert found is not None
    assert found.dimension_weights == {"code": 0.0}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"weights": "all"}, "gives every item weight 0"),
        ({"weights": {"data_sharing": 0.0}, "minimum_items": 17}, "asks for 17 items and weights 16"),
    ],
)
def test_what_gives_no_score_is_told(changes: dict[str, object], said: str, shipped: Survey) -> None:
    book = shipped.codebook
    if changes["weights"] == "all":
        changes = {"weights": {i.id: 0.0 for i in book.scored_items}}
    scheme, problems = edited(book.scheme(), book, **changes)
    assert scheme is None
    assert said in next(iter(problems)).what


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("codebook: materials-science\nid: x\n#" + "x" * 1_000_001, "yaml_too_large"),
        ("!!python/object/apply:os.system [true]", "bad_yaml"),
        ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\nid: [", "bad_yaml"),
        ("", "empty_file"),
    ],
)
def test_a_file_that_is_no_scheme_is_refused(text: str, code: str, shipped: Survey) -> None:
    scheme, problems = parse_scheme(text, "mine.yaml", shipped.codebook)
    assert scheme is None
    assert next(iter(problems)).code == code


@pytest.mark.parametrize(
    "line",
    ["data_sharing=-1", "data_sharing=nan", "data_sharing=inf", "data_sharing=1e9", "none=2", "@none=2", ".by=none",
     ".title=x", "<script>", ".minimum_items=0", ".minimum_items=99", "=", "~~"],
)  # fmt: skip
def test_a_line_that_means_nothing_changes_nothing(line: str, shipped: Survey) -> None:
    changes, said = parse_changes(line, shipped.codebook.scheme(), shipped.codebook)
    assert changes == {}
    assert said


def test_a_control_reaches_every_weight(shipped: Survey) -> None:
    book = shipped.codebook
    heavy, _ = edited(book.scheme(), book, weights={"data_sharing": 12.5})
    assert heavy is not None
    assert weight_range(heavy) == (13.0, 0.13)
    assert weight_range(book.scheme()) == (5.0, 0.05)


# Moves --------------------------------------------------------------------------------------------------


def test_moves_are_those_of_a_comparison_from_the_start(changed: Scheme, shipped: Survey) -> None:
    """`rdpscore.compare` scores each scheme from the start."""
    base = shipped.codebook.scheme()
    found, other = moves(shipped, base, changed), rdpscore.compare(shipped, [base, changed])
    table = found.journals.set_index("journal_id").loc[other.journals["journal_id"]]
    name = other.names[1]
    np.testing.assert_array_equal(table["score_after"], other.journals[f"score_{name}"])
    for mine, theirs in (("rank_after", f"rank_{name}"), ("gained", f"change_{name}")):
        assert table[mine].tolist() == other.journals[theirs].tolist()
    pair = other.pairs[0]
    assert (found.concordance.kendall, found.concordance.n_moved) == (pair.kendall, pair.n_moved)
    assert found.n_moved == pair.n_moved


def test_ties_share_a_range_of_ranks(shipped: Survey) -> None:
    book = shipped.codebook
    frame = moves(shipped, book.scheme(), book.scheme("by-dimension")).journals
    for when in ("before", "after"):
        for _, own in frame.groupby(f"rank_{when}"):
            assert (own[f"last_{when}"] - own[f"rank_{when}"] + 1 == len(own)).all()
            assert own[f"score_{when}"].max() - own[f"score_{when}"].min() < 1e-12


def test_movers_are_the_extremes_and_share_rows(shipped: Survey) -> None:
    book = shipped.codebook
    found = moves(shipped, book.scheme(), book.scheme("by-dimension"))
    frame = movers(found, 16)
    gained = found.journals["gained"]
    assert len(frame) == 16
    assert frame["gained"].iloc[0] == gained.max()
    assert frame["gained"].iloc[-1] == gained.min()
    assert frame["gained"].is_monotonic_decreasing
    assert (frame["gained"] != 0).all()
    assert frame["n"].max() > 1
    figure = moves_picture(found).figure()
    assert len(figure.layout.annotations) == 16
    assert len(shifts_picture(found).figure().data) == 3
    assert f"{gained.max()} places" in moves_picture(found).see


def test_nobody_moves_without_a_change(shipped: Survey) -> None:
    base = shipped.codebook.scheme()
    found = moves(shipped, base, base)
    assert (found.n_moved, found.concordance.kendall, len(movers(found))) == (0, 1.0, 0)
    assert moves_picture(found).see == "No journal changes its place."


def test_journals_that_lose_their_score_are_counted(folder: Path) -> None:
    survey = rdpscore.load(folder)
    book = survey.codebook
    strict, _ = edited(book.scheme(), book, missing="bounds")
    assert strict is not None
    found = moves(survey, book.scheme(), strict)
    assert found.n_lost == found.n_before - found.n_after


@pytest.mark.slow
@pytest.mark.parametrize(("n", "limit"), [(171, 0.5), (10_000, 2.0)])
def test_a_change_is_quick(n: int, limit: float, shipped: Survey, tmp_path: Path) -> None:
    """Processor time of the arithmetic and the figures, the best of five, once modules are loaded."""
    survey = shipped if n == 171 else rdpscore.load(large(tmp_path / "large"))
    made, base = ready(survey), survey.codebook.scheme()
    taken = []
    for k in range(5):
        scheme, _ = edited(base, survey.codebook, weights={"data_sharing": 2.0 + k})
        assert scheme is not None
        begin = time.process_time()
        found = moves(made, base, scheme)
        moves_picture(found).figure()
        shifts_picture(found).figure()
        taken.append(time.process_time() - begin)
    assert min(taken) < limit


# The page -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ODD)
def test_no_exception_for_an_odd_survey(name: str, tmp_path: Path) -> None:
    with opened("lab", ODD[name](tmp_path / name)) as at:
        assert faults(at) == []
        if any(s.key == "lab_item_data" for s in at.slider):
            at.slider(key="lab_item_data").set_value(2.0).run()
            at.selectbox(key="lab_by").set_value("dimensions").run()
            assert faults(at) == []


def test_a_slider_moves_scores_at_once_and_the_address_keeps_it(shipped: Survey) -> None:
    base = shipped.codebook.scheme()
    scheme, _ = edited(base, shipped.codebook, weights={"data_sharing": 3.0})
    assert scheme is not None
    found = moves(shipped, base, scheme)
    with opened("lab") as at:
        assert "Nothing yet" in words(at)
        at.slider(key="lab_item_data_sharing").set_value(3.0).run()
        assert faults(at) == []
        shown = {m.label: m.value for m in at.metric}
        assert shown["Journals that move"] == str(found.n_moved)
        assert shown["Mean score"] == f"{found.mean_after:.2f}"
        assert asked(at, "lab") == ["data_sharing=3"]
        at.button[[b.label for b in at.button].index("Reset")].click().run()
        assert "Nothing yet" in words(at)
        assert "lab" not in at.query_params


def test_the_address_restores_the_controls() -> None:
    line = "data_sharing=2~code_docs=0~@code=0.5~.by=dimensions~.aggregation=geometric~.missing=zero"
    with opened("lab", None, {"lab": line}) as at:
        assert faults(at) == []
        assert at.slider(key="lab_item_data_sharing").value == 2.0
        assert at.slider(key="lab_dimension_code").value == 0.5
        assert at.multiselect(key="lab_out").value == ["code_docs"]
        assert at.selectbox(key="lab_aggregation").value == "geometric"
        assert at.selectbox(key="lab_missing").value == "zero"
        assert sorted(asked(at, "lab")[0].split("~")) == sorted(line.split("~"))


def test_items_left_out_have_no_weight() -> None:
    with opened("lab") as at:
        at.multiselect(key="lab_out").set_value(["rdp_exist"]).run()
        assert asked(at, "lab") == ["rdp_exist=0"]
        assert at.slider(key="lab_item_rdp_exist").disabled


def test_choices_that_leave_no_score_are_told() -> None:
    with opened("lab") as at:
        every = at.multiselect(key="lab_out").options
        assert len(every) == 17
        at.number_input(key="lab_minimum_items").set_value(17).run()
        at.multiselect(key="lab_out").set_value(["rdp_exist"]).run()
        assert faults(at) == []
        assert "With these choices there is no score" in words(at)
        assert "asks for 17 items and weights 16" in words(at)


def test_another_scheme_in_the_filter_is_where_one_starts() -> None:
    with opened("lab", None, {"scheme": "by-dimension"}) as at:
        assert at.selectbox(key="lab_by").value == "dimensions"
        assert "Nothing yet" in words(at)


def test_a_scheme_is_used_on_all_pages_of_the_session_only() -> None:
    with opened("lab", None, {"lab": "data_sharing=4"}) as at:
        at.button(key="lab_use").click().run()
        assert faults(at) == []
        assert "Mean of the closed items, changed" in words(at)
        assert at.button(key="lab_use").disabled
    with opened("lab") as other:
        assert "changed" not in words(other)


GOOD = b"codebook: materials-science\nid: mine\ntitle: Mine\nby: dimensions\nweights: {data_sharing: 4}\n"
BAD = b"codebook: other\nid: mine\ntitle: Mine\nweights: {data_sharng: 4}\nmissing: maybe\n"


def test_a_scheme_is_loaded_and_its_problems_are_told_all_at_once() -> None:
    with opened("lab") as at:
        at.file_uploader(key="lab_file").set_value(("mine.yaml", BAD, "application/yaml")).run()
        assert faults(at) == []
        said = words(at)
        for part in ("data_sharng", "missing", "the survey uses", "The file was not loaded"):
            assert part in said, part
        assert at.selectbox(key="lab_by").value == "items"
        at.file_uploader(key="lab_file").set_value(("mine.yaml", GOOD, "application/yaml")).run()
        assert faults(at) == []
        assert "The file was not loaded" not in words(at)
        assert at.selectbox(key="lab_by").value == "dimensions"
        assert at.slider(key="lab_item_data_sharing").value == 4.0
