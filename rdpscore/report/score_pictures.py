"""Titles and findings of the charts of scores: how sure they are, how they differ, which choice moves them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rdpscore.figures import choices, moves, scores, strips
from rdpscore.report.pictures import Picture
from rdpscore.results import records
from rdpscore.scoring import Comparison, ScoreResult
from rdpscore.uncertainty import SensitivityResult, SpreadResult, UncertaintyResult
from rdpscore.uncertainty.among_peers import NO_PUBLISHER
from rdpscore.uncertainty.rank_moves import Moves
from rdpscore.words import plural, signed


def journals_picture(result: UncertaintyResult) -> Picture:
    """Scores of journals with their ranges."""
    chart, last = scores.journal_scores(result), result.sources[-1]
    frame = chart.frame
    width = float((frame[f"{last}_high"] - frame[f"{last}_low"]).median())
    step = float(-frame["score"].diff().median()) if len(frame) > 1 else 0.0
    return Picture(
        chart,
        "How sure are the scores of journals?",
        f"The middle one of the ranges is {width:.2f} wide; from a row to the next it is {step:.2f} (median).",
    )


def publishers_picture(result: UncertaintyResult) -> Picture:
    """Mean scores of publishers with their ranges."""
    chart, last = scores.publisher_scores(result), result.sources[-1]
    frame = chart.frame
    low, high = (frame[f"{last}_{end}"].to_numpy(float) for end in ("low", "high"))
    meet = int((low[:-1] <= high[1:]).sum())
    see = f"The ranges of {meet} of {max(len(frame) - 1, 0)} neighbours in the order overlap."
    if "both" in result.sources:
        n = int((frame["coder_share"] > frame["weights_share"]).sum())
        see += f" The coder contributes more than the weights for {n} of {len(frame)}."
    return Picture(chart, "How sure are the mean scores of publishers?", see)


def ranks_picture(result: UncertaintyResult) -> Picture:
    """Ranks of journals with their ranges."""
    chart, last = scores.rank_ranges(result), result.sources[-1]
    frame = chart.frame
    width = (frame[f"{last}_rank_high"] - frame[f"{last}_rank_low"]).to_numpy()
    return Picture(
        chart,
        "How sure are the ranks of journals?",
        f"Half of the ranges are wider than {float(np.median(width)):.0f} of {int(frame['n'].sum())} places: a rank "
        "is a range.",
    )


def strips_picture(result: ScoreResult, apart: SpreadResult | None = None) -> Picture:
    """Scores by publisher, a mark a score."""
    chart = strips.score_strips(result, apart)
    return Picture(chart, "How different are the scores of journals and publishers?", _strips(chart.frame))


def _strips(frame: pd.DataFrame) -> str:
    if not len(frame):
        return "No journal has a score."
    means = frame[frame["publisher"] != NO_PUBLISHER].drop_duplicates("publisher")["mean"]
    if len(means) < 2:
        return f"The journals score from {frame['score'].min():.2f} to {frame['score'].max():.2f}."
    top = records(frame.nlargest(1, "n"))[0]
    tied = f"; {top['n']} journals of {top['publisher']} share one score" if top["n"] > 1 else ""
    return f"Publishers' means reach from {means.min():.2f} to {means.max():.2f}{tied}."


# What a choice moves ------------------------------------------------------------------------------------


def moves_picture(found: Moves, most: int = 16) -> Picture:
    """Who gains and who loses places under another scheme."""
    chart = moves.biggest_moves(found, most)
    see = "No journal changes its place."
    if len(chart.frame):
        first, last = chart.frame.iloc[0], chart.frame.iloc[-1]
        parts = []
        if first["gained"] > 0:
            parts.append(f"{_who(first, 'gain')} most: {plural(int(first['gained']), 'place')}")
        if last["gained"] < 0:
            parts.append(f"{_who(last, 'lose')} most: {plural(-int(last['gained']), 'place')}")
        see = f"{'; '.join(parts)}."
    return Picture(chart, "Who gains and who loses places", see)


def _who(row: pd.Series, does: str) -> str:
    return f"{row['title']} {does}s" if row["n"] == 1 else f"{row['n']} journals of {row['publisher']} {does}"


def shifts_picture(found: Moves) -> Picture:
    """Publishers' mean scores under another scheme."""
    chart = moves.publisher_shifts(found)
    frame = chart.frame
    see = "No publisher has a journal with a score."
    if len(frame):
        most = frame.iloc[frame["change"].abs().to_numpy().argmax()]
        moved = int((frame["gained"] != 0).sum())
        see = (
            f"The mean of {most['publisher']} changes most ({signed(most['change'])}); {moved} of {len(frame)} "
            "publishers change their place."
            if most["change"]
            else "No publisher's mean changes."
        )
    return Picture(chart, "Publishers' mean scores before and after", see)


def schemes_picture(result: Comparison) -> Picture:
    """Whether the order of publishers hangs on the scheme."""
    chart = choices.scheme_slopes(result)
    span = choices.rank_spans(chart.frame)
    see = f"{int((span >= choices.MOVES).sum())} of {len(span)} publishers move by {choices.MOVES} places or more."
    known = [p for p in result.pairs if p.kendall is not None]
    if known:
        pair = min(known, key=lambda p: p.kendall or 0.0)
        see += f" Over journals, Kendall's tau of {pair.first} and {pair.second} is {pair.kendall:.2f}."
    return Picture(chart, "Does the order of publishers hang on the scheme?", see)


def sobol_picture(result: SensitivityResult, output: str = "mean_rank_shift") -> Picture:
    """Which choice moves an output."""
    chart = choices.sobol_bars(result, output)
    words = {"mean_rank_shift": "how far ranks move", "mean_score": "the mean score"}.get(output, output)
    titles = dict(zip(result.items["item"], result.items["title"], strict=True))
    top = next((choices.input_name(r["input"], titles) for r in records(chart.frame) if r["total"]), None)
    rest = result.indices.remainder.get(output)
    see = f"'{top}' matters most" if top else "Nothing moves it"
    see += f"; {100 * rest:.0f} % of the variance belongs to no choice alone." if rest is not None else "."
    return Picture(chart, f"Which choice moves {words}?", see)
