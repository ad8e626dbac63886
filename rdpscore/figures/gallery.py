"""All figures of scores, of heterogeneity and of predictors of one survey, with the results that they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpscore.analysis.checks import checked_regress
from rdpscore.analysis.formula import ModelError
from rdpscore.analysis.heterogeneity import heterogeneity
from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme
from rdpscore.figures import behind, choices, coefficients, predictors, scores, specifications
from rdpscore.figures import heterogeneity as apart
from rdpscore.figures.look import FigureData
from rdpscore.scoring import compare, uncertainty
from rdpscore.scoring.sensitivity import sensitivity
from rdpscore.survey import Survey
from rdpscore.survey.rows import the_scheme

if TYPE_CHECKING:
    import plotly.graph_objects as go

OUTPUTS = ("mean_rank_shift", "mean_score")


@checked
def score_figures(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    *,
    n_draws: Count = 10_000,
    base: int = 1024,
    seed: int = 1,
) -> Iterator[tuple[FigureData, Callable[[], go.Figure]]]:
    """The data of each figure of scores that has any, and what makes the figure.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`; the slopes compare it with the codebook's other schemes.
    n_draws, base, seed : int
        As for `uncertainty` and `sensitivity`.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    """
    chosen = the_scheme(survey, scheme)
    doubt = uncertainty(survey, chosen, n_draws=n_draws, seed=seed)
    if doubt.spread.mean["score"] is None:
        return
    for data_of, figure_of in (
        (scores.publisher_scores_data, scores.publisher_scores),
        (scores.journal_scores_data, scores.journal_scores),
        (scores.rank_ranges_data, scores.rank_ranges),
    ):
        yield data_of(doubt), partial(figure_of, doubt)
    for data_of_survey, figure_of_survey in (
        (behind.profiles_data, behind.profiles),
        (behind.contributions_data, behind.contributions),
        (behind.answers_data, behind.answers),
    ):
        data = data_of_survey(survey, chosen)
        if len(data.frame):
            yield data, partial(figure_of_survey, survey, chosen)
    others = [s for s in survey.codebook.schemes if s.id != chosen.id]
    if others:
        compared = compare(survey, [chosen, *others])
        yield choices.schemes_data(compared), partial(choices.schemes, compared)
    moved = sensitivity(survey, chosen, n_draws=n_draws, base=base, seed=seed)
    for output in OUTPUTS:
        yield choices.sobol_data(moved, output), partial(choices.sobol, moved, output)


@checked
def heterogeneity_figures(
    survey: Survey, scheme: Scheme | str | Path | None = None, *, by: str = "publisher", seed: int = 1
) -> Iterator[tuple[FigureData, Callable[[], go.Figure]]]:
    """The data of each figure of heterogeneity that has any, and what makes the figure.

    Parameters
    ----------
    survey : Survey
    scheme, by, seed
        As for `heterogeneity`.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    """
    found = heterogeneity(survey, scheme, by=by, with_profiles=True, seed=seed)
    data = apart.variance_shares_data(found)
    if len(data.frame):
        yield data, partial(apart.variance_shares, found)
    data = apart.policy_profiles_data(survey, found)
    if len(data.frame):
        yield data, partial(apart.policy_profiles, survey, found)


def predictor_figures(
    survey: Survey, scheme: Scheme | str | Path | None = None, *, seed: int = 1
) -> Iterator[tuple[FigureData, Callable[[], go.Figure]]]:
    """The data of each figure of predictors that has any, and what makes the figure.

    Parameters
    ----------
    survey : Survey
        A survey without attributes to compare by has no such figures.
    scheme : Scheme, str or Path, optional
        As for `score`.
    seed : int
        As for `checked_regress`.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    """
    try:
        found = checked_regress(
            survey, None, the_scheme(survey, scheme), checks=("robust", "specifications"), seed=seed
        )
    except ModelError:
        return
    frame = found.regress.frame
    for p in frame.predictors:
        if p.kind == "number":
            yield (
                predictors.against_number_data(found, p.name),
                partial(predictors.against_number, found, p.name),
            )
        else:
            yield predictors.by_level_data(found, p), partial(predictors.by_level, found, p)
    for term in (t.name for t in frame.terms):
        for data_of, figure_of in (
            (coefficients.coefficients_data, coefficients.coefficients),
            (coefficients.leave_one_out_data, coefficients.leave_one_out),
            (coefficients.label_flips_data, coefficients.label_flips),
        ):
            data = data_of(found, term)
            if data.frame["estimate"].notna().any():
                yield data, partial(figure_of, found, term)
        for question in coefficients.PANELS:
            curve = specifications.find_curve(found, question, term)
            if curve is not None and curve.n:
                yield (
                    specifications.specification_curve_data(found, curve),
                    partial(specifications.specification_curve, found, curve),
                )
