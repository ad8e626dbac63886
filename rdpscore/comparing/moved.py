"""What differs between two surveys of the same journals, cell by cell, and where."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook

Options = npt.NDArray[np.int16]
SAME, STRICTER, LOOSER, OTHER = "same", "stricter", "looser", "other"
"""How the second survey's answer stands to the first's; ``other`` where options have no order."""
DIRECTIONS = (SAME, STRICTER, LOOSER, OTHER)


def cells(book: Codebook, a: Options, b: Options) -> pd.DataFrame:
    """One row a journal and item that both surveys answer.

    Parameters
    ----------
    book : Codebook
        The shared items.
    a, b : int16 array, shape (n_matched, n_items)
        Answers of the same journals, row by row; −1 where there is none.

    Returns
    -------
    DataFrame
        pair (row of `a` and `b`), item (its position), a, b (positions of the answers), direction, shift (score of b
        minus score of a; NaN on an item that is not scored).
    """
    row, item = np.nonzero((a >= 0) & (b >= 0))
    x, y = a[row, item], b[row, item]
    ordered = np.array([i.ordered for i in book.items], bool)[item]
    direction = np.select(
        [x == y, ordered & (y > x), ordered & (y < x)], [SAME, STRICTER, LOOSER], default=OTHER
    )
    width = max(len(i.codes) for i in book.items)
    scores = np.full((len(book.items), width), np.nan)
    for k, entry in enumerate(book.items):
        scores[k, : len(entry.scores)] = entry.scores
    shift = scores[item, y] - scores[item, x]
    return pd.DataFrame({"pair": row, "item": item, "a": x, "b": y, "direction": direction, "shift": shift})


def by_item(book: Codebook, found: pd.DataFrame, a: Options, b: Options) -> pd.DataFrame:
    """One row an item: how many journals both answer, and how the answers stand to each other.

    Returns
    -------
    DataFrame
        item, title, dimension, level, n, same, stricter, looser, other, differ (share, None where n is 0), mean_shift,
        only_a, only_b (matched journals that one survey alone answers).
    """
    counts = _counts(found, ["item"])
    rows = []
    for k, entry in enumerate(book.items):
        own: dict[str, Any] = {"item": entry.id, "title": entry.title, "dimension": entry.dimension,
                               "level": entry.level}  # fmt: skip
        own |= counts.get((k,), _nothing())
        own |= {
            "only_a": int(((a[:, k] >= 0) & (b[:, k] < 0)).sum()),
            "only_b": int(((b[:, k] >= 0) & (a[:, k] < 0)).sum()),
        }
        rows.append(own)
    return pd.DataFrame(rows)


def by_publisher(found: pd.DataFrame, publisher: npt.NDArray[np.object_]) -> pd.DataFrame:
    """One row a publisher of matched journals, the one that differs most first.

    Parameters
    ----------
    found : DataFrame
        As `cells` returns it.
    publisher : object array, shape (n_matched,)
        Of each matched journal; None where it is not known.

    Returns
    -------
    DataFrame
        publisher, n_journals, n (cells), same, stricter, looser, other, differ, mean_shift.
    """
    table = found.assign(publisher=_named(publisher)[found["pair"]])
    journals = pd.Series(_named(publisher)).value_counts()
    counts = _counts(table, ["publisher"])
    rows = [
        {"publisher": p, "n_journals": int(n), **counts.get((p,), _nothing())} for p, n in journals.items()
    ]
    frame = pd.DataFrame(rows, columns=["publisher", "n_journals", *_nothing()])
    return frame.sort_values(["differ", "publisher"], ascending=[False, True], ignore_index=True)


def by_publisher_and_item(
    book: Codebook, found: pd.DataFrame, publisher: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """One row a publisher and item on which at least one journal differs, most differing journals first."""
    table = found.assign(publisher=_named(publisher)[found["pair"]])
    rows = [
        {"publisher": p, "item": book.items[k].id, "title": book.items[k].title, **counts}
        for (p, k), counts in _counts(table, ["publisher", "item"]).items()
        if counts["n"] > counts[SAME]
    ]
    frame = pd.DataFrame(rows, columns=["publisher", "item", "title", *_nothing()])
    order = (frame["n"] - frame[SAME]).to_numpy()
    return frame.iloc[np.lexsort((frame["item"], frame["publisher"], -order))].reset_index(drop=True)


def distributions(
    book: Codebook, options: tuple[Options, Options], matched: tuple[Options, Options]
) -> pd.DataFrame:
    """How often each option is the resolved answer, in each survey and among the matched journals.

    Returns
    -------
    DataFrame
        item, title, option, label, and for each survey (``a``, ``b``): n_… and share_… of all its journals that have an
        answer, matched_n_… and matched_share_… of the journals that are in both surveys.
    """
    rows = []
    for k, entry in enumerate(book.items):
        counts = {
            f"{prefix}{end}": np.bincount(side[side[:, k] >= 0, k], minlength=len(entry.codes))
            for prefix, pair in (("", options), ("matched_", matched))
            for end, side in zip("ab", pair, strict=True)
        }
        for c, option in enumerate(entry.options):
            row: dict[str, Any] = {"item": entry.id, "title": entry.title, "option": option.code,
                                   "label": option.label}  # fmt: skip
            for name, n in counts.items():
                prefix, end = name[:-1], name[-1]
                row[f"{prefix}n_{end}"] = int(n[c])
                row[f"{prefix}share_{end}"] = float(n[c] / n.sum()) if n.sum() else None
            rows.append(row)
    return pd.DataFrame(rows)


def _counts(found: pd.DataFrame, keys: list[str]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Key → numbers of cells by direction, share that differs, mean shift."""
    ticks = {d: found["direction"] == d for d in DIRECTIONS}
    groups = found[[*keys, "shift"]].assign(**ticks).groupby(keys, sort=False)
    counts, shifts, sizes = groups[list(DIRECTIONS)].sum(), groups["shift"].mean(), groups.size()
    out: dict[tuple[Any, ...], dict[str, Any]] = {}
    for key, row, shift, n in zip(
        counts.index, counts.to_numpy(int).tolist(), shifts.tolist(), sizes.tolist(), strict=True
    ):
        out[key if isinstance(key, tuple) else (key,)] = {
            "n": int(n),
            **dict(zip(DIRECTIONS, row, strict=True)),
            "differ": 1 - row[0] / n,
            "mean_shift": None if np.isnan(shift) else float(shift),
        }
    return out


def _nothing() -> dict[str, Any]:
    return {"n": 0, **dict.fromkeys(DIRECTIONS, 0), "differ": None, "mean_shift": None}


def _named(publisher: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    return np.array([p if isinstance(p, str) else "no publisher" for p in publisher], object)
