"""The coder's workbook: welcome, what to read again, search, coding, guide, progress."""

from __future__ import annotations

from typing import Any

from rdpscore.codebook.store import codebook_text
from rdpscore.coding.coding_sheet import (
    CODING,
    LINKED,
    PROGRESS,
    answer_cell,
    checks_wide,
    coding_long,
    coding_wide,
    progress,
    short_title,
)
from rdpscore.coding.guide_sheet import GUIDE, guide
from rdpscore.coding.layout import (
    cut,
    height,
    lines,
    message,
)
from rdpscore.coding.passport import Passport, write_passport
from rdpscore.coding.sheet_plan import SEARCH_FIELDS, Plan
from rdpscore.coding.sheets import (
    header,
    lists,
    protect,
    sheet_of,
    topic,
    topic_width,
    welcome,
)
from rdpscore.coding.style import (
    AGAINST,
    EVIDENCE,
    MISSING,
    UNKNOWN,
    Book,
)

SEARCH, AGAIN = "Search", "Read again"
_WHY = {"read_again": "answer anew", "review": "does the answer still hold?"}
_TITLES = 1_500
"""Characters of the titles of a form's journals."""


def coder_workbook(plan: Plan, name: str = "workbook") -> bytes:
    """The bytes of a coder's workbook; equal for equal input.

    It holds this coder's own answers and nobody else's.

    Parameters
    ----------
    plan : Plan
    name : str
        The file's name, for problems.

    Raises
    ------
    InvalidInput
        A text cannot be held by a cell.
    """
    book = Book(name, footer=cut(f"{plan.survey.meta.title}, coder {plan.coder}", 100))
    _welcome(book, plan)
    if plan.again:
        _read_again(book, plan)
    _search(book, plan)
    if plan.layout == "long":
        coding_long(book, plan)
    else:
        coding_wide(book, plan)
    guide(book, plan.survey)
    progress(book, plan)
    lists(book, plan.items)
    if plan.layout == "wide":
        checks_wide(book, plan)
    write_passport(
        book, passport(plan), plan.survey.codebook, codebook_text(plan.survey.codebook, plan.survey.path)
    )
    return book.finish()


def passport(plan: Plan) -> Passport:
    """What the workbook knows of itself."""
    facts = (
        plan.survey.journals.astype(object).where(plan.survey.journals.notna(), "").set_index("journal_id")
    )
    ids = [j for form in plan.forms for j in form.journals]
    return Passport(
        kind="coder",
        survey=plan.survey.meta.id,
        title=plan.survey.meta.title,
        coder=plan.coder,
        round=plan.round,
        layout=plan.layout,
        coding_hash=plan.survey.codebook.hashes.coding,
        not_recorded=plan.survey.meta.not_recorded,
        forms={form.id: list(form.journals) for form in plan.forms},
        journals={j: [str(facts.at[j, "title"]), str(facts.at[j, "publisher"])] for j in ids},
    )


def _welcome(book: Book, plan: Plan) -> None:
    meta, codebook = plan.survey.meta, plan.survey.codebook
    n, several = len(plan.forms), any(len(f.journals) > 1 for f in plan.forms)
    forms = (
        f"{n:,} {'form' if n == 1 else 'forms'}"
        if several
        else f"{n:,} {'journal' if n == 1 else 'journals'}"
    )
    if several:
        forms += f" for {sum(len(f.journals) for f in plan.forms):,} journals"
    facts = {
        "Coder": f"{plan.coder}, {plan.round} round",
        "To code": f"{forms}, {len(plan.items)} items each",
        "Codebook": f"{codebook.title} ({codebook.id}, version {codebook.version}, coding hash "
        f"{codebook.hashes.coding})",
        "Questions to": meta.contact or "whoever sent you this file",
    }
    shared = (
        " A form for several journals is read once and counts for each of them; where one of them differs, tell the "
        "lead before you code it."
        if several
        else ""
    )
    rows = "in each row" if plan.layout == "long" else "in each dark-headed column"
    start = (
        f"The codebook changed. Read again what the sheet {AGAIN} lists; your other answers stand, and are here "
        "for you to see. Clear the state of an answer that is clear now. "
        if plan.again
        else ""
    )
    steps = [
        "Code alone. Do not talk about a journal with its other coder before both of you are done.",
        f"Open the policy pages of the journal and of its publisher, and list them on the sheet {SEARCH}: that list "
        f"is the evidence for every answer that says that something is not mentioned.{shared}",
        f"{start}On the sheet {CODING}, choose an answer {rows}. The sheet {GUIDE} says when to choose which; its "
        f"topics are linked from {CODING}.",
        "Copy the passage that decides, and the address of its page, beside the answer. The guide says which answers "
        "need one. Open the cell before you paste (F2, or a double click): otherwise a text of several paragraphs "
        "fills the cells below, too.",
        "Not sure? Choose the best answer, set the state to unclear or to discuss, and say why in the note. Page gone? "
        "Set the state to not reachable.",
        f"Change only the pale yellow cells. The sheet {PROGRESS} counts what is missing. Save as .xlsx and send the "
        "file back, finished or not.",
    ]
    colors = {
        MISSING: "blue: no answer yet",
        EVIDENCE: "sand: the passage is missing",
        AGAINST: "lilac: answered, but by your other answers the item does not apply",
        UNKNOWN: "salmon: none of the item's answers; choose one of the list, or type its code",
    }
    welcome(book, meta.title, facts, ("How to code", steps), (f"Colours on the sheet {CODING}", colors))


