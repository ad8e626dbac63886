"""What all sheets have: their frame, headings, protection, drop-downs and the lists behind them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from rdpscore.codebook import Item
from rdpscore.coding.layout import flowed, lines, message
from rdpscore.coding.sheet_plan import choice
from rdpscore.coding.style import (
    EDGE,
    FAINT,
    HEAD,
    PAPER,
    UNKNOWN,
    Book,
    cell,
)

WELCOME, LISTS = "Welcome", "Lists"
_CAPITAL = re.compile("[A-Z]")
_RANGES = 150
"""Ranges a rule: spreadsheet programs limit the length of the list."""


def sheet_of(
    book: Book, name: str, widths: Sequence[float], *, landscape: bool = True, pages: int = 1
) -> Any:
    """A sheet with column widths, to be printed so many pages wide."""
    sheet = book.sheet(name)
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width, book.outside)
    sheet.hide_gridlines(2)
    sheet.set_paper(9)
    sheet.set_margins(0.4, 0.4, 0.5, 0.5)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(pages, 0)
    sheet.set_footer(f"&L&8{book.footer.replace('&', '&&')}&C&8{name}&R&8&P / &N")
    return sheet


def protect(sheet: Any) -> None:
    """Only the coder's cells can be changed; filters, widths and heights stay free."""
    sheet.protect("", {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True})


def header(book: Book, sheet: Any, heads: Sequence[str], *, keys: int = 0, frozen: int = 1) -> None:
    """The row of headings, the last `keys` of them quiet; it and the first columns stay in sight."""
    for column, head in enumerate(heads):
        book.text(sheet, 0, column, head, book.key_head if column >= len(heads) - keys else book.head)
    sheet.set_row(0, 32)
    sheet.freeze_panes(1, frozen)
    sheet.repeat_rows(0)


def welcome(
    book: Book,
    title: str,
    facts: Mapping[str, str],
    steps: tuple[str, Sequence[str]],
    colors: tuple[str, Mapping[str, str]],
) -> None:
    """The first sheet: what this file is, what to do, what the colours mean."""
    widths = (2, 14, 92)
    sheet = sheet_of(book, WELCOME, widths, landscape=False)
    band = book.format(
        bold=True, font_size=16, font_color=PAPER, bg_color=HEAD, text_wrap=True, valign="vcenter", indent=1
    )
    part = book.format(bold=True, font_size=12, font_color=HEAD, bottom=1, bottom_color=EDGE)
    name, body = book.format(font_color=FAINT, font_size=11), book.format(text_wrap=True, font_size=11)
    number = book.format(bold=True, font_size=11, font_color=HEAD, align="center")
    sheet.merge_range(0, 1, 0, 2, "", band)
    book.text(sheet, 0, 1, title, band)
    sheet.set_row(0, 24.0 * max(1, lines(title, 62)) + 14)
    row = 2
    for what, text in facts.items():
        book.text(sheet, row, 1, what, name)
        book.text(sheet, row, 2, text, body)
        sheet.set_row(row, 15.0 * lines(text, widths[2] * 0.9) + 3)
        row += 1

    def heading(text: str, row: int) -> int:
        book.text(sheet, row, 1, text, part)
        book.text(sheet, row, 2, "", part)
        sheet.set_row(row, 20)
        sheet.set_row(row + 1, 5)
        return row + 2

    row = heading(steps[0], row + 1)
    for n, step in enumerate(steps[1], start=1):
        sheet.write_number(row, 1, n, number)
        book.text(sheet, row, 2, step, body)
        sheet.set_row(row, 15.0 * lines(step, widths[2] * 0.9) + 5)
        row += 1
    row = heading(colors[0], row + 1)
    for color, meaning in colors[1].items():
        sheet.write_blank(row, 1, None, book.format(bg_color=color, border=1, border_color=PAPER))
        book.text(sheet, row, 2, meaning, book.format(font_size=11, indent=1, valign="vcenter"))
        sheet.set_row(row, 18)
        row += 1
    sheet.protect()
    sheet.activate()


