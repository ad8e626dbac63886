"""All figures of scores and of heterogeneity of one survey, with the results that they show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpscore.analysis.heterogeneity import heterogeneity
from rdpscore.codebook import Scheme
from rdpscore.figures import behind, choices, scores
from rdpscore.figures import heterogeneity as apart
from rdpscore.figures.look import FigureData
from rdpscore.scoring import compare, uncertainty
from rdpscore.scoring.sensitivity import sensitivity
from rdpscore.survey import Survey
from rdpscore.survey.rows import the_scheme

if TYPE_CHECKING:
    import plotly.graph_objects as go

OUTPUTS = ("mean_rank_shift", "mean_score")


def score_figures(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    *,
    n_draws: int = 10_000,
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
