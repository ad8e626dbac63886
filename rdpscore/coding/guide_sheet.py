"""The guide sheet: every item and option, when to choose it, and the survey's rulings."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from rdpscore.codebook import Codebook, Item
from rdpscore.coding.layout import (
    flowed,
    height,
    lines,
    paragraphs,
)
from rdpscore.coding.sheets import (
    answer_form,
    header,
    sheet_of,
    topic,
)
from rdpscore.coding.style import (
    BAND,
    EDGE,
    EVIDENCE,
    FAINT,
    HEAD,
    Book,
)
from rdpscore.survey import Survey

GUIDE = "Guide"
_HEADS = ("Code", "Answer", "When to choose it", "item")
_WIDTHS = (9, 46, 86, 16)
_BESIDE = _WIDTHS[1] + _WIDTHS[2]
_LINES = 26
"""Lines of a row of running text: a row has 409 points at most."""
_EVIDENCE = {
    "required": "Every answer needs a passage.",
    "if_found": "Every answer but the first needs a passage.",
    "optional": "No passage is needed.",
}


class Line(NamedTuple):
    """A row: what it is, and its texts."""

    kind: Literal["topic", "question", "text", "rules", "option", "ruling"]
    texts: tuple[str, ...]
    item: str = ""


def guide_rows(survey: Survey) -> dict[str, int]:
    """Item → row (from 0) of its heading on the guide sheet."""
    found = _lines(survey.codebook, _rulings(survey))
    return {line.item: row for row, line in enumerate(found, start=1) if line.kind == "topic" and line.item}


def guide(book: Book, survey: Survey) -> None:
    """Write the guide sheet."""
    sheet = sheet_of(book, GUIDE, _WIDTHS)
    header(book, sheet, _HEADS, keys=1, frozen=0)
    sheet.set_row(0, 20)
    for row, line in enumerate(_lines(survey.codebook, _rulings(survey)), start=1):
        _write(book, sheet, row, line)
    sheet.print_area(0, 0, row, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _lines(codebook: Codebook, rulings: Mapping[str, Sequence[str]]) -> Iterator[Line]:
    if codebook.description:
        yield Line("topic", ("Rules for all items",))
        for text in _pieces(codebook.description):
            yield Line("text", ("", text))
    for item in codebook.items:
        yield Line("topic", (topic(item),), item.id)
        yield Line("question", ("", " ".join(item.question.split())))
        for text in _pieces(item.guidance or ""):
            yield Line("text", ("", text))
        yield Line("rules", ("", _rules(codebook, item)))
        for option in item.options:
            yield Line("option", (option.code, option.label, " ".join((option.guidance or "").split())))
        if not item.closed:
            yield Line("option", ("", answer_form(item), ""))
        for ruling in rulings.get(item.id, ()):
            yield Line("ruling", ("Ruling", ruling))


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that rows can hold."""
    held: list[str] = []
    used = 0
    for paragraph in paragraphs(text):
        room = int(_BESIDE * 1.2) * _LINES
        for part in textwrap.wrap(paragraph, room) if len(paragraph) > room else [paragraph]:
            n = lines(part, _BESIDE)
            if held and used + n > _LINES:
                yield "\n".join(held)
                held, used = [], 0
            held.append(part)
            used += n
    if held:
        yield "\n".join(held)


def _rules(codebook: Codebook, item: Item) -> str:
    """When the item applies, and which answers need a passage."""
    conditions = [
        f"{topic(codebook.item(other))} is {' or '.join(codes)}" for other, codes in item.applies_if.items()
    ]
    applies = f"Applies where {' and '.join(conditions)}. " if conditions else ""
    if not item.closed and item.evidence == "if_found":
        return f"{applies}{_EVIDENCE['required']}"
    return f"{applies}{_EVIDENCE[item.evidence]}"


def _write(book: Book, sheet: Any, row: int, line: Line) -> None:
    match line.kind:
        case "topic":
            strong = book.format(bold=True, font_size=11, font_color=HEAD, bg_color=BAND, valign="vcenter")
            sheet.merge_range(row, 0, row, 2, "", strong)
            book.text(sheet, row, 0, line.texts[0], strong)
            key = book.format(font_color=FAINT, font_size=8, bg_color=BAND, valign="vcenter")
            book.text(sheet, row, 3, line.item, key)
            sheet.set_row(row, 20)
        case "option":
            edge = book.format(text_wrap=True, top=1, top_color=EDGE)
            centred = book.format(bold=True, align="center", top=1, top_color=EDGE)
            for column, text in enumerate(line.texts):
                book.text(sheet, row, column, text, edge if column else centred)
            most = max(lines(text, _WIDTHS[column]) for column, text in enumerate(line.texts) if column)
            sheet.set_row(row, height(most))
        case kind:
            looks = {
                "question": book.format(text_wrap=True, bold=True),
                "text": book.format(text_wrap=True),
                "rules": book.format(text_wrap=True, font_color=FAINT, italic=True),
                "ruling": book.format(text_wrap=True, bg_color=EVIDENCE, top=1, top_color=EDGE),
            }
            sheet.merge_range(row, 1, row, 2, "", looks[kind])
            book.text(sheet, row, 0, line.texts[0], looks[kind])
            book.text(sheet, row, 1, line.texts[1], looks[kind])
            sheet.set_row(row, height(lines(line.texts[1], _BESIDE)))


def _rulings(survey: Survey) -> dict[str, list[str]]:
    """Item → rulings that the survey made on it, from decisions.csv."""
    table = survey.decisions
    if table is None or "ruling" not in table:
        return {}
    out: dict[str, list[str]] = {}
    for row in table.astype(object).dropna(subset=["item", "ruling"]).to_dict("records"):
        out.setdefault(row["item"], []).append(flowed(row["ruling"]))
    return out
