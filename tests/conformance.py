"""The conformance survey of ``tests/data/conformance``: its folder, what its cells are, and what is expected of it.

Nothing here asks rdpscore what the tables say: the expectations are read from Markdown that a person wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml
from tables import rows, write_survey

DATA = Path(__file__).parent / "data" / "conformance"
SURVEY_YAML = """\
format: 1
id: conformance
title: The conformance survey
read_on: 2026-03-02 to 2026-04-17
codebook: {id: conformance, version: "1"}
"""
KEY = ("journal_id", "coder", "round")
STATE = re.compile(r"(?P<answer>[^~^]*?)\s*(~(?P<state>\w+))?\s*(?P<bare>\^)?")


@cache
def section(name: str, title: str) -> list[dict[str, str]]:
    """The table under a heading of a Markdown file."""
    text = (DATA / name).read_text(encoding="utf-8").split(f"\n## {title}\n", 1)[1].split("\n## ", 1)[0]
    head, *body = rows("\n".join(line for line in text.splitlines() if line.startswith("|")))
    return [dict(zip(head, row, strict=True)) for row in body]


def journals() -> list[dict[str, str]]:
    return section("survey.md", "Journals")


def adjudicated() -> dict[tuple[str, str], str]:
    """(journal, item) → the adopted answer."""
    return {(r["journal_id"], r["item"]): r["answer"] for r in section("survey.md", "Adjudications")}


@cache
def items() -> dict[str, dict[str, Any]]:
    """Item → its entry in the codebook."""
    return {i["id"]: i for i in yaml.safe_load((DATA / "codebook.yaml").read_text("utf-8"))["items"]}


@cache
def codings() -> list[dict[str, str]]:
    """One row a coding: the wide table of the file, unfolded."""
    out = []
    for row in section("survey.md", "Codings"):
        for item in items():
            found = STATE.fullmatch(row[item])
            assert found is not None, row[item]
            if not row[item]:
                continue
            answer = found["answer"]
            passage = (
                "" if found["bare"] or not answer else f"{row['coder']} on {item} of {row['journal_id']}"
            )
            out.append(
                {k: row[k] for k in KEY}
                | {"item": item, "answer": answer, "state": found["state"] or "", "evidence": passage}
            )
    return out


def write(folder: Path) -> Path:
    """The survey as a folder."""

    def table(found: list[dict[str, str]]) -> str:
        lines = [list(found[0]), ["-"] * len(found[0]), *(r.values() for r in found)]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    return write_survey(
        folder, (DATA / "codebook.yaml").read_text(encoding="utf-8"), SURVEY_YAML,
        journals=table(journals()), codings=table(codings()),
        adjudications=table(section("survey.md", "Adjudications")),
    )  # fmt: skip


# What a cell is -----------------------------------------------------------------------------------------

FACTORS: Mapping[str, tuple[str, ...]] = {
    "kind": ("nominal", "ordinal", "multiple", "open"),
    "condition": ("none", "met", "not met", "not known"),
    "evidence": ("required", "if_found", "optional"),
    "state": ("answered", "unclear", "to_discuss", "not_reachable", "no coding"),
    "coders": ("0", "1", "2", "3"),
    "alike": ("alike", "differ", "fewer than two"),
    "adjudicated": ("adjudicated", "not adjudicated"),
    "publisher": ("named", "blank"),
    "policy": ("shared", "own", "not recorded"),
    "issn": ("there", "absent"),
}
"""What a cell of a journal and an item can be."""


def cell(journal: dict[str, str], item: dict[str, Any]) -> dict[str, str]:
    """Factor → level of one journal and item."""
    own = [
        c
        for c in codings()
        if (c["journal_id"], c["item"], c["round"]) == (journal["journal_id"], item["id"], "main")
    ]
    said = {same(item, c["answer"]) for c in own if c["answer"]}
    n = sum(bool(c["answer"]) for c in own)
    policies = [j["policy_id"] for j in journals()]
    states = [c["state"] for c in own if c["state"]]
    return {
        "kind": item.get("level") or item["kind"],
        "condition": _condition(journal["journal_id"], item),
        "evidence": item["evidence"],
        "state": states[0] if states else "answered" if own else "no coding",
        "coders": str(n),
        "alike": "fewer than two" if n < 2 else "alike" if len(said) == 1 else "differ",
        "adjudicated": "adjudicated"
        if (journal["journal_id"], item["id"]) in adjudicated()
        else "not adjudicated",
        "publisher": "named" if journal["publisher"] else "blank",
        "policy": "not recorded"
        if not journal["policy_id"]
        else "shared"
        if policies.count(journal["policy_id"]) > 1
        else "own",
        "issn": "there" if journal["issn_l"] else "absent",
    }


def same(item: dict[str, Any], answer: str) -> object:
    """Equal for answers that say the same."""
    return frozenset(answer.split(";")) if item.get("kind") == "multiple" else answer


def _condition(journal: str, item: dict[str, Any]) -> str:
    if "applies_if" not in item:
        return "none"
    ((other, allowed),) = item["applies_if"].items()
    found = answers()[journal, other].answer
    return "not known" if found is None else "met" if found in allowed else "not met"


def pairs() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Every pair of levels of two factors."""
    for (f, one), (g, other) in combinations(FACTORS.items(), 2):
        yield from (((f, a), (g, b)) for a in one for b in other)


