"""The adjudication workbook: disagreements side by side, an adopted answer each."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from xlsxwriter.utility import xl_col_to_name

from rdpscore.codebook import Codebook, Item
from rdpscore.codebook.store import codebook_text
from rdpscore.coding.guide_sheet import GUIDE, guide, guide_rows
from rdpscore.coding.layout import (
    cut,
    height,
    lines,
    message,
)
from rdpscore.coding.passport import Passport, write_passport
from rdpscore.coding.sheet_plan import STATE_LABELS, answer_text
from rdpscore.coding.sheets import (
    header,
    lists,
    protect,
    rule_of_answers,
    sheet_of,
    topic,
    topic_width,
    welcome,
)
from rdpscore.coding.style import (
    EVIDENCE,
    LONGEST,
    MISSING,
    Book,
    units,
)
from rdpscore.survey import MODES, Survey, doubtful, marked_stale

ADJUDICATION = "Adjudication"
DECISION: Mapping[str, str] = {
    "answer": "Adopted answer",
    "reason": "Reason",
    "mode": "Mode",
    "adjudicated_by": "Adjudicator",
    "adjudicated_on": "Date",
    "note": "Note",
    "ruling": "Ruling for the guide",
}
"""Column of adjudications.csv → heading: what an adjudicator fills in; a ruling goes to decisions.csv."""


_WIDTHS = {
    "answer": 30,
    "reason": 18,
    "mode": 11,
    "adjudicated_by": 14,
    "adjudicated_on": 11,
    "note": 24,
    "ruling": 28,
}
_LINKED = 20_000
"""Rows that get a link to the guide."""


@dataclass(frozen=True)
class Case:
    """One journal and item to be adjudicated, with what each coder gave."""

    journal: str
    item: str
    title: str
    publisher: str
    given: tuple[Mapping[str, str], ...]


def open_cases(
    survey: Survey, carried: Mapping[tuple[str, str], Mapping[str, str]] | None = None
) -> list[Case]:
    """Disagreements without a valid adjudication, and items that a coder left unclear, by publisher and journal.

    An adjudication that a later change of the codings made stale is open again.

    Parameters
    ----------
    survey : Survey
    carried : mapping, optional
        (journal, item) → field → text of an earlier workbook: what it says and the survey does not is a case,
        whatever became of the disagreement.
    """
    resolved = survey.resolved
    settled = (survey.adopted_row >= 0) & ~marked_stale(survey)
    wanted = (resolved.disagreed | doubtful(survey)) & ~settled
    for journal, item in _unsaved(survey, carried or {}):
        wanted[survey.journal_ids.get_loc(journal), survey.codebook.item_ids.index(item)] = True
    journals = survey.journals.astype(object).where(survey.journals.notna(), "")
    order = journals.assign(_n=range(len(journals))).sort_values(["publisher", "title"], kind="stable")["_n"]
    answers = _answers(survey)
    cases = []
    for j in order:
        for i in np.flatnonzero(wanted[j]):
            item = survey.codebook.items[i].id
            row = journals.iloc[j]
            given = tuple(answers.get((row["journal_id"], item), ()))
            cases.append(Case(row["journal_id"], item, row["title"], row["publisher"], given))
    return cases


def _unsaved(
    survey: Survey, carried: Mapping[tuple[str, str], Mapping[str, str]]
) -> Iterator[tuple[str, str]]:
    """Journals and items of which an earlier workbook says something that the survey's tables do not."""
    table = survey.adjudications.astype(object)
    saved = {
        (str(r["journal_id"]), str(r["item"])): r for r in table.where(table.notna(), "").to_dict("records")
    }
    rulings = set()
    if survey.decisions is not None:
        rulings = set(zip(survey.decisions["item"], survey.decisions["ruling"], strict=True))
    for (journal, item), given in carried.items():
        row = saved.get((journal, item), {})
        fields = [f for f in DECISION if f != "ruling" and given.get(f) and given[f] != row.get(f)]
        unruled = given.get("ruling") and (item, given["ruling"]) not in rulings
        if fields or unruled:
            yield journal, item


def _answers(survey: Survey) -> dict[tuple[str, str], list[dict[str, str]]]:
    table = survey.codings[survey.codings["round"] == "main"].astype(object)
    fields = [
        f for f in ("coder", "answer", "state", "evidence", "source_url", "confidence", "note") if f in table
    ]
    out: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in table.where(table.notna(), "").to_dict("records"):
        out.setdefault((row["journal_id"], row["item"]), []).append({f: str(row[f]) for f in fields})
    return out