def rule_of_answers(
    book: Book, sheet: Any, item: Item, cells: Sequence[tuple[int, int]], *, with_question: bool = False
) -> None:
    """The drop-down list and, beside the cell, the guidance as far as there is room."""
    guidance = flowed(item.guidance)
    text = f"{item.question} {guidance}" if with_question else guidance or item.question
    hint = "" if item.closed else f"{answer_form(item)} "
    box = {"input_title": item.title[:32], "input_message": message(hint + text)}
    if item.closed:
        options: dict[str, Any] = {
            "validate": "list",
            "source": f"={list_name(item)}",
        }
    else:
        options = {"validate": "any"}
    for start in range(0, len(cells), _RANGES):
        part = cells[start : start + _RANGES]
        ranges = [[r, c, r, c] for r, c in part]
        book.rule(sheet, *part[0], *part[0], **options, **box, other_cells=ranges[1:])
        if item.closed:
            where = " ".join(cell(r, c) for r, c in part)
            unknown = {
                "type": "formula",
                "criteria": f"={_unknown(item, cell(*part[0]))}",
                "multi_range": where,
            }
            book.rule(sheet, *part[0], *part[0], **unknown, format=book.tint(UNKNOWN))


def _unknown(item: Item, answer: str) -> str:
    """TRUE where a cell holds neither an entry of the item's list nor one of its codes or labels.

    As `rdpscore.coding.cells` reads them: letter case, blanks and the kind of dash aside.
    """
    given = _alike(f'{answer}&""')  # as text, also where a number was typed
    return f'AND({answer}<>"",SUMPRODUCT(--({_alike(known_name(item))}={given}))=0)'


def _alike(text: str) -> str:
    return f'TRIM(SUBSTITUTE(SUBSTITUTE({text},"–","-"),"\u00a0"," "))'


def answer_form(item: Item) -> str:
    """How an item without drop-down is answered."""
    if item.codes:
        return "Codes, separated by semicolons: " + "; ".join(item.codes) + "."
    return "Free text."


def topic(item: Item) -> str:
    """``"3. Data sharing"``."""
    return f"{item.number}. {item.title}" if item.number else item.title


def topic_width(items: Sequence[Item]) -> float:
    """Width in which each topic takes one line: LibreOffice does not wrap links."""
    return min(34.0, max(16.0, max(len(topic(item)) for item in items) / 1.25 + 1))


def list_name(item: Item) -> str:
    """Defined name of an item's options, as its list offers them."""
    return f"options_{_name(item)}_"


def known_name(item: Item) -> str:
    """Defined name of all that may be typed: entries of the list, codes, labels."""
    return f"known_{_name(item)}_"


def _name(item: Item) -> str:
    """An id as a part of a defined name; different for ids that differ in case alone, which names do not."""
    # a defined name allows no hyphen, and must not look like a cell
    return _CAPITAL.sub(r"\g<0>.", item.id.replace("-", ".."))


def lists(book: Book, items: Sequence[Item]) -> None:
    """The options of closed items in a hidden sheet: a list in a cell's rule holds no more than 255 characters."""
    sheet = book.sheet(LISTS)
    sheet.very_hidden()
    for k, item in enumerate(i for i in items if i.closed):
        for row, option in enumerate(item.options):
            for column, text in enumerate(
                (choice(item, option.code), option.code, option.label), start=3 * k
            ):
                book.text(sheet, row, column, text)
        first, last = (xl_col_to_name(c, col_abs=True) for c in (3 * k, 3 * k + 2))
        n = len(item.codes)
        book.name_range(list_name(item), f"{LISTS}!{first}$1:{first}${n}")
        book.name_range(known_name(item), f"{LISTS}!{first}$1:{last}${n}")
    sheet.protect()
