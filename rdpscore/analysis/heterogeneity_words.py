"""What heterogeneity comes to, in sentences that need no statistics."""

from __future__ import annotations

from collections.abc import Sequence

from rdpscore.analysis.heterogeneity import HeterogeneityResult
from rdpscore.analysis.profiles import WHY as WHY_NO_PROFILES
from rdpscore.analysis.profiles import Mark, Profile, Profiles
from rdpscore.analysis.variance import WHY
from rdpscore.results import records

NAMED = 3
LARGE_MOVE = 0.1
"""Change of an ICC by one group that is worth a sentence."""
MUCH_BY_CHANCE = 0.25
"""Share that would lie between groups by chance, from which a large one says little."""
FEW_GROUPS = 5


def groups_word(by: str, n: int = 2) -> str:
    """``"publishers"``, or ``"groups (discipline)"``."""
    if by == "publisher":
        return "publisher" if n == 1 else "publishers"
    return f"{'group' if n == 1 else 'groups'} ({by})"


def some(names: Sequence[str], most: int = NAMED) -> str:
    """``"A, B and 4 others"``."""
    names = [str(n) for n in names]
    if len(names) > most + 1:
        return f"{', '.join(names[:most])} and {len(names) - most} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def counted(n: int, thing: str) -> str:
    return f"{n:,} {thing}{'' if n == 1 else 's'}"


def sentences(result: HeterogeneityResult) -> list[str]:
    """What to take away, the main point first."""
    if not result.n_journals:
        return ["No journal has an answer yet, so nothing can be said on how they differ."]
    out = [_counts(result), *_score(result), *_alike(result), *_items(result)]
    return [*out, "Policy is not practice: this is what policies ask, not what authors do."]


def _counts(result: HeterogeneityResult) -> str:
    text = f"{counted(result.n_journals, 'journal')} of {result.n_groups:,} {groups_word(result.by, result.n_groups)}"
    if result.n_policies is not None:
        text += f", {result.n_policies:,} {'policy' if result.n_policies == 1 else 'policies'},"
    text += f" have {counted(result.n_patterns, 'different set')} of answers"
    if result.effective_n is not None and result.effective_n < result.n_journals:
        text += f". On their mean score they say as much as about {result.effective_n:.0f} independent journals would"
        if result.by != "publisher":
            text += ", since those of a publisher share policies"
    return f"{text}."


def _score(result: HeterogeneityResult) -> list[str]:
    row, word, one = result.score, groups_word(result.by), groups_word(result.by, 1)
    if row["share_between"] is None:
        why = WHY.get(row["reason"] or "", "there is no score")
        return [f"How much of the score lies between {word} and how much inside them cannot be told: {why}."]
    share, chance = row["share_between"], row["by_chance"]
    out = f"{100 * share:.0f} % of the variance of scores lies between {word}, {100 * (1 - share):.0f} % inside them"
    if chance > MUCH_BY_CHANCE:
        out += f"; with so many {word}, {100 * chance:.0f} % would lie between them by chance"
    elif share >= 0.5:
        out += f": which {one} a journal belongs to says most about its score"
    else:
        out += f": journals of one {one} differ more than {word} do"
    more = [f"{out}."]
    if result.by != "publisher":
        more.append(
            "Publishers run across these groups, and are left out of account in shares and intervals."
        )
    if row["icc"] is None:
        return [*more, f"The intraclass correlation has no estimate: {WHY[row['reason']]}."]
    if result.n_groups < FEW_GROUPS:
        return [*more, f"With {result.n_groups} {word} nothing can be said of others like them."]
    text = (
        f"For {word} at large, of which these are a sample, the share between them is estimated as {row['icc']:.2f} "
        f"(95 % interval {row['icc_low']:.2f} to {row['icc_high']:.2f})"
    )
    if row["without_low"] is not None and row["icc"] - row["without_low"] > LARGE_MOVE:
        text += f"; without {row['without_low_group']} it would be {row['without_low']:.2f}"
    if row["without_high"] is not None and row["without_high"] - row["icc"] > LARGE_MOVE:
        text += f"; without {row['without_high_group']} it would be {row['without_high']:.2f}"
    return [*more, f"{text}."]


def _alike(result: HeterogeneityResult) -> list[str]:
    several = [r for r in records(result.groups) if r["n_answered"] > 1]
    if not several:
        return []
    same = [r["group"] for r in several if r["n_patterns"] == 1]
    word = groups_word(result.by, len(several))
    out = []
    if same:
        have = "gives all its" if len(same) == 1 else "give all their"
        head = f"{len(same)} of {len(several)} {word} with several journals {have} journals the same answers"
        out.append(f"{head}: {some(same)}.")
    mixed = sorted((r for r in several if r["n_patterns"] > 1), key=lambda r: (-(r["sd"] or 0), r["group"]))
    if mixed and mixed[0]["sd"]:
        first = mixed[0]
        out.append(
            f"Journals differ most inside {first['group']}: scores from {first['min']:.2f} to {first['max']:.2f}, "
            f"{first['n_patterns']} sets of answers in {first['n_answered']} journals."
        )
    return out