def adjudication_workbook(
    survey: Survey,
    cases: Sequence[Case],
    *,
    blind: bool = False,
    carried: Mapping[tuple[str, str], Mapping[str, str]] | None = None,
    name: str = "adjudication.xlsx",
) -> bytes:
    """The bytes of an adjudication workbook; equal for equal input.

    Parameters
    ----------
    survey : Survey
    cases : sequence of Case
        See `open_cases`.
    blind : bool
        Hide who gave which answer, and shuffle the order row by row.
    carried : mapping, optional
        (journal, item) → field → text of an earlier workbook, filled in again.
    name : str
        The file's name, for problems.
    """
    book = Book(name, footer=cut(f"{survey.meta.title}, adjudication", 100))
    codebook = survey.codebook
    n_coders = max((len(c.given) for c in cases), default=2)
    coder_heads = [
        h for k in range(n_coders) for h in (f"Coder {k + 1}", f"Answer {k + 1}", f"Passage {k + 1}")
    ]
    if blind:
        coder_heads = [h for h in coder_heads if not h.startswith("Coder ")]
    heads = ["Journal", "Topic", "Question", *coder_heads, *DECISION.values(), "journal_id", "item"]
    widths = [
        *(20, topic_width(codebook.items), 28),
        *(28 if h.startswith("Answer") else 36 if h.startswith("Passage") else 9 for h in coder_heads),
        *_WIDTHS.values(),
        *(10, 10),
    ]
    _welcome(book, survey, cases, blind)
    sheet = sheet_of(book, ADJUDICATION, widths, pages=2)
    header(book, sheet, heads, keys=2, frozen=2)
    sheet.repeat_columns(0, 1)
    first = 3 + len(coder_heads)
    by_item: dict[str, list[tuple[int, int]]] = {}
    places = guide_rows(survey) if len(cases) <= _LINKED else {}
    above = ""
    for row, case in enumerate(cases, start=1):
        item = codebook.item(case.item)
        looks = book.rows if case.journal == above else book.first_rows
        given = list(_given(case, item, blind, n_coders))
        book.text(sheet, row, 0, case.title, looks.faint if case.journal == above else looks.strong)
        if item.id in places:
            book.link(sheet, row, 1, topic(item), f"{GUIDE}!A{places[item.id] + 1}", looks.link)
        else:
            book.text(sheet, row, 1, topic(item), looks.fixed)
        for column, text in enumerate((item.question.strip(), *given), start=2):
            book.text(sheet, row, column, text, looks.fixed)
        earlier = (carried or {}).get((case.journal, case.item), {})
        for column, field in enumerate(DECISION, start=first):
            text = earlier.get(field, "")
            text = answer_text(item, text) if field == "answer" else text
            book.text(sheet, row, column, text, looks.day if field == "adjudicated_on" else looks.entry)
        book.text(sheet, row, len(heads) - 2, case.journal, looks.key)
        book.text(sheet, row, len(heads) - 1, case.item, looks.key)
        shown = (case.title, topic(item), item.question, *given)
        tall = max(lines(text, width) for text, width in zip(shown, widths[:first], strict=True))
        sheet.set_row(row, height(tall, least=4, most=16))
        by_item.setdefault(case.item, []).append((row, first))
        above = case.journal
    _rules(book, sheet, codebook, by_item, first, len(cases))
    sheet.autofilter(0, 0, max(len(cases), 1), len(heads) - 1)
    sheet.print_area(0, 0, max(len(cases), 1), len(heads) - 3)
    protect(sheet)
    guide(book, survey)
    lists(book, codebook.items)
    write_passport(book, _passport(survey, cases), codebook, codebook_text(codebook, survey.path))
    return book.finish()