def _read_again(book: Book, plan: Plan) -> None:
    """What the change of the codebook asks for, each line with a link to its cell."""
    heads = ["Journal or policy", "Topic", "Question", "Answer before", "What to do"]
    widths = [46, topic_width(plan.items), 60, 15, 26]
    sheet = sheet_of(book, AGAIN, widths)
    header(book, sheet, heads)
    titles = {form.id: short_title(form) for form in plan.forms}
    for row, entry in enumerate(plan.again, start=1):
        item, title = plan.survey.codebook.item(entry.item), titles[entry.form]
        book.text(sheet, row, 0, title, book.rows.strong)
        if row <= LINKED:
            book.link(sheet, row, 1, topic(item), f"{CODING}!{answer_cell(plan, entry)}", book.rows.link)
        else:
            book.text(sheet, row, 1, topic(item), book.rows.fixed)
        for column, text in enumerate((item.question.strip(), entry.was, _WHY[entry.why]), start=2):
            book.text(sheet, row, column, text, book.rows.fixed)
        sheet.set_row(row, height(max(lines(title, widths[0]), lines(item.question, widths[2]))))
    sheet.autofilter(0, 0, len(plan.again), len(heads) - 1)
    protect(sheet)


def _search(book: Book, plan: Plan) -> None:
    heads = ["Journal or policy", "Publisher", *SEARCH_FIELDS.values(), "form"]
    widths = [46, 20, 62, 11, 12, 13, 36, 14]
    sheet = sheet_of(book, SEARCH, widths)
    header(book, sheet, heads, keys=1)
    titles = plan.survey.journals.set_index("journal_id")["title"].to_dict()
    for row, form in enumerate(plan.forms, start=1):
        title = form.title
        if len(form.journals) > 1:  # all of them, as far as a row can show them
            names = "; ".join(str(titles[j]) for j in form.journals)
            title = f"{len(form.journals)} journals of policy {form.policy}: {cut(names, _TITLES)}"
        book.text(sheet, row, 0, title, book.rows.strong)
        book.text(sheet, row, 1, form.publisher, book.rows.fixed)
        for column, field in enumerate(SEARCH_FIELDS, start=2):
            sheet.write_blank(row, column, None, book.rows.day if field == "searched_on" else book.rows.entry)
        book.text(sheet, row, len(heads) - 1, form.id, book.rows.key)
        sheet.set_row(row, height(lines(title, widths[0]), least=4))
    last = max(len(plan.forms), 1)
    rules: dict[str, dict[str, Any]] = {
        "pages": {
            "validate": "any",
            "input_title": SEARCH_FIELDS["pages"],
            "input_message": "Addresses of all pages that you read for this policy, one a line (Alt+Enter; in "
            "LibreOffice Ctrl+Enter).",
        },
        "searched_on": {
            "validate": "any",
            "input_title": SEARCH_FIELDS["searched_on"],
            "input_message": "The day on which you searched, as 2026-05-31.",
        },
        "language": {
            "validate": "any",
            "input_title": SEARCH_FIELDS["language"],
            "input_message": "Language of the pages, if it is not English.",
        },
        "not_reachable": {
            "validate": "list",
            "source": ["yes", "no"],
            "input_title": SEARCH_FIELDS["not_reachable"],
            "input_message": "yes: pages that you looked for could not be opened.",
        },
    }
    for field, rule in rules.items():
        column = list(SEARCH_FIELDS).index(field) + 2
        box = message(rule.pop("input_message"))
        book.rule(sheet, 1, column, last, column, **rule, input_message=box)
    sheet.autofilter(0, 0, last, len(heads) - 1)
    sheet.print_area(0, 0, last, len(heads) - 2)
    protect(sheet)
