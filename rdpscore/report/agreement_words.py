"""Words that all of agreement shares: why a figure is null, what clusters are, where a headline stands."""

from __future__ import annotations

from rdpscore.agreement.counted import Headline
from rdpscore.agreement.interval import RELIABLE, TENTATIVE
from rdpscore.agreement.items import standing
from rdpscore.agreement.report import AgreementResult
from rdpscore.words import ALONE, things

REASONS = {
    "no_pairable_units": "no journal has two answers",
    "no_variation": "one option, always",
    "carried_by_few_clusters": "rests on too few {clusters}",
    "no_disagreement": "no disagreement",
    "too_few_groups": "too few publishers",
    "not_positive": "no number of coders is enough",
    "too_few_clusters": "fewer than five {clusters}",
    "not_estimable": "no finite estimate",
}
CAUTIONS = {
    "not_recorded": "no {cluster} is recorded, so each journal is taken as independent: intervals too narrow",
    "journals_without_publisher": ALONE,
    "finer_than_publishers": "journals of one publisher are not independent: intervals by {cluster} may be too narrow",
}


def reason(result: AgreementResult, code: str | None) -> str:
    """A reason code in words."""
    return REASONS.get(code or "", code or "").format(clusters=clusters(result, 2))


def clusters(result: AgreementResult, n: int) -> str:
    """What clusters are, in the singular or the plural."""
    return things(n, result.options.cluster)


def verdict(exact: Headline, score: Headline) -> str:
    """Where the two headlines stand to the limits."""
    stands = [standing(h.low, h.high) for h in (exact, score)]
    if stands == ["below", "below"]:
        return f"Neither is near {TENTATIVE}: even the upper bounds lie below it."
    said = {
        "below": f"lies below {TENTATIVE} with its whole interval",
        "open": f"is not shown to reach {TENTATIVE}, nor to miss it",
        "reaches": f"reaches {TENTATIVE} with its whole interval",
        "reliable": f"reaches {RELIABLE:.2f} with its whole interval",
    }
    return f"By exact answer alpha {said[stands[0]]}; on the scores it {said[stands[1]]}."
