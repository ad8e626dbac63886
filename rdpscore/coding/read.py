"""Filled workbooks and CSV files, read back to the cell; every problem with its place, all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal

import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.coding import cells as parse
from rdpscore.coding.cells import formula_in
from rdpscore.coding.coded import CoderRows, Key
from rdpscore.coding.coder import SEARCH
from rdpscore.coding.coding_sheet import CODING, wide_heads
from rdpscore.coding.grid import (
    Grid,
    find_grid,
    page_rows,
    text_rows,
)
from rdpscore.coding.passport import SHEET as PASSPORT
from rdpscore.coding.passport import Passport, read_passport
from rdpscore.coding.pasted import pasting_problems
from rdpscore.coding.sheet_plan import FIELDS, SEARCH_FIELDS
from rdpscore.files import file_problem, read_plain
from rdpscore.files.plain import TooLarge
from rdpscore.problems import Batch, InvalidInput, Problems, suggestion
from rdpscore.readers import Book, Options, Sheet, read_book
from rdpscore.readers.container import MAX_FILE, damage
from rdpscore.survey import MAIN, Survey
from rdpscore.validation.attributes import is_past_day

SEARCH_COLUMNS = ("journal_id", "coder", "round", *SEARCH_FIELDS)


@dataclass(frozen=True)
class Filled:
    """What a file says.

    Attributes
    ----------
    name : str
        The file's name.
    kind : {"coder", "adjudication"}
    content : bytes
        The file itself.
    survey : str or None
        Id of the survey that it was made for.
    codebook : Codebook
        The one that it carries; for a CSV that of the survey.
    journals : DataFrame
        journal_id, title, publisher of its journals.
    codings : DataFrame
        One row a journal and item that is answered or commented, as in codings.csv.
    places : sequence of mapping
        For each coding the place of each field, for example ``Coding!E14``.
    searches, adjudications, decisions : DataFrame
        As in searches.csv, adjudications.csv, decisions.csv.
    adjudication_places : sequence of mapping
    """

    name: str
    kind: Literal["coder", "adjudication"]
    content: bytes
    survey: str | None
    codebook: Codebook
    journals: pd.DataFrame
    codings: pd.DataFrame
    places: Sequence[Mapping[str, str]]
    searches: pd.DataFrame
    adjudications: pd.DataFrame
    decisions: pd.DataFrame
    adjudication_places: Sequence[Mapping[str, str]]
    answer_cells: Mapping[Key, tuple[int, str]] = field(default_factory=dict)
    """(journal, coder, round, item) → row and cell of the answer, blank ones too."""
    not_recorded: Sequence[str] = ()
    """What the survey says that it does not record."""
    begun: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """(journal, item) → field → text of an adjudication, finished or not."""
    format: str = "xlsx"
    """Name of the reader of the file."""


def read_filled(
    path: Path,
    survey: Survey | None = None,
    name: str | None = None,
    converted: Mapping[str, bytes] | None = None,
) -> tuple[Filled | None, Problems]:
    """Read a coder's or an adjudicator's workbook, or a coder's CSV.

    Parameters
    ----------
    path : Path
        A workbook from `rdpscore template` or `rdpscore adjudicate`, saved by any spreadsheet program in any of the
        formats of `rdpscore.readers`, its rows and columns in any order; or a ``.csv`` with the columns of codings.csv.
    survey : Survey, optional
        Needed for a CSV, which carries no codebook.
    name : str, optional
        The file's name in problems; the last part of its path without.
    converted : mapping, optional
        Of `rdpscore.readers.convert_together`.

    Returns
    -------
    filled : Filled or None
        What could be read; None where nothing could.
    problems : Problems
    """
    name = name or path.name
    try:
        content = read_plain(path, MAX_FILE)
    except OSError as error:
        if isinstance(error, TooLarge):
            return None, Problems.one("bad_workbook", name, value=f"is {error.value}")
        return None, file_problem(error, name)
    return _read(content, name, survey, converted)


def read_workbook(
    content: bytes, name: str, converted: Mapping[str, bytes] | None = None
) -> tuple[Filled | None, Problems]:
    """Read the bytes of a workbook; see `read_filled`."""
    return _read(content, name, None, converted)


def _read(
    content: bytes, name: str, survey: Survey | None, converted: Mapping[str, bytes] | None
) -> tuple[Filled | None, Problems]:
    book, problems = read_book(content, name, Options(converted=converted or {}))
    if book is None:
        return None, problems
    try:
        if any(s.name for s in book.sheets):
            filled, found = _read_book(book, content, name)
        elif book.format == "csv":
            filled, found = _read_csv(book, content, name, survey)
        else:
            filled, found = None, Problems.one("bad_workbook", name, value="is no coder's workbook")
    except InvalidInput as error:
        filled, found = None, error.problems
    except Exception as error:  # what a damaged workbook makes of anything
        filled, found = None, Problems.one("bad_workbook", name, value=damage(error))
    return None if filled is None else replace(filled, format=book.format), problems + found


def _read_book(book: Book, content: bytes, name: str) -> tuple[Filled | None, Problems]:
    sheets = {s.name.casefold(): s for s in book.sheets}
    if PASSPORT not in sheets:
        return None, Problems.one("missing_sheet", name, value=PASSPORT)
    known = read_passport(tuple(row) for _, row in page_rows(sheets[PASSPORT].page))
    if known is None:
        return None, Problems.one(
            "bad_workbook", name, value=f"no longer says what it is for (sheet {PASSPORT})"
        )
    passport, codebook = known
    if passport.kind == "adjudication":
        from rdpscore.coding.adjudicated import read_adjudication

        return read_adjudication(book, passport, codebook, content, name)
    grid, problems = _coding_grid(book, passport, codebook, name)
    if grid is None:
        return None, problems
    reader = CoderRows(grid, codebook, passport.coder or "", passport.round, passport.forms)
    codings, places, found = reader.codings()
    searches, search_problems = _searches(book, passport, name)
    journals = pd.DataFrame(
        [(j, *facts) for j, facts in passport.journals.items()], columns=["journal_id", "title", "publisher"]
    )
    filled = Filled(
        name,
        "coder",
        content,
        passport.survey,
        codebook,
        journals,
        codings,
        places,
        searches,
        _empty_adjudications(),
        _empty_decisions(),
        (),
        reader.answer_cells,
        passport.not_recorded,
    )
    return filled, problems + found + search_problems + pasting_problems(reader)


def _empty_adjudications() -> pd.DataFrame:
    names = ["journal_id", "item", "answer", "reason", "mode", "adjudicated_by", "adjudicated_on", "note"]
    return pd.DataFrame(columns=names, dtype=object)


def _empty_decisions() -> pd.DataFrame:
    return pd.DataFrame(columns=["item", "ruling", "decided_by", "decided_on"], dtype=object)


def _long_fields() -> dict[str, str]:
    heads = {parse.fold(head): field for field, head in FIELDS.items()}
    names = {parse.fold(field): field for field in FIELDS}
    return heads | names | {"journal_id": "journal_id", "item": "item"}


def _wide_fields(codebook: Codebook) -> dict[str, str]:
    keys = [key for _, key in wide_heads(codebook.items)]
    return {parse.fold(k): k for k in keys} | {k: k for k in keys} | {"journal_id": "journal_id"}


def _coding_grid(
    book: Book, passport: Passport, codebook: Codebook, name: str
) -> tuple[Grid | None, Problems]:
    if passport.layout == "wide":
        fields, required = _wide_fields(codebook), ["journal_id", *codebook.item_ids]
    else:
        fields, required = _long_fields(), ["journal_id", "item", "answer"]
    return find_sheet(book, CODING, fields, required, name)


def find_sheet(
    book: Book, expected: str, fields: Mapping[str, str], required: Sequence[str], name: str
) -> tuple[Grid | None, Problems]:
    """The sheet of a name, or the one that has its headings; others that have them are told of."""
    wanted = expected.casefold()
    sheets = sorted(book.sheets, key=lambda s: s.name.casefold() != wanted)
    found: Grid | None = None
    told = Problems()
    for sheet in sheets:
        if sheet.name == PASSPORT:
            continue
        grid, problems = find_grid(
            page_rows(sheet.page),
            file=name,
            sheet=sheet.name,
            fields=fields,
            required=required,
            epoch=book.epoch,
        )
        if grid is None and sheet.name.casefold() == wanted and not problems.ok:
            return None, problems + _merged(sheet, name)
        if grid is None:
            continue
        if found is None:
            found = grid
            told += problems + _merged(sheet, name)
            if sheet.name.casefold() != wanted:
                told += Problems.one("renamed_sheet", name, value=sheet.name, expected=expected)
        elif grid.rows:
            told += Problems.one("second_sheet", name, value=sheet.name, expected=found.sheet)
    return found, told if found is not None else Problems.one("missing_sheet", name, value=expected)


def _merged(sheet: Sheet, name: str) -> Problems:
    ranges = list(sheet.page.merged)
    places = [f"{sheet.name}!{r}" for r in ranges]
    return Problems.of(
        [Batch("merged_cells", name, [0] * len(ranges), cells=places, fields={"value": ranges})]
        if ranges
        else []
    )


def _searches(book: Book, passport: Passport, name: str) -> tuple[pd.DataFrame, Problems]:
    """The search sheet; a workbook whose coder deleted it can still be read."""
    fields = {parse.fold(h): f for f, h in SEARCH_FIELDS.items()} | {"form": "form"}
    empty = pd.DataFrame(columns=list(SEARCH_COLUMNS), dtype=object)
    sheet = next((s for s in book.sheets if s.name.casefold() == SEARCH.casefold()), None)
    if sheet is None:
        return empty, Problems.one("missing_search", name, value=SEARCH)
    grid, problems = find_grid(
        page_rows(sheet.page),
        file=name,
        sheet=sheet.name,
        fields=fields,
        required=["form"],
        epoch=book.epoch,
    )
    if grid is None:
        if problems.ok:
            lost = {"value": "form", "nearest": ""}
            problems = Problems.of(
                [Batch("missing_heading", name, [1], cells=[f"{SEARCH}!1:1"], fields=lost)]
            )
        return empty, problems
    out: list[dict[str, str | None]] = []
    seen: dict[str, str] = {}
    faults: list[Batch] = []

    def fault(code: str, row: int, column: str, **fields: str) -> None:
        faults.append(Batch(code, name, [row], cells=[grid.place(row, column)], fields=fields))

    for row, cells in grid.rows:
        given: dict[str, str] = {}
        for column in SEARCH_FIELDS:
            try:
                given[column] = _search_cell(grid, cells, column)
            except parse.BadCell as bad:
                fault(bad.code, row, column, **bad.fields)
        first = next(filter(None, given.values()), None)
        if first is None:
            continue
        if (day := given.get("searched_on")) and not is_past_day(day):
            fault("bad_date", row, "searched_on", value=day)
        form = parse.plain(grid.value(cells, "form")).strip()
        if form not in passport.forms:
            fault("unknown_form", row, "form", value=form, nearest=suggestion(form, passport.forms))
        elif form in seen:
            fault("answered_twice", row, "form", journal=form, item=SEARCH, first=seen[form], value=first)
        else:
            seen[form] = grid.place(row, "form")
            key = {"coder": passport.coder, "round": passport.round}
            out += [{"journal_id": j, **key, **given} for j in passport.forms[form]]
    return pd.DataFrame(out, columns=list(SEARCH_COLUMNS), dtype=object), problems + Problems.of(faults)


def _search_cell(grid: Grid, cells: Sequence[str], column: str) -> str:
    value = grid.value(cells, column)
    if (said := formula_in(value)) is not None:
        raise parse.BadCell("formula_in_cell", value=said)
    return parse.day(value, grid.epoch) if column == "searched_on" else parse.free_text(value)


def _read_csv(book: Book, content: bytes, name: str, survey: Survey | None) -> tuple[Filled | None, Problems]:
    if survey is None:
        return None, Problems.one("csv_without_survey", name)
    fields = _long_fields() | {f: f for f in ("coder", "round", "reading_id")}
    required = ["journal_id", "coder", "item", "answer"]
    grid, problems = find_grid(text_rows(book), file=name, sheet="", fields=fields, required=required)
    if grid is None:
        return None, problems if len(problems) else Problems.one(
            "missing_heading", name, value="journal_id", nearest=""
        )
    reader = CoderRows(grid, survey.codebook, "", MAIN, None)
    codings, places, found = reader.codings()
    journals = survey.journals[["journal_id", "title", "publisher"]]
    return Filled(
        name,
        "coder",
        content,
        survey.meta.id,
        survey.codebook,
        journals,
        codings,
        places,
        pd.DataFrame(columns=list(SEARCH_COLUMNS), dtype=object),
        _empty_adjudications(),
        _empty_decisions(),
        (),
        reader.answer_cells,
        survey.meta.not_recorded,
    ), problems + found
