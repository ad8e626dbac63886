"""rdpscore's rules row by row: a strict pydantic model for each row, and dicts for what spans rows.

It takes rows as `csv.DictReader` would give them, blank cells as None, and returns for each kind of problem
the list of its findings. The look-ups (journals, items, options, reasons) are the dicts and sets that a
Python programmer would build first. It writes no sentences and suggests no names.
"""

from __future__ import annotations

import datetime
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import PydanticCustomError
from rapidfuzz.distance import OSA

from rdpscore.codebook import Codebook

Row = Mapping[str, str | None]
Findings = dict[str, list[Any]]
LATEST = datetime.date.today() + datetime.timedelta(days=1)


# One row ------------------------------------------------------------------------------------------------


def known_journal(value: str, info: ValidationInfo) -> str:
    if value not in info.context["journals"]:
        raise PydanticCustomError("unknown_journal", "not in journals.csv")
    return value


def known_item(value: str, info: ValidationInfo) -> str:
    if value not in info.context["options"]:
        raise PydanticCustomError("unknown_item", "not in the codebook")
    return value


def an_option(value: str | None, info: ValidationInfo) -> str | None:
    item = info.data.get("item")
    if value is None or item is None:
        return value
    options = info.context["options"][item]
    if options is not None and value not in options:
        wanted = value.strip().casefold()
        own, near = info.context["texts"][item]
        raise PydanticCustomError(
            "shifted_answer" if wanted in near and wanted not in own else "unknown_option", "no option"
        )
    return value


def known_reason(value: str | None, info: ValidationInfo) -> str | None:
    if value is not None and value not in info.context["reasons"]:
        raise PydanticCustomError("unknown_reason", "not in the codebook")
    return value


def known_policy(value: str | None, info: ValidationInfo) -> str | None:
    if value is not None and value not in info.context["policies"]:
        raise PydanticCustomError("unknown_policy", "not in policies.csv")
    return value


