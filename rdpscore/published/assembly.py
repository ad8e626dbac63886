"""Answers found in a source into the tables of a survey, each row still knowing where it came from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.files.tables import text_series
from rdpscore.problems import Problems
from rdpscore.published.adopted import consensus_rows
from rdpscore.published.conditions import Columns, Faults
from rdpscore.published.journals import Named
from rdpscore.published.mapping import Mapping as MappingFile
from rdpscore.published.responses import Pieces
from rdpscore.published.table import BLANK, Ints, Table
from rdpscore.survey import MAIN, UNRECORDED

Indices = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Assembled:
    """Tables of a survey, and the row of the source behind each of their rows."""

    codings: pd.DataFrame
    adjudications: pd.DataFrame
    coding_rows: Indices
    adjudication_rows: Indices
    confirmed: int
    undecided: int


def assemble(
    pieces: Pieces,
    named: Named,
    mapping: MappingFile,
    codebook: Codebook,
    columns: Columns,
    faults: Faults,
) -> Assembled:
    """The tables of codings and adjudications.

    A consensus becomes an adjudication. One that repeats what two or more coders had all answered decides
    nothing and is only counted.
    """
    table = columns.table
    given = _per_journal(pieces.joined(), named)
    coders = pieces.coder.texts
    agreed = consensus_rows(mapping.coders, coders, faults)
    given["adopted"] = np.maximum(given["adopted"], agreed[given["coder"]].astype(np.int64))
    rounds, round_names = _row_texts(mapping.answers.round, ("answers", "round"), columns)
    days, day_names = _row_texts(mapping.answers.coded_on, ("answers", "coded_on"), columns)
    given["round"] = rounds[given["row"]].astype(np.int64)
    given["day"] = days[given["row"]].astype(np.int64)
    _coders(given, coders, mapping, table, faults)
    texts = Texts(
        coders, pieces.answer.texts, pieces.text.texts, [*round_names], [*day_names], _readings(table, named)
    )
    one = given["adopted"] == 0
    plain = {k: v[one] for k, v in given.items()}
    settled = {k: v[~one] for k, v in given.items()}
    plain = _once(plain, ("journal", "coder", "round", "item"), named, codebook, texts, table, faults)
    settled = _once(settled, ("journal", "item"), named, codebook, texts, table, faults)
    settled, confirmed, undecided = _deciding(settled, plain, len(named.frame), codebook, texts)
    return Assembled(
        _codings(plain, named, codebook, texts),
        _adjudications(settled, named, codebook, texts),
        plain["row"].astype(np.intp),
        settled["row"].astype(np.intp),
        confirmed,
        undecided + pieces.undecided,
    )


@dataclass(frozen=True)
class Texts:
    """The texts behind the numbers."""

    coder: list[str]
    answer: list[str]
    text: list[str]
    round: list[str]
    day: list[str]
    reading: npt.NDArray[np.object_]


def _per_journal(given: Mapping[str, Ints], named: Named) -> dict[str, npt.NDArray[np.int64]]:
    """One entry for each journal that an answer's row names."""
    rows = len(named.shared)
    if len(named.row) == rows and not named.shared.any():  # every row names one journal
        out = {k: v.astype(np.int64) for k, v in given.items()}
        out["journal"] = named.journal[out["row"]].astype(np.int64)
        return out
    start = np.searchsorted(named.row, np.arange(rows))
    n = np.bincount(named.row, minlength=rows)[given["row"]]
    index = np.repeat(np.arange(len(given["row"])), n)
    offset = np.arange(len(index)) - np.repeat(np.cumsum(n) - n, n)
    out = {k: v[index].astype(np.int64) for k, v in given.items()}
    out["journal"] = named.journal[start[out["row"]] + offset].astype(np.int64)
    return out


def _row_texts(name: str | None, path: tuple[str, ...], columns: Columns) -> tuple[Ints, Sequence[str]]:
    cells = None if name is None else columns.cells(name, path)
    if cells is None:
        return np.full(len(columns.table), BLANK, np.int32), ()
    return cells.codes, cells.values


