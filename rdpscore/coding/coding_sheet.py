"""The coding sheet: a row an answer, or a row a journal; and how far it is filled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from rdpscore.codebook import Item
from rdpscore.coding.guide_sheet import GUIDE, guide_rows
from rdpscore.coding.lacks import (
    CONTRADICTS,
    LACKS,
    NO_PASSAGE,
    UNANSWERED,
    check_formula,
    check_values,
)
from rdpscore.coding.layout import (
    flowed,
    height,
    lines,
    message,
)
from rdpscore.coding.sheet_plan import (
    CONFIDENCE,
    FIELDS,
    STATE_LABELS,
    Again,
    Form,
    Plan,
    answer_text,
    choice,
)
from rdpscore.coding.sheets import (
    header,
    protect,
    rule_of_answers,
    sheet_of,
    topic,
    topic_width,
)
from rdpscore.coding.style import (
    AGAINST,
    EDGE,
    EVIDENCE,
    HEAD,
    MISSING,
    Book,
    Looks,
)

CODING, PROGRESS, CHECKS = "Coding", "Progress", "Checks"
LONG = ("Journal", "Topic", "Question", *FIELDS.values(), "Check", "Guidance", "journal_id", "item")
_WIDTHS = {
    "answer": 32,
    "state": 11,
    "evidence": 42,
    "source_url": 22,
    "coded_on": 11,
    "confidence": 11,
    "note": 24,
}
_ANSWER = LONG.index("Answer")
_CHECK = LONG.index("Check")
_GUIDANCE = LONG.index("Guidance")
FIRST = 1
"""First row below the header of the long coding sheet."""
_LEAST, _MOST = 3, 9
"""Lines of a row: room to write, and no page-long passage."""
LINKED = 20_000
"""Rows that get a link to the guide; spreadsheet programs hold 65,530 links a sheet."""
_COLORS = {UNANSWERED: MISSING, NO_PASSAGE: EVIDENCE, CONTRADICTS: AGAINST}
_COLORED = {UNANSWERED: "answer", NO_PASSAGE: "evidence", CONTRADICTS: "answer"}
"""What is lacking → the field whose cell is coloured."""
_STATES = (
    "Leave blank if the answer is clear. unclear: the policy can be read in two ways. to discuss: a question to "
    "the lead. not reachable: the page cannot be opened."
)
_PASSAGES = (
    "The words that decide. Open this cell before you paste (F2, or a double click): a text of several paragraphs "
    "fills the cells below otherwise."
)

# A row an answer ----------------------------------------------------------------------------------------


def coding_long(book: Book, plan: Plan) -> None:
    topics = topic_width(plan.items)
    sheet = sheet_of(book, CODING, [20, topics, 30, *_WIDTHS.values(), 14, 70, 10, 10])
    header(book, sheet, LONG, keys=2, frozen=2)
    items = plan.items
    n_rows = len(plan.forms) * len(items)
    # what is the same in all forms is made once
    fixed = [_Fixed(item) for item in items]
    checks = [f"={check_formula(items, i, _in_long)}" for i in range(len(items))]
    places = guide_rows(plan.survey) if n_rows <= LINKED else {}
    for f, form in enumerate(plan.forms):
        first = FIRST + f * len(items)
        numbers = range(first + 1, first + 1 + len(items))
        title, n_journals = short_title(form), len(form.journals)
        again = f"{n_journals} journals of policy {form.policy}" if n_journals > 1 else title
        for i, (item, lacking) in enumerate(zip(items, check_values(items, form), strict=True)):
            row, looks = first + i, book.rows if i else book.first_rows
            texts = fixed[i]
            book.text(sheet, row, 0, again if i else title, looks.faint if i else looks.strong)
            if item.id in places:
                book.link(sheet, row, 1, texts.topic, f"{GUIDE}!A{places[item.id] + 1}", looks.link)
            else:
                book.text(sheet, row, 1, texts.topic, looks.fixed)
            book.text(sheet, row, 2, texts.question, looks.fixed)
            _entries(book, sheet, row, _ANSWER, form, item, looks)
            sheet.write_formula(row, _CHECK, checks[i].format(*numbers), looks.fixed, lacking)
            book.text(sheet, row, _GUIDANCE, texts.guidance, looks.fixed)
            book.text(sheet, row, _GUIDANCE + 1, form.id, looks.key)
            book.text(sheet, row, _GUIDANCE + 2, item.id, looks.key)
            tall = max(texts.lines, _given_lines(form, item), 0 if i else lines(title, 19))
            sheet.set_row(row, height(tall, least=_LEAST, most=_MOST))
    for i, item in enumerate(items):
        cells = [(FIRST + f * len(items) + i, _ANSWER) for f in range(len(plan.forms))]
        rule_of_answers(book, sheet, item, cells)
    _field_rules(book, sheet, FIRST, n_rows, {field: _ANSWER + k for k, field in enumerate(FIELDS)})
    _colors_long(book, sheet, n_rows)
    sheet.autofilter(0, 0, max(n_rows, 1), len(LONG) - 1)
    sheet.print_area(0, 0, max(n_rows, 1), _CHECK)
    protect(sheet)


class _Fixed:
    """An item's texts, as they stand in each form."""

    def __init__(self, item: Item) -> None:
        self.topic, self.question, self.guidance = topic(item), item.question.strip(), flowed(item.guidance)
        longest = max((lines(choice(item, c), _WIDTHS["answer"]) for c in item.codes), default=0)
        self.lines = max(lines(self.question, 30), longest)