# What is expected ---------------------------------------------------------------------------------------

MARKS = {"=": "agreed", "+": "adjudicated", "1": "single", "c": "consensus_only", "": "none"}


@dataclass(frozen=True)
class Expected:
    """What counts for a journal and item."""

    answer: str | None
    resolved_by: str
    differed: bool


@cache
def answers() -> dict[tuple[str, str], Expected]:
    """(journal, item) → what is expected, as the file has it: ``yes =``, ``dryad;osf + ≠``, ``≠``, ``–``."""
    out = {}
    for row in section("expected.md", "Answers"):
        for item in items():
            words = row[item].replace("–", "").split()
            differed = "≠" in words
            words = [w for w in words if w != "≠"]
            *answer, mark = words or [""]
            out[row["journal_id"], item] = Expected(" ".join(answer) or None, MARKS[mark], differed)
    return out


@dataclass(frozen=True)
class Row:
    """What is expected of a journal."""

    journal: dict[str, str]
    score: float | None
    low: float | None
    high: float | None
    numbers: Mapping[str, int | None]


@cache
def expected() -> dict[str, Row]:
    """Journal → what is expected; the arithmetic beside each score is worked out, too."""
    out = {}
    named = {j["journal_id"]: j for j in journals()}
    for row in section("expected.md", "Journals"):
        score, low, high = (_fraction(row[c]) for c in ("score", "low", "high"))
        if row["arithmetic"]:
            assert abs(_sum(row["arithmetic"]) - (score or 0)) < 1e-12, row
        counts = {c: _count(row[c]) for c in list(row)[5:]}
        out[row["journal_id"]] = Row(named[row["journal_id"]], score, low, high, counts)
    return out


@cache
def totals() -> dict[str, float]:
    """What → how many."""
    return {r["what"]: float(Fraction(r["n"])) for r in section("expected.md", "Totals")}


def _count(text: str) -> int | None:
    return None if text == "–" else int(text)


def _fraction(text: str) -> float | None:
    return None if text == "–" else float(Fraction(text))


def _sum(text: str) -> float:
    """``(1 + 1/2) / 3``."""
    found = re.fullmatch(r"\(?([^()]*?)\)? / (\d+)", text)
    assert found is not None, text
    return float(sum(map(Fraction, found[1].split(" + ")), Fraction(0)) / int(found[2]))


def says(item: str, answer: str | None) -> str | None:
    """An answer in the words of the codebook."""
    entry = items()[item]
    if answer is None or entry.get("kind") == "open":
        return answer
    labels = {o["code"]: o["label"] for o in entry["options"]}
    chosen = set(answer.split(";"))
    return "; ".join(label for code, label in labels.items() if code in chosen)


# Comparing what is shown --------------------------------------------------------------------------------