def web_address(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        parts = urlsplit(value)
        right = parts.scheme in ("http", "https") and "." in (parts.hostname or "").strip(".")
    except ValueError:
        right = False
    if not right or re.search(r"\s", value):
        raise PydanticCustomError("bad_url", "no web address")
    return value


def day_that_has_been(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        day = datetime.date.fromisoformat(value)
    except ValueError:
        day = datetime.date.max
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", value) or not datetime.date(1990, 1, 1) <= day <= LATEST:
        raise PydanticCustomError("bad_date", "no date")
    return value


def issn(value: str | None) -> str | None:
    if value is None:
        return None
    digits = value.replace("-", "")
    if re.fullmatch(r"\d{4}-\d{3}[\dX]", value):
        total = sum(int(d) * w for d, w in zip(digits[:7], range(8, 1, -1), strict=True))
        if (total + (10 if digits[7] == "X" else int(digits[7]))) % 11 == 0:
            return value
    raise PydanticCustomError("impossible_attribute", "no ISSN")


def not_negative(value: str | None) -> str | None:
    if value is None:
        return None
    try:
        number = float(value)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise PydanticCustomError("impossible_attribute", "no number")
    return value


def truth(value: str | None) -> str | None:
    if value is not None and value.casefold() not in ("true", "false"):
        raise PydanticCustomError("impossible_attribute", "neither true nor false")
    return value


JournalId = Annotated[str, AfterValidator(known_journal)]
ItemId = Annotated[str, AfterValidator(known_item)]
Answer = Annotated[str | None, AfterValidator(an_option)]
Url = Annotated[str | None, AfterValidator(web_address)]
Date = Annotated[str | None, AfterValidator(day_that_has_been)]


class Strict(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)


class Journal(Strict):
    journal_id: str
    title: str | None
    publisher: str
    issn_l: Annotated[str | None, AfterValidator(issn)] = None
    policy_id: Annotated[str | None, AfterValidator(known_policy)] = None
    access_model: Literal["open_access", "hybrid", "subscription"] | None = None
    society_publisher: Annotated[str | None, AfterValidator(truth)] = None
    impact: Annotated[str | None, AfterValidator(not_negative)] = None


class Coding(Strict):
    journal_id: JournalId
    coder: str
    round: str
    item: ItemId
    answer: Answer
    state: Literal["answered", "unclear", "to_discuss", "not_reachable"] | None
    evidence: str | None = None
    source_url: Url = None
    coded_on: Date = None
    note: str | None = None
    reading_id: str | None = None


class Adjudication(Strict):
    journal_id: JournalId
    item: ItemId
    answer: Answer
    reason: Annotated[str | None, AfterValidator(known_reason)] = None
    mode: Literal["consensus", "third_coder", "lead", "rule", "unrecorded"] | None = None
    adjudicated_by: str | None = None
    adjudicated_on: Date = None
    note: str | None = None


class Policy(Strict):
    policy_id: str
    url: Url = None
    retrieved_on: Date = None
    archive_url: Url = None


class Assignment(Strict):
    journal_id: JournalId
    coder: str
    round: str


MODELS: dict[str, tuple[type[Strict], tuple[str, ...]]] = {
    "journals": (Journal, ("journal_id",)),
    "codings": (Coding, ("journal_id", "coder", "round", "item")),
    "adjudications": (Adjudication, ("journal_id", "item")),
    "policies": (Policy, ("policy_id",)),
    "assignments": (Assignment, ("journal_id", "coder", "round")),
}
BUILT_IN = {
    ("string_type", "publisher"): "missing_publisher",
    ("literal_error", "access_model"): "impossible_attribute",
    ("literal_error", "state"): "unknown_state",
    ("literal_error", "mode"): "unknown_mode",
}


def check(tables: Mapping[str, Sequence[Row]], codebook: Codebook) -> Findings:
    """All findings: kind of problem → what and where."""
    found: Findings = defaultdict(list)
    context = lookups(tables, codebook)
    for name, (model, key) in MODELS.items():
        seen: dict[tuple[str | None, ...], int] = {}
        for row, cells in enumerate(tables.get(name, ()), start=2):
            try:
                model.model_validate(cells, context=context)
            except ValidationError as error:
                for entry in error.errors(include_url=False):
                    column = entry["loc"][0]
                    kind = BUILT_IN.get((entry["type"], column), entry["type"])
                    found["blank_key" if kind == "string_type" else kind].append((name, row, column))
            values = tuple([cells[c] for c in key])
            if None not in values and seen.setdefault(values, row) != row:
                found["duplicate_key"].append((name, row, seen[values]))
    similar_titles(tables["journals"], found)
    across_rows(tables, codebook, context, found)
    return found


def lookups(tables: Mapping[str, Sequence[Row]], codebook: Codebook) -> dict[str, Any]:
    around: dict[str, list[Any]] = {i.id: [] for i in codebook.items}
    for one, other in pairwise(codebook.items):
        around[one.id].append(other)
        around[other.id].append(one)

    def positions(codes: Sequence[str]) -> dict[str, int]:
        return {code: k for k, code in enumerate(codes)}

    def texts(items: Sequence[Any]) -> set[str]:
        return {t.casefold() for i in items for o in i.options for t in (o.code, o.label)}

    return {
        "journals": {r["journal_id"] for r in tables["journals"]} - {None},
        "policies": {r["policy_id"] for r in tables.get("policies", ())},
        "options": {i.id: positions(i.codes) if i.closed else None for i in codebook.items},
        "texts": {i.id: (texts([i]), texts(around[i.id])) for i in codebook.items},
        "reasons": {r.id for r in codebook.reasons},
    }


# Several rows -------------------------------------------------------------------------------------------


def title_words(title: str) -> list[str]:
    title = title.replace("&", " and ")
    if not title.isascii():
        title = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    words = re.findall(r"[^\W_]+", title.casefold())
    return words[1:] if len(words) > 1 and words[0] == "the" else words


def similar_titles(journals: Sequence[Row], found: Findings) -> None:
    """Titles equal once normalised, or one slip apart in a word of six letters and more."""
    first: dict[str, int] = {}
    shortened: dict[str, list[int]] = {}
    titles: dict[int, str] = {}
    for row, cells in enumerate(journals, start=2):
        words = title_words(cells["title"] or "")
        whole = "".join(words)
        if not whole:
            continue
        if first.setdefault(whole, row) != row:
            found["similar_titles"].append((first[whole], row))
            continue
        titles[row] = whole
        forms = {whole}
        start = 0
        for word in words:
            if len(word) >= 6:
                for i in range(start, start + len(word)):
                    if not "0" <= whole[i] <= "9":
                        forms.add(whole[:i] + whole[i + 1 :])
            start += len(word)
        for form in forms:
            shortened.setdefault(form, []).append(row)
    pairs = {p for rows in shortened.values() if len(rows) > 1 for p in combinations(sorted(set(rows)), 2)}
    found["similar_titles"] += [(a, b) for a, b in pairs if OSA.distance(titles[a], titles[b]) == 1]


def across_rows(
    tables: Mapping[str, Sequence[Row]], codebook: Codebook, context: dict[str, Any], found: Findings
) -> None:
    journals, options = context["journals"], context["options"]
    items = codebook.items
    ids = set(codebook.item_ids)
    records: dict[tuple[str, str, str], dict[str, int | None]] = {}
    readings: dict[tuple[str, str, str], str | None] = {}
    for row, cells in enumerate(tables["codings"], start=2):
        journal, coder, round_, item = cells["journal_id"], cells["coder"], cells["round"], cells["item"]
        if item in ids:
            position = place(cells["answer"], options[item])
            if position is not None and cells["evidence"] is None and position >= least(codebook, item):
                found["missing_evidence"].append(row)
        if journal is None or coder is None or round_ is None:
            continue
        key = (journal, coder, round_)
        if key not in records:
            records[key] = {}
            readings[key] = cells["reading_id"]
        if item in ids:
            records[key][item] = position

    for row, cells in enumerate(tables.get("assignments", ()), start=2):
        key = (cells["journal_id"], cells["coder"], cells["round"])
        if cells["journal_id"] in journals and key not in records:
            found["missing_record"].append(row)

    by_journal: dict[str, list[tuple[str, str, str]]] = defaultdict(list)
    for key, answers in records.items():
        if key[0] not in journals:
            continue
        if key[2] == "main":
            by_journal[key[0]].append(key)
        applies = applicable(codebook, answers)
        for item in items:
            if item.closed and answers.get(item.id) is None and applies[item.id]:
                found["missing_answer"].append((*key, item.id))
        if any(above(i, answers.get(i.id)) and not applies[i.id] for i in items):
            found["against_applies_if"].append(key)

    adopted: dict[tuple[str, str], tuple[int | None, Row]] = {}
    for row, cells in enumerate(tables["adjudications"], start=2):
        journal, item = cells["journal_id"], cells["item"]
        if cells["answer"] is None and journal is not None and item is not None:
            found["blank_adjudication"].append(row)
        if journal in journals and item in ids:
            adopted[journal, item] = (place(cells["answer"], options[item]), cells)

    sets: dict[tuple[Any, ...], list[str]] = defaultdict(list)
    explained: dict[tuple[Any, ...], set[tuple[Any, ...]]] = defaultdict(set)
    publisher = {r["journal_id"]: r["publisher"] for r in reversed(tables["journals"])}
    for journal in publisher:
        if journal is None:
            continue
        keys = by_journal.get(journal, [])
        coded = {i.id: given(records, keys, i.id) for i in items}
        if not keys and not any((adopted.get((journal, i.id)) or (None,))[0] is not None for i in items):
            found["missing_journal"].append(journal)
        if len(keys) == 1:
            found["single_coded"].append(journal)
        resolved: dict[str, int | None] = {}
        anything = any(coded.values())
        for item in items:
            answers_given = coded[item.id]
            choice, cells = adopted.get((journal, item.id), (None, None))
            if len(set(answers_given)) > 1 and cells is None:
                found["unresolved_disagreement"].append((journal, item.id))
            if choice is not None and choice >= 0:
                resolved[item.id] = choice
                if item.closed and cells is not None:
                    judge(choice, cells, answers_given, anything, found)
            elif answers_given and len(set(answers_given)) == 1:
                resolved[item.id] = answers_given[0]
            else:
                resolved[item.id] = None
        applies = applicable(codebook, resolved)
        if any(above(i, resolved[i.id]) and not applies[i.id] for i in items):
            found["adopted_against_applies_if"].append(journal)
        if len(keys) >= 2 and publisher[journal] is not None:
            pattern = tuple(sorted(tuple([none_first(records[k].get(i.id)) for i in items]) for k in keys))
            group = (publisher[journal], pattern)
            sets[group].append(journal)
            explained[group].add(tuple(sorted(readings[k] or "#".join(k) for k in keys)))
    found["possibly_one_reading"] += [g for g, js in sets.items() if len(js) > 1 and len(explained[g]) > 1]


def place(answer: str | None, options: dict[str, int] | None) -> int | None:
    if answer is None:
        return None
    return 0 if options is None else options.get(answer, -2)


def least(codebook: Codebook, item_id: str) -> int:
    item = codebook.item(item_id)
    if item.evidence == "optional":
        return 10_000
    return 1 if item.evidence == "if_found" and item.closed else 0


def none_first(position: int | None) -> int:
    return -1 if position is None else position


def above(item: Any, position: int | None) -> bool:
    return position is not None and position > (0 if item.closed else -1)


def applicable(codebook: Codebook, answers: Mapping[str, int | None]) -> dict[str, bool]:
    out: dict[str, bool] = {}
    for item in codebook.items:
        out[item.id] = True
        for other, allowed in item.applies_if.items():
            position = answers.get(other)
            if position is None or position < 0:
                out[item.id] &= out[other]
            else:
                out[item.id] &= codebook.item(other).codes[position] in allowed
    return out


def given(records: Mapping[Any, Mapping[str, int | None]], keys: Sequence[Any], item: str) -> list[int]:
    found = [records[k].get(item) for k in keys]
    return [p for p in found if p is not None and p >= 0]


def judge(choice: int, cells: Row, answers: list[int], coded: bool, found: Findings) -> None:
    where = (cells["journal_id"], cells["item"])
    if not answers:
        if coded:
            found["adjudication_without_codings"].append(where)
    elif len(answers) >= 2 and len(set(answers)) == 1:
        wording = cells["reason"] == "wording" and choice == answers[0]
        found["wording_adjudication" if wording else "stale_adjudication"].append(where)
    elif choice not in answers:
        found["novel_adjudication"].append(where)