def short_title(form: Form) -> str:
    """A form's title, of many journals the first two: all stand on the search sheet."""
    names = form.title.split("; ")
    if len(form.journals) <= 3 or len(names) <= 3:
        return form.title
    return f"{'; '.join(names[:2])}; and {len(form.journals) - 2} more"


def _given_lines(form: Form, item: Item) -> int:
    """Lines of what the coder gave before."""
    given = form.filled.get(item.id)
    if not given:
        return 0
    return max(lines(text, _WIDTHS[field]) for field, text in given.items() if field != "coded_on")


def _entries(book: Book, sheet: Any, row: int, column: int, form: Form, item: Item, looks: Looks) -> None:
    """The coder's cells of one answer, with what the coder gave before."""
    given = form.filled.get(item.id, {})
    for k, field in enumerate(FIELDS):
        text = given.get(field, "")
        if field == "answer":
            text = answer_text(item, text)
        elif field == "state":
            text = "" if text == "answered" and given.get("answer") else STATE_LABELS.get(text, text)
        book.text(sheet, row, column + k, text, looks.day if field == "coded_on" else looks.entry)


def _field_rules(book: Book, sheet: Any, first: int, n_rows: int, columns: Mapping[str, int]) -> None:
    last = first + max(n_rows, 1) - 1
    rules: dict[str, dict[str, Any]] = {
        "state": {
            "validate": "list",
            "source": list(STATE_LABELS.values()),
            "input_title": FIELDS["state"],
            "input_message": message(_STATES),
        },
        "confidence": {
            "validate": "list",
            "source": list(CONFIDENCE),
        },
        "evidence": {
            "validate": "any",
            "input_title": FIELDS["evidence"],
            "input_message": message(_PASSAGES),
        },
        "coded_on": {
            "validate": "any",
            "input_title": FIELDS["coded_on"],
            "input_message": message("The day on which you read the page, as 2026-05-31."),
        },
    }
    for field, rule in rules.items():
        book.rule(sheet, first, columns[field], last, columns[field], **rule)


def _in_long(i: int, field: str) -> str:
    """The cell of an item's field; ``{3}`` stands for the row number of the fourth item in the same form."""
    return f"${xl_col_to_name(_ANSWER + list(FIELDS).index(field))}{{{i}}}"


def _colors_long(book: Book, sheet: Any, n_rows: int) -> None:
    last = FIRST + max(n_rows, 1) - 1
    check = f"${xl_col_to_name(_CHECK)}{FIRST + 1}"
    for text, color in _COLORS.items():
        for column in (_ANSWER + list(FIELDS).index(_COLORED[text]), _CHECK):
            options = {"type": "formula", "criteria": f'={check}="{text}"', "format": book.tint(color)}
            book.rule(sheet, FIRST, column, last, column, **options)


# A row a journal ----------------------------------------------------------------------------------------


def wide_heads(items: Sequence[Item]) -> Iterator[tuple[str, str]]:
    """Heading for people and key of each coder's column: ``data_fair``, ``data_fair.evidence``, …"""
    for item in items:
        for field, head in FIELDS.items():
            yield (
                (item.title if field == "answer" else head),
                (item.id if field == "answer" else f"{item.id}.{field}"),
            )


def coding_wide(book: Book, plan: Plan) -> None:
    heads = [("Journal", ""), ("", "journal_id"), *wide_heads(plan.items)]
    items, n = plan.items, len(FIELDS)
    sheet = sheet_of(book, CODING, [30, 10, *(list(_WIDTHS.values()) * len(items))])
    for column, (head, key) in enumerate(heads):
        dark = (column - 2) % n == 0 or column == 0
        book.text(sheet, 0, column, head, book.head if dark else book.subhead)
        book.text(sheet, 1, column, key, book.rows.key)
    sheet.set_row(0, 32)
    sheet.set_row(1, 12)
    sheet.freeze_panes(2, 1)
    sheet.repeat_rows(0)
    sheet.repeat_columns(0)
    for row, form in enumerate(plan.forms, start=2):
        title = short_title(form)
        book.text(sheet, row, 0, title, book.rows.strong)
        book.text(sheet, row, 1, form.id, book.rows.key)
        for i, item in enumerate(items):
            _entries(book, sheet, row, 2 + i * n, form, item, book.rows)
        tall = max(lines(title, 30), *(_given_lines(form, item) for item in items))
        sheet.set_row(row, height(tall, least=4, most=6))
    for i, item in enumerate(items):
        column = 2 + i * n
        cells = [(row, column) for row in range(2, 2 + len(plan.forms))]
        rule_of_answers(book, sheet, item, cells, with_question=True)
        _field_rules(book, sheet, 2, len(plan.forms), {f: column + k for k, f in enumerate(FIELDS)})
        _colors_wide(book, sheet, items, i, len(plan.forms))
    # an item a printed page: all items on one could not be read
    sheet.set_print_scale(68)
    sheet.set_v_pagebreaks([2 + i * n for i in range(1, len(items))])
    protect(sheet)