def _welcome(book: Book, survey: Survey, cases: Sequence[Case], blind: bool) -> None:
    meta, codebook = survey.meta, survey.codebook
    journals = len({c.journal for c in cases})
    facts = {
        "To decide": f"{len(cases):,} {'case' if len(cases) == 1 else 'cases'} of {journals:,} "
        f"{'journal' if journals == 1 else 'journals'}: coders disagree, or one of them was in doubt",
        "Codebook": f"{codebook.title} ({codebook.id}, version {codebook.version}, coding hash "
        f"{codebook.hashes.coding})",
        "Questions to": meta.contact or "whoever sent you this file",
    }
    if blind:
        facts["Coders"] = "hidden; answers stand in a different order in each row"
    steps = [
        "Read the answers, the passages and, where they do not settle it, the pages themselves.",
        f"Choose the adopted answer: any option of the item, also one that no coder gave. The sheet {GUIDE} says when "
        "to choose which.",
        "Choose the reason why the coders differed, and the mode: consensus (the coders agreed after talking), "
        "third_coder, lead, or rule (a written rule decided).",
        "Put your name or initials under Adjudicator. Answer, reason and adjudicator are needed in each row that you "
        "begin.",
        "Where a case shows that the guide is unclear, write the ruling for the guide: later workbooks show it to all "
        "coders.",
        "Change only the pale yellow cells. Save as .xlsx and send the file back, finished or not.",
    ]
    colors = {
        MISSING: "blue: not decided yet",
        EVIDENCE: "sand: decided, but the reason or the adjudicator is missing",
    }
    welcome(
        book,
        meta.title,
        facts,
        ("How to adjudicate", steps),
        (f"Colours on the sheet {ADJUDICATION}", colors),
    )


def _given(case: Case, item: Item, blind: bool, n_coders: int) -> Iterator[str]:
    given = list(case.given)
    if blind:
        random.Random(f"{case.journal}/{case.item}").shuffle(given)
    for k in range(n_coders):
        entry = given[k] if k < len(given) else {}
        if not blind:
            yield entry.get("coder", "")
        answer = answer_text(item, entry.get("answer", ""))
        state = entry.get("state", "answered")
        yield answer if state in ("answered", "") else f"{answer} ({STATE_LABELS.get(state, state)})".strip()
        given_texts = (entry.get(f, "") for f in ("evidence", "source_url", "note"))
        text = "\n".join(t for t in given_texts if t)
        yield (
            text if units(text) <= LONGEST else f"{text[: LONGEST // 2]} … (cut: the rest is in codings.csv)"
        )


def _rules(
    book: Book,
    sheet: Any,
    codebook: Codebook,
    by_item: Mapping[str, list[tuple[int, int]]],
    first: int,
    n: int,
) -> None:
    for item_id, cells in by_item.items():
        rule_of_answers(book, sheet, codebook.item(item_id), cells)
    last, fields = max(n, 1), list(DECISION)
    reasons = [r.id for r in codebook.reasons]
    if reasons:
        hidden = book.sheet("Reasons")
        hidden.very_hidden()
        hidden.protect()
        for row, reason in enumerate(reasons):
            book.text(hidden, row, 0, reason)
        book.name_range("reasons_", f"Reasons!$A$1:$A${len(reasons)}")
        column = first + fields.index("reason")
        titles = "; ".join(f"{r.id}: {r.title}" for r in codebook.reasons)
        book.rule(
            sheet,
            1,
            column,
            last,
            column,
            validate="list",
            source="=reasons_",
            input_title="Why they differed",
            input_message=message(titles),
        )
    column = first + fields.index("mode")
    book.rule(
        sheet,
        1,
        column,
        last,
        column,
        validate="list",
        source=[m for m in MODES if m != "unrecorded"],
        input_title="How it was decided",
        input_message=message(
            "consensus: the coders agreed after talking. third_coder: another coder decided. lead: the lead decided. "
            "rule: a written rule decided."
        ),
    )
    answer = f"${xl_col_to_name(first)}2"
    tests = {"answer": (f'{answer}=""', MISSING)}
    for field in ("reason", "adjudicated_by"):
        tests[field] = (f'AND({answer}<>"",${xl_col_to_name(first + fields.index(field))}2="")', EVIDENCE)
    for field, (test, color) in tests.items():
        column = first + fields.index(field)
        options = {"type": "formula", "criteria": f"={test}", "format": book.tint(color)}
        book.rule(sheet, 1, column, last, column, **options)


def _passport(survey: Survey, cases: Sequence[Case]) -> Passport:
    ids = dict.fromkeys(c.journal for c in cases)
    facts = {c.journal: [c.title, c.publisher] for c in cases}
    return Passport(
        kind="adjudication",
        survey=survey.meta.id,
        title=survey.meta.title,
        coding_hash=survey.codebook.hashes.coding,
        forms={f"{c.journal}/{c.item}": [c.journal, c.item] for c in cases},
        journals={j: facts[j] for j in ids},
    )
