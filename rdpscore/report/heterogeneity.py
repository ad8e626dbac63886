"""What heterogeneity comes to: how publishers and their journals differ, and sentences that need no statistics."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rdpscore.figures.heterogeneity import policy_profiles, variance_shares
from rdpscore.heterogeneity.kinds import WHY as WHY_NO_PROFILES
from rdpscore.heterogeneity.kinds import Mark, Profile, Profiles
from rdpscore.heterogeneity.measured import HeterogeneityResult
from rdpscore.heterogeneity.variance import WHY
from rdpscore.report.blocks import Block, Gap, Heading, Note, Sentence, Table, table
from rdpscore.report.pictures import Picture
from rdpscore.results import records
from rdpscore.survey import Survey
from rdpscore.words import (
    between,
    cut,
    groups_word,
    listed,
    lower_first,
    number,
    percent,
    plural,
    span,
)

MOST_GROUPS = 20
"""Rows of the table of groups for people; programs get all of them."""
LONGEST = 30
LARGE_MOVE = 0.1
"""Change of an ICC by one group that is worth a sentence."""
MUCH_BY_CHANCE = 0.25
"""Share that would lie between groups by chance, from which a large one says little."""
FEW_GROUPS = 5


def _groups_of(result: HeterogeneityResult) -> str:
    """``"17 publishers"``, and journals of none."""
    alone = f" and {plural(result.n_alone, 'journal')} without one" if result.n_alone else ""
    return f"{result.n_groups:,} {groups_word(result.by, result.n_groups)}{alone}"


def report_heterogeneity(survey: Survey, result: HeterogeneityResult) -> Iterator[Block]:
    """What differs, ending in sentences.

    Parameters
    ----------
    survey : Survey
        The one that the result is of.
    result : HeterogeneityResult
    """
    yield Heading(survey.meta.title, 1)
    if result.n_journals:
        scheme = result.scheme.title
        yield Sentence(
            f"{plural(result.n_journals, 'journal')}, {_groups_of(result)}; {scheme[0].lower()}{scheme[1:]}"
        )
        yield Gap()
        yield _groups(result)
        yield Gap()
        yield _shares(result)
        yield Note(
            "Between: share of the variance of these journals. ICC: the same of publishers at large, with its 95 % "
            "interval, and how far it moves when one group is left out. Inside: standard deviation inside groups."
        )
        yield Gap()
    if result.profiles is not None:
        yield from _profiles(result.profiles)
        yield Gap()
    yield from map(Sentence, sentences(result))


def heterogeneity_pictures(survey: Survey, result: HeterogeneityResult) -> Iterator[Picture]:
    """The charts that have any data."""
    for picture in (variance_picture(result), profiles_picture(survey, result)):
        if len(picture.chart.frame):
            yield picture


def variance_picture(result: HeterogeneityResult) -> Picture:
    """Shares of variance between groups and inside them."""
    found = [s for s in sentences(result) if "% of the variance" in s or "cannot be told" in s]
    return Picture(
        variance_shares(result),
        f"How much differs between {groups_word(result.by)}, how much inside them?",
        found[0] if found else "Nothing varies.",
    )


def profiles_picture(survey: Survey, result: HeterogeneityResult) -> Picture:
    """Kinds of policies: each set of answers in its profile."""
    found = result.profiles
    said = profile_sentences(found) if found is not None else ["Nothing was grouped."]
    if found is not None and found.profiles:
        largest = max(found.profiles, key=lambda p: p.n_journals)
        head = (
            f"{len(found.profiles)} kinds of policies; the commonest has {largest.n_journals} of {result.n_journals} "
            "journals"
        )
        if largest.marks:
            head += f" ({largest.marks[0].title.lower()}: {lower_first(largest.marks[0].answer)})"
        said[0] = f"{head}."
    return Picture(policy_profiles(survey, result), "Which kinds of policies are there?", " ".join(said[:2]))


def _groups(result: HeterogeneityResult) -> Table:
    policies = ("Policies",) if result.n_policies is not None else ()
    right = ("Journals", *policies, "Answer sets", "Commonest", "Items alike", "Mean", "SD", "Range")
    rows = [_group(row, bool(policies)) for row in result.groups.head(MOST_GROUPS).to_dict("records")]
    if len(result.groups) > MOST_GROUPS:
        rows.append((f"… {len(result.groups) - MOST_GROUPS} more; all with --json",))
    return table(("Publisher" if result.by == "publisher" else result.by, *right), rows, right)


def _group(row: dict[Any, Any], with_policies: bool) -> tuple[str, ...]:
    return (
        cut(str(row["group"]), LONGEST),
        f"{row['n_journals']}",
        *((f"{row['n_policies']}",) if with_policies else ()),
        f"{row['n_patterns']}",
        f"{row['n_commonest']}",
        f"{row['items_alike']:.0f}/{row['n_items']}" if row["n_answered"] > 1 else "–",
        number(row["mean"]),
        number(row["sd"]),
        span(number(row["min"]), number(row["max"])),
    )


SHORT = {
    "too_few_groups": "one group only",
    "no_replicates": "one journal a group",
    "no_variation": "one answer only",
    "none_within": "alike inside all",
    "boundary": "no more alike inside",
    "nominal": "kinds, not grades",
}
"""Why an intraclass correlation is null, in a cell."""


def _shares(result: HeterogeneityResult) -> Table:
    right = ("Between", "ICC", "95 %", "Without one", "Inside")
    rows: list[tuple[str, ...]] = []
    level = "score"
    for row in records(result.shares):
        if row["level"] != level:
            rows.append(())
            level = row["level"]
        rows.append(
            (
                row["title"],
                percent(row["share_between"]),
                number(row["icc"]),
                _span(row["icc_low"], row["icc_high"]),
                _span(row["without_low"], row["without_high"]),
                number(row["sd_within"]),
                SHORT.get(row["reason"] or "", ""),
            )
        )
    return table(("Of the differences in", *right, ""), rows, right)


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None else between(low, high, to="–")


def sentences(result: HeterogeneityResult) -> list[str]:
    """What to take away, the main point first."""
    if not result.n_journals:
        return ["No journal has an answer yet, so nothing can be said on how they differ."]
    out = [_counts(result), *_score(result), *_alike(result), *_items(result)]
    return [*out, "Policy is not practice: this is what policies ask, not what authors do."]


def _counts(result: HeterogeneityResult) -> str:
    text = f"{plural(result.n_journals, 'journal')} of {_groups_of(result)}"
    if result.n_policies is not None:
        text += f", {result.n_policies:,} {'policy' if result.n_policies == 1 else 'policies'},"
    text += f" have {plural(result.n_patterns, 'different set')} of answers"
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
        out.append(f"{head}: {listed(same)}.")
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
        out.append(f"On {listed(settled)} no journals of one {groups_word(result.by, 1)} differ.")
    if flat:
        out.append(f"All journals have one answer on {listed(flat)}.")
    return out


# Profiles -----------------------------------------------------------------------------------------------


def _profiles(found: Profiles) -> Iterator[Block]:
    yield Heading("Profiles")
    for profile in found.profiles:
        head = f"{plural(profile.n_journals, 'journal')}, {plural(len(profile.patterns), 'set')} of answers"
        if profile.jaccard is not None:
            head += f", stability {profile.jaccard:.2f}"
        yield Gap()
        yield Heading(f"{profile.name}  {head}", 3)
        yield Sentence(members(profile), indent=1)
        yield from (Sentence(mark_sentence(mark), indent=1) for mark in profile.marks)
    if found.profiles:
        yield Gap()
    yield from map(Sentence, profile_sentences(found))


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
            f"{listed(others)} profiles would hold as well and be less clear: the number is a choice, not a finding."
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
    return listed(names, most)


def mark_sentence(mark: Mark) -> str:
    """What a profile's journals answer on an item, and what the others do."""
    here = f"{mark.title}: {lower_first(mark.answer)} ({mark.n} of {mark.n_known})"
    if mark.ordered and mark.answer == mark.other:
        way = "less strict" if mark.difference < 0 else "stricter"
        return f"{here}, {way} on the whole than elsewhere ({mark.n_other} of {mark.n_other_known})"
    return f"{here}; elsewhere {lower_first(mark.other)} ({mark.n_other} of {mark.n_other_known})"