def _in_wide(i: int, field: str) -> str:
    """The cell of an item's field; ``{0}`` stands for the row number."""
    return f"${xl_col_to_name(2 + i * len(FIELDS) + list(FIELDS).index(field))}{{0}}"


def _colors_wide(book: Book, sheet: Any, items: Sequence[Item], i: int, n_rows: int) -> None:
    lacking = check_formula(items, i, _in_wide).format(3)
    for text, color in _COLORS.items():
        column = 2 + i * len(FIELDS) + list(FIELDS).index(_COLORED[text])
        options = {"type": "formula", "criteria": f'={lacking}="{text}"', "format": book.tint(color)}
        book.rule(sheet, 2, column, 1 + max(n_rows, 1), column, **options)


def checks_wide(book: Book, plan: Plan) -> None:
    """A hidden sheet with what each answer of the wide layout lacks, for the progress sheet."""
    sheet = book.sheet(CHECKS)
    sheet.very_hidden()
    formulas = [
        f"={check_formula(plan.items, i, lambda j, field: f'{CODING}!{_in_wide(j, field)}')}"
        for i in range(len(plan.items))
    ]
    for row, form in enumerate(plan.forms):
        for column, lacking in enumerate(check_values(plan.items, form)):
            sheet.write_formula(row, column, formulas[column].format(row + 3), None, lacking)
    sheet.protect()


def answer_cell(plan: Plan, entry: Again) -> str:
    """Where the answer stands that is to be read again."""
    form = [f.id for f in plan.forms].index(entry.form)
    item = [i.id for i in plan.items].index(entry.item)
    if plan.layout == "wide":
        return f"{xl_col_to_name(2 + item * len(FIELDS))}{form + 3}"
    return f"{xl_col_to_name(_ANSWER)}{FIRST + form * len(plan.items) + item + 1}"


# How far it is filled -----------------------------------------------------------------------------------


def progress(book: Book, plan: Plan) -> None:
    heads = ["Journal", "Publisher", "Answers missing", "Passages missing", "Against other answers"]
    sheet = sheet_of(book, PROGRESS, [52, 24, 12, 12, 14], landscape=False)
    header(book, sheet, heads)
    n, last = len(plan.items), 2 + len(plan.forms)
    strong = book.format(bold=True, bottom=1, bottom_color=HEAD, valign="vcenter")
    number = book.format(border=1, border_color=EDGE, align="right")
    edge = book.format(text_wrap=True, border=1, border_color=EDGE)
    totals = Counter[str]()
    for f, form in enumerate(plan.forms):
        row = f + 2
        title = short_title(form)
        book.text(sheet, row, 0, title, edge)
        book.text(sheet, row, 1, form.publisher, edge)
        found = Counter(check_values(plan.items, form))
        totals += found
        cells = _checks_of(plan, f)
        for k, text in enumerate(LACKS):
            sheet.write_formula(row, 2 + k, f'=COUNTIF({cells},"{text}")', number, found[text])
        sheet.set_row(row, height(max(lines(title, 52), lines(form.publisher, 24))))
    book.text(sheet, 1, 0, f"All, of {len(plan.forms) * n:,} answers", strong)
    book.text(sheet, 1, 1, "", strong)
    sheet.set_row(1, 20)
    for k, text in enumerate(LACKS):
        letter = xl_col_to_name(2 + k)
        sheet.write_formula(1, 2 + k, f"=SUM({letter}3:{letter}{max(last, 3)})", strong, totals[text])
        options = {"type": "cell", "criteria": ">", "value": 0, "format": book.tint(_COLORS[text])}
        book.rule(sheet, 1, 2 + k, last, 2 + k, **options)
    sheet.freeze_panes(2, 1)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _checks_of(plan: Plan, f: int) -> str:
    """The cells that say what the answers of a form lack."""
    n = len(plan.items)
    if plan.layout == "wide":
        return f"{CHECKS}!$A${f + 1}:${xl_col_to_name(n - 1)}${f + 1}"
    column = xl_col_to_name(_CHECK)
    return f"{CODING}!${column}${FIRST + f * n + 1}:${column}${FIRST + f * n + n}"