def _items(result: HeterogeneityResult) -> list[str]:
    items = [r for r in records(result.shares) if r["level"] == "item"]
    known = [r for r in items if r["icc"] is not None]
    known.sort(key=lambda r: (-r["share_between"], r["id"]))
    flat = [r["title"].lower() for r in items if r["reason"] == "no_variation"]
    settled = [r["title"].lower() for r in items if r["reason"] == "none_within"]
    out = []
    if len(known) > 1:
        first, last = known[0], known[-1]
        out.append(
            f"{groups_word(result.by).capitalize()} settle most on {first['title'].lower()} "
            f"({100 * first['share_between']:.0f} % between), least on {last['title'].lower()} "
            f"({100 * last['share_between']:.0f} %; by chance it would be {100 * last['by_chance']:.0f} %)."
        )
    if settled:
        out.append(f"On {some(settled)} no journals of one {groups_word(result.by, 1)} differ.")
    if flat:
        out.append(f"All journals have one answer on {some(flat)}.")
    return out


# Profiles -----------------------------------------------------------------------------------------------


def profile_sentences(found: Profiles) -> list[str]:
    """How many profiles there are, and how far to trust them."""
    if found.reason is not None:
        text = f"No profiles: {WHY_NO_PROFILES[found.reason]}"
        if found.numbers:
            tried = [n.n_clusters for n in found.numbers]
            best = max(found.numbers, key=lambda n: n.jaccard or 0.0)
            text += (
                f" from {tried[0]} to {tried[-1]} that also groups patterns of several publishers"
                f" (closest: {best.n_clusters}, Jaccard {best.jaccard or 0:.2f})"
            )
        return [f"{text}."]
    chosen = found.chosen
    assert chosen is not None
    n = chosen.n_clusters
    shared = [p for p in found.profiles if p.shared]
    rest = n - len(shared)
    out = [
        f"{found.patterns.n} different sets of answers fall into {n} profiles. {len(shared)} of them are shared by "
        "several publishers" + (f"; {rest} stand{'s' if rest == 1 else ''} alone." if rest else "."),
        f"How clear they are: {_clear(chosen.silhouette or 0.0)} (silhouette {chosen.silhouette:.2f}). When publishers "
        f"are drawn again, {100 * (chosen.jaccard or 0):.0f} % of the least stable profile stays together (Jaccard).",
    ]
    others = [str(k.n_clusters) for k in found.numbers if k.stable and k.n_shared >= 2 and k.n_clusters != n]
    if others:
        out.append(
            f"{some(others)} profiles would hold as well and be less clear: the number is a choice, not a finding."
        )
    widest = max(found.numbers, key=lambda k: k.silhouette or -1.0)
    if widest.n_clusters != n:
        why = (
            "but only set odd policies apart"
            if widest.n_shared < 2
            else "but do not hold when publishers change"
        )
        out.append(f"{widest.n_clusters} would be clearer ({widest.silhouette:.2f}), {why}.")
    return out


def _clear(width: float) -> str:
    """Kaufman and Rousseeuw's (1990) reading of a silhouette."""
    return (
        "strong"
        if width > 0.7
        else "fair"
        if width > 0.5
        else "weak"
        if width > 0.25
        else "hardly any structure"
    )


def members(profile: Profile, most: int = 4) -> str:
    """``"RSC (all 9), Springer Nature (6 of 11)"``."""
    names = [
        f"{name} ({'all ' if n == total and n > 1 else ''}{n}{'' if n == total else f' of {total}'})"
        for name, n, total in profile.publishers
    ]
    return some(names, most)


def mark_sentence(mark: Mark) -> str:
    """What a profile's journals answer on an item, and what the others do."""
    here = f"{mark.title}: {lower(mark.answer)} ({mark.n} of {mark.n_known})"
    if mark.answer == mark.other:
        way = "less strict" if mark.difference < 0 else "stricter"
        return f"{here}, {way} on the whole than elsewhere ({mark.n_other} of {mark.n_other_known})"
    return f"{here}; elsewhere {lower(mark.other)} ({mark.n_other} of {mark.n_other_known})"


def lower(text: str) -> str:
    """Without the capital of a sentence; abbreviations keep theirs."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
