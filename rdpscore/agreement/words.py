"""What the terminal and the dashboard say of agreement in the same words."""

from __future__ import annotations

from rdpscore.agreement.intervals import RELIABLE, TENTATIVE
from rdpscore.agreement.items import standing
from rdpscore.agreement.ledger import Headline
from rdpscore.agreement.report import AgreementResult

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
    "finer_than_publishers": "journals of one publisher are not independent: intervals by {cluster} may be too narrow",
}


def reason(result: AgreementResult, code: str | None) -> str:
    """A reason code in words."""
    return REASONS.get(code or "", code or "").format(clusters=clusters(result, 2))


def clusters(result: AgreementResult, n: int) -> str:
    """What clusters are, in the singular or the plural."""
    name = result.options.cluster
    return name if n == 1 else {"policy": "policies"}.get(name, f"{name}s")


def ledger_rows(result: AgreementResult) -> list[tuple[str, str]]:
    """What the figures rest on: name and sentence."""
    led = result.ledger
    journals = (
        f"{led.n_journals:,}: {led.n_double:,} with two or more coders, {led.n_single:,} with one, left out"
    )
    if led.n_consensus_only:
        journals += f", {led.n_consensus_only:,} with a consensus only"
    if rest := led.n_uncoded - led.n_consensus_only:
        journals += f", {rest:,} not coded"
    readings = f"{led.n_readings:,} as recorded"
    if led.n_possibly_one:
        groups = f"{led.n_possibly_one:,} group{'' if led.n_possibly_one == 1 else 's'}"
        readings += (
            f"; {led.n_distinct_readings:,} if identical codings within a publisher are one ({groups})"
        )
    over = "" if led.cluster == "publisher" else f"; intervals over {led.n_clusters:,} by {led.cluster}"
    rows = [
        ("Journals", journals),
        ("Policies", "not recorded" if led.n_policies is None else f"{led.n_policies:,}"),
        ("Readings", readings),
        ("Publishers", f"{led.n_publishers:,}{over}"),
    ]
    if led.effective_n_exact is not None and led.effective_n_score is not None:
        rows.append(
            (
                "Worth",
                f"{led.effective_n_exact:.0f} independent journals by exact answer, {led.effective_n_score:.0f} on "
                f"scores (design effect {led.design_effect_exact:.1f}, {led.design_effect_score:.1f})",
            )
        )
    if led.caution:
        rows.append(("Caution", CAUTIONS[led.caution].format(cluster=led.cluster)))
    return rows


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