def wrong(shown: Any, where: str = "") -> tuple[int, list[str]]:
    """How many figures of a JSON, or of rows, could be compared with what is expected, and those that differ.

    Every mapping that names a journal (by ``journal_id``, ``journal``, or its title) is a row: its publisher, its score
    and its counts have to be those of the table; with an item, its answer and label too.
    """
    n, faults = 0, []
    if isinstance(shown, Mapping):
        for name, (value, wanted) in _compared(shown).items():
            n += 1
            if not _equal(value, wanted):
                faults.append(f"{where}.{name}: {value!r}, expected {wanted!r} in {dict(shown)}")
        parts = [(f"{where}.{k}", v) for k, v in shown.items()]
    elif isinstance(shown, (list, tuple)):
        parts = [(f"{where}[{k}]", v) for k, v in enumerate(shown)]
    else:
        return 0, ["nan is shown"] if shown in ("nan", "None") else []
    for place, part in parts:
        more, found = wrong(part, place)
        n, faults = n + more, faults + found
    return n, faults


COUNTS = {
    "n_missing": ("missing", "score"), "n_not_applicable": ("lapsed", "score"), "n_items": ("items", "score"),
    "rank": ("rank", "score"), "n_disagreements": ("differ", None), "n_adjudicated": ("settled", None),
    "n_open": ("open", None), "n_begun": ("coders", None), "n_coders": ("coders", None), "n_queries": ("asked", None),
}  # fmt: skip
"""A field of a row → the column of the table, and the field that must be there, too, to mean that."""


def _compared(row: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Field → what is shown, and what is expected."""
    journal = journal_of(row)
    item = row.get("item")
    out: dict[str, tuple[Any, Any]] = {}
    if item in items() and "code" not in row:
        labels = {o["code"]: o["label"] for o in items()[item].get("options", ())}
        of_answer = "label" in row and "answer_label" not in row and "pattern" not in row
        if of_answer and row.get("answer") not in (None, ""):
            out["label"] = row["label"], says(item, row["answer"])
        if row.get("low_label") is not None:
            out["low_label"] = row["low_label"], labels[row["low"]]
    if journal is None:
        return out
    known = expected()[journal]
    if "publisher" in row:
        out["publisher"] = row["publisher"] or None, known.journal["publisher"] or None
    if "title" in row and "item" not in row:
        out["title"] = row["title"], known.journal["title"]
    if item in items():
        wanted = answers()[journal, item]
        if "coder" not in row and "answers" not in row and "answer" in row:
            out["answer"] = _canonical(item, row["answer"]), wanted.answer
        for name in ("resolved_by", "differed"):
            if name in row:
                out[name] = row[name], getattr(wanted, name)
        if "adopted" in row:
            out["adopted"] = (
                _canonical(item, row["adopted"]),
                _canonical(item, adjudicated().get((journal, item))),
            )
        return out
    for name in ("score", "score_low", "score_high"):
        if name in row and "rank" in row and "rank_median" not in row and "tied" in row:
            out[name] = (
                row[name],
                {"score": known.score, "score_low": known.low, "score_high": known.high}[name],
            )
    if "score" in row and "score" not in out:
        out["score"] = row["score"], known.score
    for name, (column, beside) in COUNTS.items():
        if name in row and (beside is None or beside in row):
            out[name] = row[name], known.numbers[column]
    return out


def journal_of(row: Mapping[str, Any]) -> str | None:
    """The journal that a row is about."""
    titles = {r.journal["title"]: j for j, r in expected().items()}
    for name in ("journal_id", "journal", "Journal", "title"):
        value = row.get(name)
        if isinstance(value, str) and (value in expected() or value in titles):
            return titles.get(value, value)
    return None


def _canonical(item: str, answer: Any) -> Any:
    if not isinstance(answer, str) or items()[item].get("kind") != "multiple":
        return answer or None
    chosen = set(answer.split(";"))
    return ";".join(o["code"] for o in items()[item]["options"] if o["code"] in chosen)


def _equal(value: Any, wanted: Any) -> bool:
    if isinstance(wanted, float) and isinstance(value, (int, float)):
        return abs(value - wanted) < 1e-9
    return bool(value == wanted) or (wanted is None and value != value)
