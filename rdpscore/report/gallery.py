"""All pictures of a survey, with the results that they show: what the command `figures` writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from rdpscore.agreement.report import measure_agreement
from rdpscore.arguments import Count, checked
from rdpscore.codebook import Scheme
from rdpscore.comparing.comparison import SurveyComparison
from rdpscore.heterogeneity.measured import measure_heterogeneity
from rdpscore.predictors.checks import checked_regress
from rdpscore.predictors.formula import ModelError
from rdpscore.report import score_pictures, survey_pictures
from rdpscore.report.agreement_pictures import pictures_of_agreement
from rdpscore.report.comparison_pictures import answers_picture, moved_picture
from rdpscore.report.heterogeneity import heterogeneity_pictures
from rdpscore.report.pictures import Picture
from rdpscore.report.predictor_pictures import pictures_of_predictors
from rdpscore.scoring import compare
from rdpscore.scoring.scored_rows import the_scheme
from rdpscore.survey import Survey
from rdpscore.uncertainty import measure_uncertainty
from rdpscore.uncertainty.choices import sensitivity

OUTPUTS = ("mean_rank_shift", "mean_score")


def of_agreement(survey: Survey, scheme: Scheme, *, by: str, seed: int) -> Iterator[Picture]:
    """Pictures of agreement; the scheme and the seed are of no influence."""
    yield from pictures_of_agreement(measure_agreement(survey, by=by))


@checked
def of_scores(
    survey: Survey,
    scheme: Scheme | str | Path | None = None,
    *,
    by: str = "publisher",
    seed: int = 1,
    n_draws: Count = 10_000,
    base: int = 1024,
) -> Iterator[Picture]:
    """Pictures of scores, of what is behind them, and of the choices that move them.

    Parameters
    ----------
    survey : Survey
    scheme : Scheme, str or Path, optional
        As for `score`; the slopes compare it with the codebook's other schemes.
    by : str
        Of no influence.
    seed, n_draws, base : int
        As for `uncertainty` and `sensitivity`.

    Raises
    ------
    InvalidInput
        If the survey has errors, or the scheme is unknown or does not fit the codebook.
    """
    chosen = the_scheme(survey, scheme)
    doubt = measure_uncertainty(survey, chosen, n_draws=n_draws, seed=seed)
    if doubt.spread.mean["score"] is None:
        return
    for make in (
        score_pictures.publishers_picture,
        score_pictures.journals_picture,
        score_pictures.ranks_picture,
    ):
        yield make(doubt)
    for picture_of in (
        survey_pictures.profiles_picture,
        survey_pictures.contributions_picture,
        survey_pictures.answers_picture,
    ):
        picture = picture_of(survey, chosen)
        if len(picture.frame):
            yield picture
    others = [s for s in survey.codebook.schemes if s.id != chosen.id]
    if others:
        yield score_pictures.schemes_picture(compare(survey, [chosen, *others]))
    moved = sensitivity(survey, chosen, n_draws=n_draws, base=base, seed=seed)
    for output in OUTPUTS:
        yield score_pictures.sobol_picture(moved, output)


def of_heterogeneity(survey: Survey, scheme: Scheme, *, by: str, seed: int) -> Iterator[Picture]:
    """Pictures of how publishers and their journals differ."""
    found = measure_heterogeneity(survey, scheme, by=by, with_profiles=True, seed=seed)
    yield from heterogeneity_pictures(survey, found)


def of_predictors(survey: Survey, scheme: Scheme, *, by: str, seed: int) -> Iterator[Picture]:
    """Pictures of what scores go with; none of a survey without attributes to compare by."""
    try:
        found = checked_regress(survey, None, scheme, checks=("robust", "specifications"), seed=seed)
    except ModelError:
        return
    yield from pictures_of_predictors(found)


PARTS: Mapping[str, Callable[..., Iterator[Picture]]] = MappingProxyType(
    {
        "agreement": of_agreement,
        "scores": of_scores,
        "heterogeneity": of_heterogeneity,
        "predictors": of_predictors,
    }
)
"""Part of the figures → the pictures of a survey, a scheme, the column that makes groups (`by`), and a seed."""


def of_comparison(result: SurveyComparison) -> Iterator[Picture]:
    """The pictures of each pair of surveys that has shared answers."""
    for pair in result.pairs:
        if pair.counts["n"]:
            yield answers_picture(pair)
            yield moved_picture(pair)
