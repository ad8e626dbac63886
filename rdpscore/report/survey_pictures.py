"""Titles and findings of the charts of what journals ask for, and of one journal or publisher beside others."""

from __future__ import annotations

from collections.abc import Sequence

from rdpscore.codebook import Scheme
from rdpscore.figures import behind, demanded, peers
from rdpscore.inference import clusters
from rdpscore.report.pictures import Picture
from rdpscore.results import records
from rdpscore.scoring.demanded import demands
from rdpscore.survey import Survey
from rdpscore.uncertainty import StandingResult
from rdpscore.words import cut, plural, upper_first

UNIFORM = 0.9
"""Share of the journals that have one answer, from which on an item is called uniform ("nine in ten")."""


def contributions_picture(survey: Survey, scheme: Scheme | str | None = None) -> Picture:
    """Which items make the score of each publisher."""
    chart, book = behind.item_contributions(survey, scheme), survey.codebook
    frame = chart.frame
    see = "Nothing is scored."
    if len(frame) and frame["contribution"].sum() > 0:
        share = frame.groupby("dimension")["contribution"].sum() / frame["contribution"].sum()
        count = {d.id: sum(i.dimension == d.id for i in book.scored_items) for d in book.dimensions}
        said = [
            f"{100 * share[d.id]:.0f} % from {plural(count[d.id], 'item')} on {d.title.lower()}"
            for d in book.dimensions
            if d.id in share.index
        ]
        alone = clusters(survey).n_alone
        see = f"What {plural(frame['publisher'].nunique(), 'publisher')} score comes to {', '.join(said)}."
        see += f" {upper_first(plural(alone, 'journal'))} without a publisher left out." if alone else ""
    return Picture(chart, "Which items make the score of each publisher?", see)


def answers_picture(survey: Survey, scheme: Scheme | str | None = None) -> Picture:
    """What the journals ask for, a row a set of answers."""
    chart = behind.answers_of_journals(survey, scheme)
    given = chart.frame[chart.frame["answer_score"].notna()]
    none = given.loc[given["answer_score"] == 0, "n"].sum() / max(given["n"].sum(), 1)
    return Picture(
        chart,
        "What do the journals ask for?",
        f"{100 * none:.0f} % of all answers score 0; the darker, the higher the score.",
    )


def profiles_picture(survey: Survey, scheme: Scheme | str | None = None) -> Picture:
    """On what publishers are strict."""
    chart = behind.publisher_profiles(survey, scheme)
    means = chart.frame.groupby("title", sort=False)["mean"].mean().sort_values(ascending=False)
    see = "Nothing is scored."
    if len(means):
        see = f"Publishers ask most on {str(means.index[0]).lower()} (mean {means.iloc[0]:.2f})"
        if len(means) > 1:
            see += f" and least on {str(means.index[-1]).lower()} ({means.iloc[-1]:.2f})"
        see += "."
    return Picture(chart, "On what are publishers strict?", see)


def demands_picture(survey: Survey) -> Picture:
    """What is demanded, what lies in between, what is absent."""
    found = demands(survey)
    see = "No item has an order of strictness."
    if len(found.items):
        half = found.n_journals / 2
        see = (
            f"Of {len(found.items)} items, more than half of the journals give the strictest option on "
            f"{int((found.items['n_strictest'] > half).sum())}, and the lowest on "
            f"{int((found.items['n_lowest'] > half).sum())}."
        )
    return Picture(
        demanded.levels_of_demand(found), "What is demanded, what is encouraged, what is absent?", see
    )


def item_answers_picture(survey: Survey) -> Picture:
    """How the journals answer each item."""
    chart = demanded.item_answers(survey)
    given = chart.frame[chart.frame["label"].notna()]
    top = given.sort_values("n", ascending=False, kind="stable").head(1)
    see = "No item has a list of options."
    if len(top) and len(survey.journal_ids):
        row = records(top)[0]
        uniform = int(given.groupby("item", sort=False)["share"].max().gt(UNIFORM).sum())
        see = (
            f"On {uniform} of {given['item'].nunique()} items nine in ten journals have the same answer; the commonest "
            f"of all is “{cut(row['label'], demanded.MOST_LABEL)}” on {row['title'].lower()} ({row['n']} journals)."
        )
    return Picture(chart, "How do the journals answer each item?", see)


# One beside others --------------------------------------------------------------------------------------


def place_picture(found: StandingResult) -> Picture:
    """A journal among its peers."""
    rank, last = found.journal["rank"], found.journal["rank_last"]
    see = "The journal has no score."
    if rank is not None:
        of = f"of {found.journal['n_scored']:,} journals"
        places = (
            f"rank {rank} {of}" if rank == last else f"ranks {rank} to {last} {of}, shared with its equals"
        )
        see = f"Its score is {found.journal['score']:.2f}: {places}."
    return Picture(
        peers.place_among_peers(found), f"{cut(str(found.journal['title']), 80)} among its peers", see
    )


def side_by_side_picture(survey: Survey, journals: Sequence[str]) -> Picture:
    """Some journals side by side."""
    chart = peers.side_by_side_answers(survey, journals)
    items = chart.frame.drop_duplicates("item")
    see = "Choose other journals to compare it with."
    if chart.frame["journal_id"].nunique() > 1:
        see = f"They have the same answer on {int(items['alike'].sum())} of {len(items)} items."
    return Picture(chart, "Side by side", see)


def uniformity_picture(survey: Survey) -> Picture:
    """How uniform the journals of each publisher are."""
    chart = peers.uniformity_bars(survey)
    several = chart.frame[chart.frame["n_journals"] > 1]
    one = int((several["n_patterns"] == 1).sum())
    see = (
        f"{one} of {len(several)} publishers with two journals or more have the same answers for all of them."
        if len(several)
        else "Every publisher has one journal."
    )
    return Picture(chart, "How uniform are the journals of a publisher?", see)


def against_rest_picture(survey: Survey, publisher: str, scheme: Scheme | str | None = None) -> Picture:
    """A publisher against the rest, item by item."""
    chart = peers.publisher_against_rest(survey, publisher, scheme)
    known = chart.frame[chart.frame["difference"].notna()]
    see = "There is nothing to compare it with."
    if len(known):
        above, below = int((known["difference"] > 0).sum()), int((known["difference"] < 0).sum())
        first, last = str(known.iloc[0]["title"]).lower(), str(known.iloc[-1]["title"]).lower()
        see = (
            f"It lies above the rest on {above} items (most on {first}) and below on {below}"
            if above
            else f"It lies above the rest on none of {len(known)} items and below on {below}"
        ) + (f" (most on {last})." if below else ".")
    return Picture(chart, f"{cut(publisher, 60)} against the rest", see)
