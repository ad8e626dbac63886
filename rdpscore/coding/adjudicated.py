"""A filled adjudication workbook, read back to the cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.coding import cells as parse
from rdpscore.coding.adjudication import ADJUDICATION, DECISION
from rdpscore.coding.cells import formula_in
from rdpscore.coding.coded import CODING_COLUMNS
from rdpscore.coding.grid import Grid
from rdpscore.coding.passport import Passport
from rdpscore.coding.read import (
    SEARCH_COLUMNS,
    Filled,
    find_sheet,
    read_filled,
)
from rdpscore.problems import Batch, InvalidInput, Problems, suggestion
from rdpscore.readers import Book, Cell
from rdpscore.survey import MODES, Survey
from rdpscore.validation.attributes import is_past_day


def read_adjudication(
    book: Book, passport: Passport, codebook: Codebook, content: bytes, name: str
) -> tuple[Filled | None, Problems]:
    """Read a filled adjudication workbook."""
    fields = {parse.fold(h): f for f, h in DECISION.items()} | {"journal_id": "journal_id", "item": "item"}
    grid, problems = find_sheet(book, ADJUDICATION, fields, ["journal_id", "item", "answer"], name)
    if grid is None:
        return None, problems
    reader = _Adjudicator(grid, codebook, passport)
    adjudications, decisions, places, found = reader.read()
    journals = pd.DataFrame(
        [(j, *facts) for j, facts in passport.journals.items()], columns=["journal_id", "title", "publisher"]
    )
    filled = Filled(
        name,
        "adjudication",
        content,
        passport.survey,
        codebook,
        journals,
        pd.DataFrame(columns=list(CODING_COLUMNS), dtype=object),
        (),
        pd.DataFrame(columns=list(SEARCH_COLUMNS), dtype=object),
        adjudications,
        decisions,
        places,
        begun=reader.begun,
    )
    return filled, problems + found


def carried_over(path: Path, survey: Survey) -> dict[tuple[str, str], dict[str, str]]:
    """What an earlier adjudication workbook of the survey holds: (journal, item) → field → text.

    Raises
    ------
    InvalidInput
        The file cannot be read, or is another survey's, so that carrying over would lose something.
    """
    filled, problems = read_filled(path)
    problems.raise_errors()
    if filled is None or filled.kind != "adjudication":
        raise InvalidInput(Problems.one("bad_workbook", path.name, value="is no adjudication workbook"))
    for code, theirs, ours in (
        ("other_survey", filled.survey, survey.meta.id),
        ("other_codebook", filled.codebook.hashes.coding, survey.codebook.hashes.coding),
    ):
        if theirs != ours:
            raise InvalidInput(Problems.one(code, path.name, value=theirs, expected=ours))
    known = survey.journal_ids
    gone = [j for j, _ in filled.begun if j not in known]
    Problems.of(
        Batch(
            "unknown_journal", path.name, fields={"value": j, "journal": j, "nearest": suggestion(j, known)}
        )
        for j in dict.fromkeys(gone)
    ).raise_errors()
    return {key: dict(fields) for key, fields in filled.begun.items()}


class _Adjudicator:
    def __init__(self, grid: Grid, codebook: Codebook, passport: Passport) -> None:
        self.grid, self.codebook, self.passport = grid, codebook, passport
        self.batches: list[Batch] = []
        self.begun: dict[tuple[str, str], dict[str, str]] = {}

    def fault(self, code: str, row: int, field: str, **fields: Any) -> None:
        self.batches.append(
            Batch(code, self.grid.file, [row], cells=[self.grid.place(row, field)], fields=fields)
        )

    def read(self) -> tuple[pd.DataFrame, pd.DataFrame, list[dict[str, str]], Problems]:
        columns = [*(f for f in DECISION if f != "ruling")]
        out: list[dict[str, str]] = []
        rulings: list[dict[str, str]] = []
        places: list[dict[str, str]] = []
        seen: dict[tuple[str, str], str] = {}
        for row, cells in self.grid.rows:
            journal = parse.plain(self.grid.value(cells, "journal_id")).strip()
            item = parse.plain(self.grid.value(cells, "item")).strip()
            if f"{journal}/{item}" not in self.passport.forms:
                if any(parse.plain(self.grid.value(cells, f)) for f in DECISION):
                    key = f"{journal}/{item}"
                    near = suggestion(key, self.passport.forms)
                    self.fault(
                        "unknown_form", row, "journal_id", value=key, journal=journal, item=item, nearest=near
                    )
                continue
            given = {f: self._cell(row, cells, f, item) for f in DECISION}
            if not any(given.values()):
                self.fault("not_adjudicated", row, "answer", journal=journal, item=item)
                continue
            if (journal, item) in seen:
                self.fault(
                    "answered_twice",
                    row,
                    "answer",
                    journal=journal,
                    item=item,
                    first=seen[journal, item],
                    value=given["answer"],
                )
                continue
            seen[journal, item] = self.grid.place(row, "answer")
            self.begun[journal, item] = given
            needed = ("answer", *(["reason"] if self.codebook.reasons else []), "adjudicated_by")
            lacking = [DECISION[f].lower() for f in needed if not given[f]]
            if (day := given["adjudicated_on"]) and not is_past_day(day):
                self.fault("bad_date", row, "adjudicated_on", value=day, journal=journal, item=item)
            if lacking:
                self.fault(
                    "incomplete_adjudication",
                    row,
                    "answer",
                    journal=journal,
                    item=item,
                    value=", ".join(lacking),
                )
            if given["ruling"]:
                rulings.append(
                    {
                        "item": item,
                        "ruling": given["ruling"],
                        "decided_by": given["adjudicated_by"],
                        "decided_on": given["adjudicated_on"],
                    }
                )
            if not lacking:
                out.append({"journal_id": journal, "item": item, **{f: given[f] for f in columns}})
                places.append({f: self.grid.place(row, f) for f in DECISION} | {"row": str(row)})
        frame = pd.DataFrame(out, columns=["journal_id", "item", *columns], dtype=object)
        decided = pd.DataFrame(rulings, columns=["item", "ruling", "decided_by", "decided_on"], dtype=object)
        return frame, decided.drop_duplicates(), places, Problems.of(_gathered(self.batches))

    def _cell(self, row: int, cells: Sequence[Any], field: str, item_id: str) -> str:
        value = self.grid.value(cells, field)
        item = self.codebook.item(item_id)
        if isinstance(value, Cell) and value.struck:
            self.fault("struck_out", row, field, value=str(value), item=item_id)
        try:
            if (said := formula_in(value)) is not None:
                raise parse.BadCell("formula_in_cell", value=said)
            if field == "answer":
                return parse.answer(item, value)
            if field == "adjudicated_on":
                return parse.day(value, self.grid.epoch)
            text = parse.free_text(value)
            if field in ("reason", "mode"):
                return self._listed(field, text)
            return text
        except parse.BadCell as bad:
            extra: dict[str, str] = {}
            if bad.code == "unknown_option":
                extra = {
                    "nearest": suggestion(
                        bad.fields["value"], [*item.codes, *(o.label for o in item.options)]
                    ),
                    "allowed": ", ".join(f"{o.code} – {o.label}" for o in item.options),
                }
            self.fault(bad.code, row, field, **(extra | bad.fields), item=item_id)
            return ""

    def _listed(self, field: str, text: str) -> str:
        names = {r.id: r.title for r in self.codebook.reasons} if field == "reason" else {m: m for m in MODES}
        wanted = parse.fold(text).replace("_", " ")
        for name, title in names.items():
            if wanted in (parse.fold(name).replace("_", " "), parse.fold(title)):
                return name
        if text:
            raise parse.BadCell(
                f"unknown_{field}", value=text, nearest=suggestion(text, names), allowed=", ".join(names)
            )
        return ""


def _gathered(batches: Sequence[Batch]) -> Iterator[Batch]:
    """Batches of one problem each, put together by kind."""
    kinds: dict[tuple[str, frozenset[str]], list[Batch]] = {}
    for batch in batches:
        kinds.setdefault((batch.code, frozenset(batch.fields)), []).append(batch)
    for (code, names), group in kinds.items():
        yield Batch(
            code,
            group[0].file,
            [b.rows[0] for b in group],
            cells=[b.cells[0] for b in group],
            fields={n: [b.fields[n] for b in group] for n in names},
        )