def _coders(
    given: dict[str, npt.NDArray[np.int64]],
    coders: list[str],
    mapping: MappingFile,
    table: Table,
    faults: Faults,
) -> None:
    """Number the rows of a journal, or of its item, that name no coder; or report them."""
    blank = np.flatnonzero((given["coder"] < 0) & (given["adopted"] == 0))
    if not len(blank):
        return
    if not mapping.coders.number:
        faults.add(table.batches("unnamed_coder", np.unique(given["row"][blank]), None))
        return
    group = given["journal"][blank].astype(np.int64)
    if mapping.answers.item is not None:  # a row is an answer, and those of one item are of as many coders
        group = group * (int(given["item"].max()) + 1) + given["item"][blank]
    pairs, inverse = np.unique(group * (len(table) + 1) + given["row"][blank], return_inverse=True)
    group = pairs // (len(table) + 1)
    rank = np.arange(len(pairs)) - np.searchsorted(group, group)
    known = {name: i for i, name in enumerate(coders)}
    numbers = []
    for k in range(int(rank.max()) + 1):
        if f"c{k + 1}" not in known:
            known[f"c{k + 1}"] = len(coders)
            coders.append(f"c{k + 1}")
        numbers.append(known[f"c{k + 1}"])
    given["coder"][blank] = np.array(numbers)[rank][inverse]


def _readings(table: Table, named: Named) -> npt.NDArray[np.object_]:
    """A reading_id for every row that names several journals."""
    out = np.full(len(table), None, dtype=object)
    for row in np.flatnonzero(named.shared):
        stem = table.files[table.file[row]].rpartition("/")[2].rpartition(".")[0] or table.name
        out[row] = f"{stem}-{table.row[row]}" if len(table.files) > 1 else f"row-{table.row[row]}"
    return out


def _once(
    given: dict[str, npt.NDArray[np.int64]],
    key: tuple[str, ...],
    named: Named,
    codebook: Codebook,
    texts: Texts,
    table: Table,
    faults: Faults,
) -> dict[str, npt.NDArray[np.int64]]:
    """Every key once, in the order of journals; a different answer at the same key is a problem."""
    order = np.lexsort([given["row"], *(given[k] for k in ("item", "round", "coder", "journal") if k in key)])
    out = {k: v[order] for k, v in given.items()}
    same = np.ones(max(len(order) - 1, 0), bool)
    for name in key:
        same &= out[name][1:] == out[name][:-1]
    again = np.flatnonzero(same) + 1
    if not len(again):
        return out
    lead = np.arange(len(order))
    lead[again] = 0
    lead = np.maximum.accumulate(lead)
    differs = again[out["answer"][again] != out["answer"][lead[again]]]
    blank = (out["answer"][differs] < 0) | (out["answer"][lead[differs]] < 0)
    clash = differs[~blank]
    ids, answers = named.frame["journal_id"].tolist(), [*texts.answer, ""]
    faults.add(
        table.batches(
            "answered_differently",
            out["row"][clash],
            None,
            coder=[texts.coder[c] if c >= 0 else "the consensus" for c in out["coder"][clash]],
            item=[codebook.item_ids[i] for i in out["item"][clash]],
            journal=[ids[j] for j in out["journal"][clash]],
            value=[answers[a] for a in out["answer"][clash]],
            expected=[answers[a] for a in out["answer"][lead[clash]]],
            first=[table.where_is(r) for r in out["row"][lead[clash]]],
        )
    )
    alike = np.setdiff1d(again, differs[~blank])
    if len(alike):
        places = zip(*(out[k][alike].tolist() for k in ("row", "journal", "coder")), strict=True)
        for (row, journal, coder), n in Counter(places).items():
            name = texts.coder[coder] if coder >= 0 else "the consensus"
            at = np.array([row])
            faults.add(table.batches("repeated_answers", at, None, n=n, coder=name, journal=ids[journal]))
    for i in differs[blank]:  # one of the two rows is blank there
        if out["answer"][lead[i]] < 0:
            for name in ("answer", "row", "note", "passage", "url", "unclear"):
                out[name][lead[i]] = out[name][i]
    kept = np.ones(len(order), bool)
    kept[again] = False
    return {k: v[kept] for k, v in out.items()}


def _deciding(
    settled: dict[str, npt.NDArray[np.int64]],
    plain: dict[str, npt.NDArray[np.int64]],
    n_journals: int,
    codebook: Codebook,
    texts: Texts,
) -> tuple[dict[str, npt.NDArray[np.int64]], int, int]:
    """Without consensus answers that repeat what two or more coders had all answered in the main round, or nothing."""
    width = len(codebook.items)
    main = texts.round.index(MAIN) if MAIN in texts.round else BLANK
    counted = (plain["answer"] >= 0) & ((plain["round"] == main) | (plain["round"] == BLANK))
    place, answer = (plain["journal"] * width + plain["item"])[counted], plain["answer"][counted]
    n = np.bincount(place, minlength=n_journals * width)
    low = np.full(n_journals * width, np.iinfo(np.int64).max)
    high = np.full(n_journals * width, -1)
    np.minimum.at(low, place, answer)
    np.maximum.at(high, place, answer)
    mine = settled["journal"] * width + settled["item"]
    repeats = (n[mine] >= 2) & (low[mine] == high[mine]) & (low[mine] == settled["answer"])
    repeats &= settled["reason"] < 0
    empty = settled["answer"] < 0
    return {k: v[~(repeats | empty)] for k, v in settled.items()}, int(repeats.sum()), int(empty.sum())


