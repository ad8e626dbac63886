"""What an estimate rests on, in sentences drawn from what was computed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rdpscore.predictors.finding import NONE, ORDER, plain, signed, words
from rdpscore.predictors.flips import Flips
from rdpscore.predictors.refits import Refit
from rdpscore.predictors.robust import Robust
from rdpscore.predictors.rows import VERDICTS
from rdpscore.words import upper_first

OPENING = {
    "pooled": "over all journals",
    "within": "among journals of one publisher",
    "between": "between publishers' means",
}


def sentences(rows: Sequence[Robust], *, brief: bool = False) -> dict[str, list[str]]:
    """Term → sentences.

    Parameters
    ----------
    rows : sequence of Robust
    brief : bool
        One sentence on publishers and one on labels, of the questions pooled and within.
    """
    terms = dict.fromkeys(r.term for r in rows)
    own = {t: sorted((r for r in rows if r.term == t), key=lambda r: ORDER.index(r.question)) for t in terms}
    return {t: list(_brief(found) if brief else _whole(found)) for t, found in own.items()}


def _brief(rows: Sequence[Robust]) -> Iterator[str]:
    some = [r for r in rows if r.question != "between"]
    labels = max((r.flips for r in some), key=lambda f: f.n_doubtful, default=None)
    which = f"With the {_labels(labels)} flipped" if labels else ""
    for opening, parts in (
        ("Whichever publisher is left out", [(r, publishers(r)) for r in some]),
        (which, [(r, flips(r)) for r in some]),
    ):
        told = [f"{OPENING[r.question]} {said}" for r, said in parts if said]
        if told:
            yield f"{opening}: {'; '.join(told)}."


def _labels(found: Flips) -> str:
    n = found.n_doubtful
    return f"{f'{n} doubtful labels' if n != 1 else 'doubtful label'} of {words(found.attribute)}"


def _whole(rows: Sequence[Robust]) -> Iterator[str]:
    for r in rows:
        opening = upper_first(OPENING[r.question])
        if said := publishers(r):
            yield f"{opening}, whichever publisher is left out: {said}{_verdicts_without(r)}."
        if said := journals(r):
            yield f"{opening}, {said}."
        if said := flips(r, whole=True):
            yield f"{opening}, with the {_labels(r.flips)} flipped: {said}."
        if r.coders.low is not None and r.coders.high is not None:
            yield (
                f"{opening}, had one coder alone coded each journal: {plain(r.coders.low)} to {plain(r.coders.high)} "
                f"(5 to 95 % of {r.coders.n_draws:,} draws; a range, not an interval)."
            )


def publishers(r: Robust) -> str:
    """``"0.005 (without Springer Nature) to 0.015 (without Wiley); it rests on one publisher"``."""
    found, point = r.publishers, r.point.estimate
    if point is None:
        return ""
    if found.reason == "too_few_clusters":
        return "none can be, as there is one publisher only"
    if found.low is None or found.high is None:
        return "it cannot be estimated without any of them"
    ends = []
    for end in (found.low, found.high):
        who = next(w.left_out for w in found.rows if w.estimate == end)
        ends.append(f"{plain(end)} (without {who})")
    said = " to ".join(ends)
    lost = [w.left_out for w in found.rows if w.estimate is None]
    if lost:
        return f"{said}; without {' or '.join(lost)} it cannot be estimated"
    row = found.carrier
    if row is None:
        return f"{said}; it rests on no single one"
    if r.point.verdict in NONE or row.estimate is None:
        return said
    if row.estimate * point < 0:
        return f"{said}; its sign rests on one publisher, {row.left_out}"
    return f"{said}; it rests on one publisher, {row.left_out}"


def _verdicts_without(r: Robust) -> str:
    asked = [w for w in r.publishers.rows if w.verdict is not None]
    changed = [w for w in asked if w.verdict != r.point.verdict]
    if not asked or r.point.verdict is None:
        return ""
    if not changed:
        return f"; {VERDICTS[r.point.verdict]} each time"
    return f"; no longer {VERDICTS[r.point.verdict]} without {_listed([w.left_out for w in changed])}"


def _listed(names: list[str], most: int = 4) -> str:
    if len(names) > most:
        return f"{len(names)} of them"
    return " or ".join(([", ".join(names[:-1])] if len(names) > 1 else []) + names[-1:])


def journals(r: Robust) -> str:
    """``"without the five journals that move it most +0.006"``."""
    together = r.journals.together
    if r.point.estimate is None or together is None or together.estimate is None:
        return ""
    n = min(5, sum(w.change != 0 for w in r.journals.rows))
    which = "journal that moves" if n == 1 else f"{n} journals that move"
    return f"without the {which} it most: {signed(together.estimate)}{_verdict(r.point, together)}"


def flips(r: Robust, *, whole: bool = False) -> str:
    """``"+0.067, undecided instead of an effect: it weakens"``."""
    found, n = r.flips, r.flips.n_doubtful
    if found.reason is not None or r.point.estimate is None or not found.one:
        return ""
    parts = []
    known = [f.estimate for f in found.one if f.estimate is not None]
    if known and (whole or found.together is None):
        parts.append(f"one at a time {plain(min(known))} to {plain(max(known))}")
    if found.together is not None and found.together.estimate is not None:
        said = f"{'all at once ' if whole and n > 1 else ''}{signed(found.together.estimate)}"
        if whole and found.together.low is not None:
            said += f" ({plain(found.together.low)} to {plain(found.together.high)})"
        parts.append(said + _verdict(found.point, found.together))
    if whole and found.combinations is not None and n > 1:
        parts.append(f"over all combinations {' to '.join(map(plain, found.combinations))}")
    return "; ".join(parts) if whole else ", ".join(parts)


def _verdict(before: Refit, after: Refit) -> str:
    if before.verdict is None or after.verdict is None:
        return ""
    if before.verdict == after.verdict:
        return f", still {VERDICTS[after.verdict]}"
    weaker = ", as it weakens" if before.verdict == "effect" else ""
    return f", {VERDICTS[after.verdict]} instead of {VERDICTS[before.verdict]}{weaker}"
