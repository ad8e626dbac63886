"""Cells into answers: each distinct text of an item is decided once, however many rows hold it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rdpscore.codebook import Codebook, Item
from rdpscore.files.yamls import KeyPath
from rdpscore.problems import nearest, suggestion
from rdpscore.published.conditions import Faults, regular
from rdpscore.published.expressions import LONGEST, Expression
from rdpscore.published.mapping import (
    NOTE,
    AnswerRules,
    Answers,
    ItemMap,
)
from rdpscore.published.table import fold

ANSWER, MISSING, UNCOVERED, SEVERAL = "answer", "missing", "uncovered", "several"
"""What a text can be."""


@dataclass(frozen=True)
class Outcome:
    """What one text means.

    Attributes
    ----------
    kind : str
    answer : str or None
        What stands in ``codings.csv``.
    note : str
        What the text says beyond that.
    chosen : bool
        Whether it is one of several answers in the cell.
    exact : bool
        Whether the whole text is the answer: no prefix, pattern or rest.
    unclear : bool
        Whether the mapping says that it is a remark in place of an answer.
    """

    kind: str
    answer: str | None = None
    note: str = ""
    chosen: bool = False
    exact: bool = False
    unclear: bool = False


_LEAD = re.compile(r"\(?(\d+)\)?(?:\s*[.:)\]=\u2013\u2014-]+\s*|\s+|$)(.*)", re.DOTALL)
_EDGE = " \t\n.,:;-\u2013\u2014=()"


class Reader:
    """How the texts of one item are read.

    Parameters
    ----------
    item : Item
    rules : AnswerRules
        Those of the item over those of all items; see `merged`.
    own, shared : mapping
        Folded text → code: what the item says itself, and what is said for all items.
    said : iterable of str
        What the item says itself, to the letter.
    """

    def __init__(
        self,
        item: Item,
        rules: AnswerRules,
        own: Mapping[str, str],
        shared: Mapping[str, str],
        said: Iterable[str] = (),
    ) -> None:
        self.item, self.rules, self.own = item, rules, own
        self.shared = {k: v for k, v in shared.items() if v in (*item.codes, NOTE)}
        self.missing = set(map(fold, rules.missing))
        self.said = {k.strip() for k in (*said, *rules.values, *rules.missing)}
        """To the letter; a code that the mapping does not name to the letter is that code."""
        self.codes = _one_of_each((fold(c), c) for c in item.codes)
        self.labels = _one_of_each((fold(o.label), o.code) for o in item.options)
        self.letters = _one_of_each((o.label.strip(), o.code) for o in item.options)
        """Label, to the letter → code."""
        self.prefixes = _prefixes(self.own) or []
        self.prefixes += _prefixes(self.shared)
        self.patterns: list[tuple[Expression, str]] = []
        self.known: dict[str, Outcome] = {}
        self.used: set[str] = set()
        self.labelled: dict[str, str] = {}
        """Folded text → its label in a side table."""

    def read(self, text: str) -> Outcome:
        """What a text means."""
        if text not in self.known:
            found = self._read(text)
            self.known[text] = found if found.answer != NOTE else Outcome(ANSWER, None, text, unclear=True)
        return self.known[text]

    def _read(self, text: str) -> Outcome:
        whole = self._one(text)
        separator = self.rules.split or (";" if self.item.kind == "multiple" else None)
        if self.item.kind == "open" or separator is None or whole.kind in (ANSWER, MISSING):
            return whole
        parts = [p.strip() for p in text.split(separator) if p.strip()]
        found = [self._one(p) for p in parts]
        if not found or any(f.kind == UNCOVERED for f in found):
            return Outcome(UNCOVERED)
        codes = list(dict.fromkeys(f.answer for f in found if f.answer is not None))
        notes = "; ".join(f.note for f in found if f.note)
        if NOTE in codes:
            return Outcome(ANSWER, NOTE)
        if not codes:
            return Outcome(MISSING)
        ordered = sorted(codes, key=self.item.codes.index)
        if self.item.kind == "multiple":
            return Outcome(ANSWER, ";".join(ordered), notes)
        if len(codes) == 1:
            return Outcome(ANSWER, codes[0], notes)
        if self.rules.take is None:
            return Outcome(SEVERAL)
        picked = {"first": codes[0], "lowest": ordered[0], "highest": ordered[-1]}[self.rules.take]
        return Outcome(ANSWER, picked, text, chosen=True)

    def _one(self, text: str) -> Outcome:
        folded = fold(text)
        letters = text.strip()
        if letters in self.item.codes and letters not in self.said:
            return Outcome(ANSWER, letters, exact=True)
        if folded in self.own:
            self.used.add(folded)
            return Outcome(ANSWER, self.own[folded], exact=True)
        if folded in self.missing:
            return Outcome(MISSING, exact=True)
        if self.item.kind == "open":
            return Outcome(ANSWER, self.labelled.get(folded, text))
        if folded in self.shared:
            return Outcome(ANSWER, self.shared[folded], exact=True)
        if (label := self.labelled.get(folded)) is not None and fold(label) != folded:
            return self._one(label)
        for words, key in ((self.letters, letters), (self.codes, folded), (self.labels, folded)):
            if key in words:
                return Outcome(ANSWER, words[key], exact=True)
        for prefix, code in self.prefixes:
            if folded.startswith(prefix):
                self.used.add(f"{prefix}*")
                return Outcome(ANSWER, code, _rest(text, prefix))
        if self.rules.lead is not None and (led := self._led(text)) is not None:
            return led
        for pattern, code in self.patterns:
            if pattern.search(text) is not None:
                return Outcome(ANSWER, code, text)
        if self.rules.otherwise is not None:
            return Outcome(ANSWER, self.rules.otherwise, text)
        return Outcome(UNCOVERED)

    def _led(self, text: str) -> Outcome | None:
        """A number or a code in front of a text; a label of another option contradicts it."""
        text = text.strip()
        if self.rules.lead == "number":
            found = _LEAD.fullmatch(text)
            head, rest = (found[1], found[2]) if found else ("", "")
        else:
            heads = [c for c in self.item.codes if re.match(rf"{re.escape(c)}(?![\w-])", text, re.IGNORECASE)]
            head = max(heads, key=len, default="")
            rest = text[len(head) :].strip(_EDGE)
        code = self.own.get(fold(head)) or self.shared.get(fold(head)) or self.codes.get(fold(head))
        if not head or code is None:
            return None
        named = self.labels.get(fold(rest))
        if named is not None and named != code:
            return None
        self.used.add(fold(head))
        return Outcome(ANSWER, code, "" if named == code else rest.strip(), exact=named == code or not rest)

    def fits(self, text: str) -> bool:
        """Whether the text is an answer to the item, or says that there is none; a mere remark is not."""
        return (
            fold(text) in self.missing
            or self.owns(text)
            or (self.read(text).kind == ANSWER and self.rules.otherwise is None)
        )

    def owns(self, text: str) -> bool:
        """Whether the text is one of this item's answers, said in words that are no mere filler."""
        folded = fold(text)
        if folded in self.missing:
            return False
        if any(folded in words for words in (self.own, self.shared, self.labelled, self.codes, self.labels)):
            return True
        return any(folded.startswith(prefix) for prefix, _ in self.prefixes)

    def suggestion(self, text: str) -> str:
        """The nearest text that would be covered."""
        known = {t: t for t in self.own} | {t: t for t in self.shared}
        known |= {o.label: o.code for o in self.item.options} | {c: c for c in self.item.codes}
        found = nearest(text[:LONGEST], [k for k in known if len(text) < 3 * len(k) + 10])
        if found is None:
            return f"; its codes are {', '.join(self.item.codes[:8])}"
        code = self.own.get(found) or self.shared.get(found) or known[found]
        return f"; nearest: '{found}'" if found == code else f"; nearest: '{found}' ({code})"


