"""Arrays that callers give, one entry a journal: by position, or by what their index says; never by luck."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.problems import suggestion


def aligned(values: Any, ids: Sequence[str] | pd.Index, rows: pd.Index | None = None) -> Any:
    """Values, one a journal, in the order of the journals.

    Parameters
    ----------
    values : Series, array or list
        A Series goes by its index: ids of the journals or rows of their table, in any order. Anything else goes by
        position.
    ids : sequence of str, shape (n_journals,)
    rows : Index, optional
        The index of the journals' table.

    Returns
    -------
    array or list
        In the order of `ids`; not checked further.

    Raises
    ------
    ValueError
        The index of a Series says nothing of the journals, or not of each once.
    """
    if isinstance(values, pd.DataFrame):
        raise ValueError("one value a journal is asked, not a DataFrame; take one of its columns")
    if not isinstance(values, pd.Series):
        return values
    known, index = pd.Index(ids, dtype=object), values.index
    if index.nlevels == 1 and index.name != "journal_id" and rows is not None and set(index) == set(rows):
        known = rows
    elif len(index) and (index.nlevels > 1 or not (index.name == "journal_id" or index.isin(known).any())):
        raise ValueError(
            "the index of these values says nothing of journals, and their order may be another: give them the "
            "index journal_id, as in frame.set_index('journal_id')['score'] > 0.5, or .to_numpy() where they stand "
            "in the order of survey.journal_ids"
        )
    index = index if known is rows else pd.Index([str(i) for i in index], dtype=object)
    if not index.is_unique:
        raise ValueError(
            f"journal '{index[index.duplicated()][0]}' stands twice in the index of these values"
        )
    strange, lacking = index.difference(known, sort=False), known.difference(index, sort=False)
    if len(strange):
        raise ValueError(
            f"'{strange[0]}' in the index of these values is no journal{suggestion(strange[0], ids)}"
        )
    if len(lacking):
        raise ValueError(
            f"these values say nothing of {len(lacking)} of {len(known)} journals, such as '{lacking[0]}'"
        )
    return values.array[index.get_indexer(known)]


def mask_of(mask: Any, ids: Sequence[str] | pd.Index, rows: pd.Index | None = None) -> npt.NDArray[np.bool_]:
    """Which journals are meant, in their order; arguments as for `aligned`.

    Returns
    -------
    bool array, shape (n_journals,)

    Raises
    ------
    ValueError
        As for `aligned`; or the mask has another shape, or holds anything but true and false.
    """
    try:
        cells = np.asarray(aligned(mask, ids, rows))
    except ValueError:
        if isinstance(mask, (pd.Series, pd.DataFrame)):
            raise
        cells = np.empty((), object)  # lists of lists
    if cells.shape != (len(ids),):
        raise ValueError(f"a mask of {len(ids)} journals is asked, not of shape {cells.shape}")
    if cells.dtype != bool:
        if not all(isinstance(c, (bool, np.bool_)) for c in cells.tolist()):
            n = int(pd.isna(cells).sum())
            raise ValueError(
                "a mask holds true or false for each journal"
                + (f"; {n} are missing: say what they are, as with .fillna(False)" if n else "")
                + ("" if n else "; of a list of ids, survey.journal_ids.isin(ids) is one")
            )
        cells = cells.astype(bool)
    return np.asarray(cells, bool)


def same_rows(**values: Any) -> None:
    """Raise a ValueError unless all values have one entry a row, and frames and columns the same index in one order."""
    lengths = {name: len(v) for name, v in values.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"as many rows are asked of each: {', '.join(f'{n} has {k}' for n, k in lengths.items())}"
        )
    indexed = {name: v.index for name, v in values.items() if isinstance(v, (pd.Series, pd.DataFrame))}
    for name, index in indexed.items():
        first = next(iter(indexed))
        if not index.equals(indexed[first]):
            raise ValueError(
                f"the rows of {name} are not those of {first}: bring both into one order, as with .reindex"
            )
