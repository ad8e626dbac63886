"""The model frame: formulas, attributes as predictors, what is left out, what replaces what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from running import cli
from tables import SURVEY_YAML, write_survey

import rdpscore
from rdpscore.predictors import ModelError, ModelFrame, model_frame
from rdpscore.predictors.attributes import DEFAULT, default_model
from rdpscore.predictors.formula import parse
from rdpscore.problems import InvalidInput
from rdpscore.scoring.scores import journal_scores
from rdpscore.survey import Survey

CODINGS = "| journal_id | coder | item | answer |\n|-|-|-|-|\n" + "\n".join(
    f"| j{j} | c1 | {item} | {answer} |"
    for j in range(6)
    for item, answer in (("policy", "yes"), ("data", str(j % 3)), ("code", str(j % 2)))
)


def survey_of(tmp_path: Path, columns: str, *cells: str, survey_yaml: str = SURVEY_YAML) -> Survey:
    """Six journals of three publishers with these further columns."""
    rows = [f"| j{j} | Journal {j} | P{j % 3} | {cells[j]} |" for j in range(6)]
    journals = "\n".join([f"| journal_id | title | publisher | {columns} |", "|-|", *rows])
    folder = write_survey(
        tmp_path / "survey",
        survey_yaml=survey_yaml,
        journals=journals,
        codings=CODINGS,
        adjudications="| journal_id | item | answer |\n|-|",
    )
    return rdpscore.load(folder)


# Formulas -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score ~ log2(impact) + access_model", "score ~ log2(impact) + access_model"),
        ("score~impact", "score ~ impact"),
        ("  data_sharing ~ log2( impact )+year", "data_sharing ~ log2(impact) + year"),
        (
            "score ~ `Impact Factor` + log2(`Impact Factor`)",
            "score ~ `Impact Factor` + log2(`Impact Factor`)",
        ),
        ("score ~ Schärfe.1", "score ~ Schärfe.1"),
    ],
)
def test_a_formula_is_parsed_and_written_again(text: str, said: str) -> None:
    assert str(parse(text)) == said
    assert parse(said) == parse(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("score", "has not one ~"),
        ("score ~ impact ~ year", "has not one ~"),
        ("score ~", "stands nothing"),
        ("score ~ impact +", "stands nothing"),
        ("~ impact", "before ~ stands one name"),
        ("score + code ~ impact", "before ~ stands one name"),
        ("score ~ impact * year", "'*' has no meaning"),
        ("score ~ impact:year", "':' has no meaning"),
        ("score ~ impact - 1", "'-' has no meaning"),
        ("score ~ log(impact)", "no function 'log'; nearest: 'log2'"),
        ("score ~ log2(log2(impact))", "is no predictor"),
        ("score ~ log2()", "is no predictor"),
        ("score ~ impact year", "is no predictor"),
        ("score ~ impact + impact", "stands twice"),
        ("score ~ ``", "blank"),
        ("score ~ __import__('os')", "no function '__import__'"),
    ],
)
def test_what_is_no_formula_is_told(text: str, said: str) -> None:
    with pytest.raises(ModelError, match=said.replace("*", r"\*").replace("(", r"\(")):
        parse(text)


# Predictors ---------------------------------------------------------------------------------------------


def test_the_frame_of_the_shipped_survey(shipped: Survey) -> None:
    frame = model_frame(shipped, DEFAULT)
    assert [t.name for t in frame.terms] == ["log2(impact)", "access_model=open_access"]
    assert frame.predictor("access_model").levels == ("hybrid", "open_access")  # 103 and 68 journals
    assert frame.predictor("impact").unit == "citations per article"
    assert (len(frame), frame.publishers.n, len(frame.complete())) == (171, 17, 170)
    assert [(r.journal, r.attribute, r.reason) for r in frame.left_out] == [
        ("batteries-and-supercaps", "impact", "missing")
    ]
    assert frame.predictor("access_model").doubtful.sum() == 16
    np.testing.assert_array_equal(frame.y, journal_scores(shipped, "equal"))
    impact = shipped.attribute("impact").to_numpy(float)
    np.testing.assert_allclose(frame.predictor("impact").columns[:, 0], np.log2(impact))


def test_the_bound_is_half_of_what_one_item_moves_the_score(shipped: Survey) -> None:
    # 17 items of equal weight; divided by 19; and in three dimensions of which all together still run from 0 to 1
    for scheme, bound in (("equal", 0.5 / 17), ("published", 0.5 / 19), ("by-dimension", 0.5 / 17)):
        assert model_frame(shipped, DEFAULT, scheme).bound("log2(impact)") == pytest.approx(bound, rel=1e-12)


def test_the_survey_states_its_own_bounds(tmp_path: Path) -> None:
    stated = SURVEY_YAML + "equivalence_bounds: {items: 0.25, attributes: {size: 1}}\n"
    cells = [f"{j} | {j * j}" for j in range(6)]
    frame = model_frame(
        survey_of(tmp_path, "size | other", *cells, survey_yaml=stated), "score ~ size + other"
    )
    assert (frame.bound("size"), frame.bound("other")) == pytest.approx((1 / 3, 0.25 / 3))


def test_a_bound_for_a_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    stated = SURVEY_YAML + "equivalence_bounds: {attributes: {sise: 1}}\n"
    survey = survey_of(tmp_path, "size", *"012345", survey_yaml=stated)
    found = [str(p) for p in rdpscore.validate(survey.path).problems]
    assert any("'sise'" in text and "nearest: 'size'" in text for text in found)


@pytest.mark.parametrize(
    ("cells", "kind", "terms"),
    [
        (["1", "2", "3.5", "", "-4", "1e2"], "number", ["thing"]),
        (["true", "False", "TRUE", "", "false", "true"], "boolean", ["thing"]),
        (["b", "a", "b", "", "c", "b"], "category", ["thing=a", "thing=c"]),
    ],
)
def test_kinds_are_found_where_none_is_declared(
    tmp_path: Path, cells: list[str], kind: str, terms: list[str]
) -> None:
    frame = model_frame(survey_of(tmp_path, "thing", *cells), "score ~ thing")
    assert frame.predictor("thing").kind == kind
    assert [t.name for t in frame.terms] == terms
    assert [r.journal for r in frame.left_out] == ["j3"]
    assert frame.predictor("thing").missing.tolist() == [False, False, False, True, False, False]


def test_the_reference_is_the_commonest_level_and_of_ties_the_first_declared(tmp_path: Path) -> None:
    declared = SURVEY_YAML + "attributes: {field: {kind: category, values: [z, m, a]}}\n"
    frame = model_frame(survey_of(tmp_path, "field", *"azazmm", survey_yaml=declared), "score ~ field")
    assert frame.predictor("field").levels == ("z", "m", "a")


@pytest.mark.parametrize("bad", ["high", "inf", "NaN", "1e999", "1_000", "٣"])
def test_text_among_numbers_is_a_problem_of_the_survey(tmp_path: Path, bad: str) -> None:
    survey = survey_of(tmp_path, "size", "1", "2", bad, "4", "5", "6")
    with pytest.raises(InvalidInput) as caught:
        model_frame(survey, "score ~ size")
    (problem,) = caught.value.problems
    assert (problem.code, problem.row, problem.column, problem.value) == (
        "impossible_attribute",
        4,
        "size",
        bad,
    )


@pytest.mark.parametrize(
    ("zeros", "left_out", "shift"), [("leave_out", ["j0", "j1"], 0.0), ("half", ["j1"], 0.25)]
)
def test_logarithms_that_do_not_exist_are_listed(
    tmp_path: Path, zeros: str, left_out: list[str], shift: float
) -> None:
    survey = survey_of(tmp_path, "size", "0", "-1", "0.5", "2", "4", "8")
    frame = model_frame(survey, "score ~ log2(size)", zeros=zeros)  # type: ignore[arg-type]
    assert [(r.journal, r.reason) for r in frame.left_out] == [(j, "not_positive") for j in left_out]
    x = frame.complete().columns()[0][:, 0]
    kept = np.array([v for v in (0, 0.5, 2, 4, 8) if zeros == "half" or v > 0])
    np.testing.assert_allclose(x, np.log2(kept + shift))


@pytest.mark.parametrize(
    ("model", "said"),
    [
        ("scor ~ impact", "'scor' is neither 'score' nor an item; nearest: 'score'"),
        ("score ~ impct", "no column 'impct'; nearest: 'impact'"),
        ("score ~ data_sharing", "'data_sharing' is an item"),
        ("score ~ title", "171 different values for 171 journals"),
        ("score ~ journal_id", "171 different values for 171 journals"),
        ("score ~ publisher", "compared within and between"),
        ("score ~ log2(access_model)", "log2 takes numbers, and access_model holds categories"),
        ("score ~ log2(society_publisher)", "log2 takes numbers, and society_publisher holds true and false"),
        ("data_recommended ~ impact", "is open"),
    ],
)
def test_what_cannot_be_in_a_model_is_told(shipped: Survey, model: str, said: str) -> None:
    with pytest.raises(ModelError, match=said):
        model_frame(shipped, model)


def test_only_some_journals(shipped: Survey) -> None:
    frame = model_frame(shipped, DEFAULT, where={"kind": ["journal"], "publisher": ["ACS", "AIP"]})
    assert (len(frame), frame.publishers.labels) == (28, ("ACS", "AIP"))  # of 29, one series of proceedings
    assert frame.settings["where"] == {"kind": ["journal"], "publisher": ["ACS", "AIP"]}
    with pytest.raises(ModelError, match="'journl' is no value of kind; nearest: 'journal'"):
        model_frame(shipped, DEFAULT, where={"kind": "journl"})
    with pytest.raises(ModelError, match="no journal satisfies"):
        model_frame(shipped, DEFAULT, where={"kind": "proceedings", "publisher": "ACS"})


def test_an_item_is_an_outcome_with_the_scores_of_its_options(shipped: Survey) -> None:
    frame = model_frame(shipped, "data_availability ~ impact")
    item = next(i for i in shipped.codebook.items if i.id == "data_availability")
    assert set(frame.y) <= set(item.scores)
    assert frame.outcome.step == pytest.approx((max(item.scores) - min(item.scores)) / (len(item.scores) - 1))


# Other models -------------------------------------------------------------------------------------------


def test_without_impact_and_access_the_model_is_all_there_is(tmp_path: Path, shipped: Survey) -> None:
    assert default_model(shipped) == (parse(DEFAULT), None)
    cells = [f"{j} | {'xyx'[j % 3]} | same | p{j} |" for j in range(6)]
    formula, note = default_model(survey_of(tmp_path, "size | field | one | policy_id | blank", *cells))
    assert str(formula) == "score ~ size + field"
    assert note is not None
    assert "has not both impact and access_model" in note


def test_a_survey_without_attributes_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no attribute that differs"):
        default_model(survey_of(tmp_path, "note", *[""] * 6))


# Replacing ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def frame(shipped: Survey) -> ModelFrame:
    return model_frame(shipped, DEFAULT)


def test_a_subset_keeps_levels_and_renumbers_clusters(frame: ModelFrame) -> None:
    mask = np.array([frame.publishers.labels[c] in ("MDPI", "ACS") for c in frame.publishers.code])
    part = frame.subset(mask)
    assert len(part) == mask.sum() == 30
    assert part.publishers.labels == ("ACS", "MDPI")
    assert set(part.publishers.code.tolist()) == {0, 1}
    assert part.terms == frame.terms
    assert part.journals == tuple(j for j, keep in zip(frame.journals, mask, strict=True) if keep)
    np.testing.assert_array_equal(part.columns()[0], frame.columns()[0][mask])


def test_another_outcome_takes_the_place(frame: ModelFrame) -> None:
    other = frame.with_outcome(frame.y[::-1])
    np.testing.assert_array_equal(other.y, frame.y[::-1])
    assert other.predictors == frame.predictors
    for bad in (frame.y[1:], np.full(len(frame), np.nan)):
        with pytest.raises(ValueError, match="finite numbers"):
            frame.with_outcome(bad)


def test_another_attribute_takes_the_place(frame: ModelFrame) -> None:
    old = frame.predictor("access_model")
    flipped = ["hybrid" if v == "open_access" else "open_access" for v in old.values]
    other = frame.with_attribute("access_model", flipped)
    np.testing.assert_array_equal(other.predictor("access_model").columns, 1 - old.columns)
    assert other.predictor("access_model").levels == old.levels  # although hybrid is the rarer now
    doubled = frame.with_attribute(
        "impact", [None if v is None else 2 * v for v in frame.predictor("impact").values]
    )
    np.testing.assert_allclose(doubled.columns()[0][:, 0], frame.columns()[0][:, 0] + 1)
    with pytest.raises(ValueError, match="'closed' is no level"):
        frame.with_attribute("access_model", ["closed"] * len(frame))
    with pytest.raises(ValueError, match="171 values"):
        frame.with_attribute("access_model", ["hybrid"])


def test_an_attribute_may_stand_in_a_model_twice(shipped: Survey) -> None:
    frame = model_frame(shipped, "score ~ log2(impact) + impact")
    assert frame.predictor("impact").name == "impact"
    assert frame.predictor("log2(impact)").name == "log2(impact)"
    assert len(frame.left_out) == 1
    doubled = frame.with_attribute(
        "impact", [None if v is None else 2 * v for v in frame.predictors[1].values]
    )
    x, y = frame.complete().columns()[0], doubled.complete().columns()[0]
    np.testing.assert_allclose(y, np.column_stack([x[:, 0] + 1, 2 * x[:, 1]]))


def test_the_table_of_a_frame_and_of_what_is_left_out(frame: ModelFrame) -> None:
    table = frame.to_frame()
    assert list(table) == ["journal_id", "title", "publisher", "score", *(t.name for t in frame.terms)]
    assert table["log2(impact)"].isna().sum() == 1
    assert frame.left_out_frame()["title"].tolist() == ["Batteries & Supercaps"]


def test_the_command_tells_a_wrong_name_with_the_nearest() -> None:
    run = cli("regress", "--model", "score ~ acces_model")
    assert run.status == 2
    assert "nearest:'access_model'" in run.said.replace("│", "")
    assert "Traceback" not in run.err