def _categorical(codes: npt.NDArray[np.int64], texts: Sequence[str]) -> pd.Categorical:
    """A column of the texts that occur in it."""
    categories = pd.Index(list(texts), dtype=object if not texts else None)
    return pd.Categorical.from_codes(codes.astype(np.int32), categories).remove_unused_categories()


def _plain(codes: npt.NDArray[np.int64], texts: Sequence[str]) -> pd.Series:
    words = np.array([*texts, None], dtype=object)
    return text_series(list(words[codes]))


def _codings(
    given: dict[str, npt.NDArray[np.int64]], named: Named, codebook: Codebook, texts: Texts
) -> pd.DataFrame:
    rounds = np.where(given["round"] < 0, len(texts.round), given["round"])
    ids = named.frame["journal_id"].tolist()
    frame: dict[str, object] = {
        "journal_id": _categorical(given["journal"], ids),
        "coder": _categorical(given["coder"], texts.coder),
        "item": _categorical(given["item"], codebook.item_ids),
        "answer": _categorical(given["answer"], texts.answer),
        "round": _categorical(*_distinct(rounds, [*texts.round, MAIN])),
    }
    if given["unclear"].any():
        frame["state"] = _categorical(given["unclear"], ["answered", "unclear"])
    for name, part in (("evidence", "passage"), ("source_url", "url"), ("note", "note")):
        if (given[part] >= 0).any():
            frame[name] = _plain(given[part], texts.text)
    if (given["day"] >= 0).any():
        frame["coded_on"] = _categorical(given["day"], texts.day)
    readings = texts.reading[given["row"]]
    if (readings != None).any():  # noqa: E711  (elementwise)
        frame["reading_id"] = text_series(list(readings)).astype("category")
    return pd.DataFrame(frame)


def _distinct(codes: npt.NDArray[np.int64], texts: Sequence[str]) -> tuple[npt.NDArray[np.int64], list[str]]:
    """Numbers of texts of which two may be alike."""
    names = list(dict.fromkeys(texts))
    return np.array([names.index(t) for t in texts], np.int64)[codes], names


def _adjudications(
    given: dict[str, npt.NDArray[np.int64]], named: Named, codebook: Codebook, texts: Texts
) -> pd.DataFrame:
    reasons = [UNRECORDED if r < 0 else texts.text[r] for r in given["reason"]]
    notes = np.where(given["note"] >= 0, given["note"], given["passage"])
    frame: dict[str, object] = {
        "journal_id": _categorical(given["journal"], named.frame["journal_id"].tolist()),
        "item": _categorical(given["item"], codebook.item_ids),
        "answer": _categorical(given["answer"], texts.answer),
        "reason": text_series(reasons).astype("category"),
        "mode": text_series(["consensus"] * len(reasons)).astype("category"),
    }
    if (given["coder"] >= 0).any():
        frame["adjudicated_by"] = _categorical(given["coder"], texts.coder)
    if (notes >= 0).any():
        frame["note"] = _plain(notes, texts.text)
    return pd.DataFrame(frame)


def relocated(problems: Problems, assembled: Assembled, named: Named, table: Table) -> Problems:
    """Problems of the survey's tables, told at the rows of the source that they come from."""
    rows = {
        "journals.csv": named.first,
        "codings.csv": assembled.coding_rows,
        "adjudications.csv": assembled.adjudication_rows,
    }
    out = []
    for batch in problems.batches:
        origin = rows.get(batch.file or "")
        if origin is None or batch.rows is None:
            out.append(batch)
            continue
        at = origin[np.asarray(batch.rows, np.intp) - 2]
        if (at < 0).any():
            out.append(batch)
        else:
            column = batch.column if batch.column in table.columns else None
            fields = {"column": batch.column, **batch.fields}
            out.extend(table.batches(batch.code, at, column, **fields))
    return Problems.of(out)