def _one_of_each(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Text → code, without texts that could be several."""
    found = list(pairs)
    often = Counter(text for text, _ in found)
    return {text: code for text, code in found if often[text] == 1}


def _prefixes(words: Mapping[str, str]) -> list[tuple[str, str]]:
    found = [(k[:-1], v) for k, v in words.items() if k.endswith("*") and len(k) > 1]
    return sorted(found, key=lambda pair: -len(pair[0]))


def _rest(text: str, prefix: str) -> str:
    """What follows a prefix that was compared with the folded text."""
    for end in range(len(prefix), len(text) + 1):
        if fold(text[:end]) == prefix.strip() and (
            end == len(text) or fold(text[: end + 1]) != prefix.strip()
        ):
            return text[end:].strip(_EDGE)
    return text


def merged(shared: AnswerRules, own: AnswerRules, item: str) -> AnswerRules:
    """What holds for an item: what it says itself, else what is said for all; {item} is its id."""
    update: dict[str, Any] = {
        name: getattr(own, name)
        for name in AnswerRules.model_fields
        if name in own.model_fields_set and name != "values"
    }
    base = {name: getattr(shared, name) for name in AnswerRules.model_fields}
    said = base | update
    for name in ("column", "passage", "note", "source_url", "adopted", "reason"):
        if said[name] is not None:
            said[name] = said[name].replace("{item}", item)
    return AnswerRules.model_construct(**said)


def readers(
    codebook: Codebook, answers: Answers, items: Mapping[str, ItemMap], faults: Faults
) -> dict[str, tuple[AnswerRules, Reader]]:
    """The rules and the reader of every item that may be answered, by its id; all that is wrong with them."""
    shared = _words(answers, ("answers",), faults)
    every = {code for item in codebook.items for code in item.codes}
    _targets(answers, ("answers",), every, "any item", faults)
    out: dict[str, tuple[AnswerRules, Reader]] = {}
    for name in items:
        if name not in codebook.item_ids:
            near = suggestion(name, codebook.item_ids)
            faults.at("mapping_item", ("items", name), value=name, nearest=near)
    for item in codebook.items:
        path: KeyPath = ("items", item.id)
        own = items.get(item.id, ItemMap())
        if item.kind != "open":
            _targets(own, path, item.codes, item.id, faults)
        rules = merged(answers, own, item.id)
        reader = Reader(item, rules, _words(own, path, faults), shared, own.values)
        said = own if "patterns" in own.model_fields_set else answers
        place = path if said is own else ("answers",)
        for i, entry in enumerate(said.patterns):
            pattern = regular(entry.matches, (*place, "patterns", i, "matches"), faults)
            if pattern is not None and entry.to in (*item.codes, NOTE):
                reader.patterns.append((pattern, entry.to))
        if rules.otherwise not in (*item.codes, NOTE, None):  # said for all items, and no option of this one
            reader.rules = rules.model_copy(update={"otherwise": None})
        out[item.id] = (reader.rules, reader)
    return out


def _words(rules: AnswerRules, path: KeyPath, faults: Faults) -> dict[str, str]:
    """Folded text → code; a text mapped twice is a problem."""
    out: dict[str, str] = {}
    missing = {fold(m): m for m in rules.missing}
    for key, code in rules.values.items():
        folded = fold(key)
        if out.setdefault(folded, code) != code:
            faults.at("mapping_twice", (*path, "values", key), value=key, first=out[folded], second=code)
        elif folded in missing:
            faults.at("mapping_twice", (*path, "values", key), value=key, first=code, second="missing")
    return out


def _targets(rules: AnswerRules, path: KeyPath, codes: Iterable[str], where: str, faults: Faults) -> None:
    """Every code that the mapping names must be one."""
    known = list(codes)
    named: list[tuple[KeyPath, str]] = [((*path, "values", k), v) for k, v in rules.values.items()]
    named += [((*path, "patterns", i, "to"), p.to) for i, p in enumerate(rules.patterns)]
    if rules.otherwise is not None:
        named.append(((*path, "otherwise"), rules.otherwise))
    if isinstance(rules, ItemMap):
        named += [((*path, "indicators", code), code) for code in rules.indicators]
        if rules.none is not None:
            named.append(((*path, "none"), rules.none))
    for place, code in named:
        if code not in known and code != NOTE:
            faults.at("mapping_option", place, value=code, where=where, nearest=suggestion(code, known))
