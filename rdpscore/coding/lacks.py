"""What an answer still lacks, as a formula of the coder's cells and as the value that the formula has.

A formula compares with the hidden lists and holds no label: a text in a formula has 255 characters at most.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from rdpscore.codebook import Item
from rdpscore.coding.sheet_plan import STATE_LABELS, Form
from rdpscore.coding.sheets import known_name

UNANSWERED, NO_PASSAGE, CONTRADICTS = "answer missing", "passage missing", "does not apply"
LACKS = (UNANSWERED, NO_PASSAGE, CONTRADICTS)
_LONGEST = 3_000

Where = Callable[[int, str], str]
"""Position of an item and field (answer, state, evidence) → reference of the cell."""


def check_formula(items: Sequence[Item], i: int, where: Where) -> str:
    """One of `LACKS`, or nothing, of an item's answer; without the leading ``=``."""
    item = items[i]
    answer, state, passage = (where(i, f) for f in ("answer", "state", "evidence"))
    excluded = _excluded(items, i, where)
    if len(excluded) > _LONGEST:
        excluded = _excluded(items, i, where, deep=False)
    lowest = _is(item, 0, answer) if item.closed else "FALSE"
    missing = '""'
    if item.closed:
        gone = ",".join(f'{state}="{s}"' for s in (STATE_LABELS["not_reachable"], "not_reachable"))
        missing = f'IF(OR({gone},{excluded}),"","{UNANSWERED}")'
    need = {"required": "TRUE", "if_found": f"NOT({lowest})", "optional": "FALSE"}[item.evidence]
    present = f'IF(AND({need},{passage}=""),"{NO_PASSAGE}","")'
    if excluded != "FALSE":
        present = f'IF(AND({excluded},NOT({lowest})),"{CONTRADICTS}",{present})'
    return f'IF({answer}="",{missing},{present})'


def _is(item: Item, position: int, answer: str) -> str:
    """TRUE where a cell holds an option, chosen from the list or typed as its code or label."""
    return f'SUMPRODUCT(--(INDEX({known_name(item)},{position + 1},0)={answer}&""))>0'


def _excluded(items: Sequence[Item], i: int, where: Where, *, deep: bool = True) -> str:
    """TRUE where a condition of the item is answered otherwise, or is blank because it does not apply itself."""
    tests = []
    for other, allowed in items[i].applies_if.items():
        j = next(k for k, entry in enumerate(items) if entry.id == other)
        above = _excluded(items, j, where) if deep else "FALSE"
        otherwise = "FALSE"
        if items[j].closed:
            same = ",".join(_is(items[j], items[j].codes.index(c), where(j, "answer")) for c in allowed)
            otherwise = f"NOT(OR({same}))"
        if (otherwise, above) != ("FALSE", "FALSE"):
            tests.append(f'IF({where(j, "answer")}="",{above},{otherwise})')
    return f"OR({','.join(tests)})" if tests else "FALSE"


def check_values(items: Sequence[Item], form: Form) -> list[str]:
    """What the formulas of a form's answers give, for programs that do not compute on opening."""
    excluded: dict[str, bool] = {}
    closed = {item.id: item.closed for item in items}
    out = []
    for item in items:  # conditions stand before the items that depend on them
        excluded[item.id] = any(
            closed[other] and given not in allowed
            if (given := form.filled.get(other, {}).get("answer", ""))
            else excluded[other]
            for other, allowed in item.applies_if.items()
        )
        out.append(_check_value(item, form, excluded[item.id]))
    return out


def _check_value(item: Item, form: Form, excluded: bool) -> str:
    given = form.filled.get(item.id, {})
    answer = given.get("answer", "")
    if not answer:
        done = excluded or not item.closed or given.get("state") == "not_reachable"
        return "" if done else UNANSWERED
    low = item.closed and answer == item.codes[0]
    if excluded and not low:
        return CONTRADICTS
    need = item.evidence == "required" or (item.evidence == "if_found" and not low)
    return NO_PASSAGE if need and not given.get("evidence") else ""
