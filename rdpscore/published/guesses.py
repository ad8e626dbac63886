"""What the columns of an unknown table probably are: a first guess for a person to correct."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np

from rdpscore.published.table import Cells, Table
from rdpscore.validation.issns import is_issn

MOST_OPTIONS = 12
"""A column of more distinct texts is no closed item."""
LONG = 60
"""Texts that are longer on average are passages or remarks."""
LONGEST_OPTION = 250
BLANKS = ("NA", "N/A", "n/a", "#N/A", "NULL", "NaN", "nan")
"""Texts that often mean blank; the person who edits the mapping decides."""

_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_ISSN = re.compile(r"\d{4}-\d{3}[\dXx]")
_URL = re.compile(r"https?://|www\.")
_TITLE = re.compile(r"\b(journal ?(title|name)?s?|titles?|names?)\b|journaltitle", re.IGNORECASE)
_PUBLISHER = re.compile(r"publisher", re.IGNORECASE)
_CODER = re.compile(
    r"\b(coders?|raters?|initials|reviewers?|encoders?|annotators?|(coded|entered|checked|filled in) by|"
    r"e-?mail( address)?)\b",
    re.IGNORECASE,
)
_INITIALS = re.compile(r"[A-Z]{2,3}(\s*[/,;&+]\s*[A-Z]{2,3})*")
_NO_INITIALS = frozenset(("YES", "NO", "NA", "OA", "UK", "US", "USA", "EU", "TBD"))
_OF_PROGRAMS = re.compile(
    r"timestamp|start date|submit date|record_?id|redcap_\w+|\w+_complete|complete\?", re.IGNORECASE
)
"""Columns that programs for forms add of themselves."""
_ENTRY = re.compile(r".+--[1-9]")
"""How REDCap names the entries of one record that was entered twice."""
_NO_JOURNAL = re.compile(
    r"(grand )?(totals?|sums?|means?|averages?|medians?)\b.*|(n|notes?|sources?|legend|key)\s*[:=(].*|\*.*",
    re.IGNORECASE,
)
_ITEM = re.compile(r"^(item|question|variable|criterion|feature)s?\b", re.IGNORECASE)
_ANSWER = re.compile(r"^(answer|value|response|code|coding|rating|score)s?\b", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"impact|jif|factor|citescore|issn|field|subject|disciplin|country|access|rank|year|science",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Look:
    """What the cells of one column look like."""

    name: str
    cells: Cells
    filled: int
    values: tuple[tuple[str, int], ...]
    """Distinct texts and how many rows hold them, the most frequent first."""
    length: float

    @property
    def distinct(self) -> int:
        return len(self.values)

    def share(self, pattern: re.Pattern[str], *, whole: bool = True) -> float:
        """Share of the filled cells that fit a pattern."""
        test = pattern.fullmatch if whole else pattern.match
        fitting = sum(n for v, n in self.values if test(v))
        return fitting / self.filled if self.filled else 0.0


def look_at(name: str, cells: Cells) -> Look:
    """Count the texts of a column, those apart that often mean blank."""
    used = cells.used
    order = np.argsort(-used, kind="stable")
    values = tuple(
        (cells.values[i], int(used[i])) for i in order if used[i] and cells.values[i] not in BLANKS
    )
    filled = sum(n for _, n in values)
    length = sum(len(v) * n for v, n in values) / filled if filled else 0.0
    return Look(name, cells, filled, values, length)


@dataclass
class Guess:
    """What a table probably holds.

    Attributes
    ----------
    title, publisher, coder : str or None
        Columns.
    item, answer : str or None
        Columns of a long table.
    closed : dict
        Item → column, or template with {coder}.
    open : dict
        The same for open items.
    passages : dict
        Item → what its passage is: ``@next``, or a template.
    attributes : dict
        Attribute → (kind, column).
    coders : dict
        Coder → what stands for {coder}.
    values : dict
        Item → its texts with counts.
    several : str or None
        Separator of several journals in one cell.
    no_journals : tuple of str
        Texts in the column of titles that are totals or notes.
    entries : float
        Share of titles that end in ``--1`` or ``--2``, entries of one journal, where most do.
    """

    title: str | None = None
    publisher: str | None = None
    coder: str | None = None
    item: str | None = None
    answer: str | None = None
    closed: dict[str, str] = field(default_factory=dict)
    open: dict[str, str] = field(default_factory=dict)
    passages: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, tuple[str, str]] = field(default_factory=dict)
    coders: dict[str, str] = field(default_factory=dict)
    values: dict[str, list[tuple[str, int]]] = field(default_factory=dict)
    several: str | None = None
    no_journals: tuple[str, ...] = ()
    entries: float = 0.0


def guess(table: Table) -> Guess:
    """Guess the shape of a table and the role of each of its columns."""
    looks = _looks(table)
    out = Guess()
    out.title = _title(looks, table)
    if out.title in looks:
        out.no_journals = _no_journals(looks, table, out.title)
        share = looks[out.title].share(_ENTRY)
        out.entries = share if share > 0.5 else 0.0
    if out.no_journals:
        no_journal = set(out.no_journals)
        table = table.kept(np.flatnonzero(~table.columns[out.title or ""].where(no_journal.__contains__)))
        looks = _looks(table)
    out.publisher = next(
        (n for n in looks if _PUBLISHER.search(n) and len(n) <= LONG and n != out.title), None
    )
    if out.publisher is None and len(set(table.cells("@folder").values)) > 1:
        out.publisher = "@folder"
    taken = {out.title, out.publisher}
    out.coder = next(
        (
            n
            for n, k in looks.items()
            if _CODER.search(n) and n not in taken and 1 < k.distinct <= max(12, len(table) // 5)
        ),
        None,
    ) or _coder_by_repetition(looks, taken, out.title)
    taken.add(out.coder)
    rest = {
        n: k for n, k in looks.items() if n not in taken and k.filled and not _of_people_or_programs(n, k)
    }
    item = next((n for n, k in rest.items() if _ITEM.search(n) and k.distinct < len(table) / 2), None)
    answer = next((n for n in rest if _ANSWER.search(n) and n != item), None)
    if item is not None and answer is not None:
        _long(out, table, item, answer)
    elif not _by_coder(out, rest):
        _wide(out, rest)
    if out.title is not None and out.title in looks:
        joined = sum(n for v, n in looks[out.title].values if v.count(", ") >= 2)
        if joined >= max(2, 0.05 * len(table)):
            out.several = ","
    return out


def _looks(table: Table) -> dict[str, Look]:
    return {name: look_at(name, table.columns[name]) for name in table.named}


def _of_people_or_programs(name: str, look: Look) -> bool:
    """Who coded, or what a program for forms adds: no question, whatever stands in the column."""
    if _CODER.search(name) or _OF_PROGRAMS.fullmatch(name):
        return True
    texts = {v for v, _ in look.values}
    return bool(texts) and not texts & _NO_INITIALS and look.share(_INITIALS) == 1


def _coder_by_repetition(looks: dict[str, Look], taken: set[str | None], title: str | None) -> str | None:
    """The column whose few texts differ in all rows of a journal, where most journals have several rows."""
    if title not in looks:
        return None
    cells = looks[title].cells
    if cells.used[cells.used > 1].sum() < 0.5 * cells.used.sum():
        return None
    for name, look in looks.items():
        if name in taken or not 2 <= look.distinct <= MOST_OPTIONS or look.length > LONG / 2:
            continue
        both = (cells.codes >= 0) & (look.cells.codes >= 0)
        pairs = cells.codes[both].astype(np.int64) * len(look.cells.values) + look.cells.codes[both]
        if both.sum() >= 0.9 * len(both) and len(np.unique(pairs)) == len(pairs):
            return name
    return None


def _no_journals(looks: dict[str, Look], table: Table, title: str) -> tuple[str, ...]:
    """Texts that name no journal: totals, notes, and what stands alone in its row; at the end of a table only."""
    cells = looks[title].cells
    others = sum((k.cells.codes >= 0 for n, k in looks.items() if n != title), np.zeros(len(table), np.int64))
    out: list[str] = []
    for row in range(len(table) - 1, -1, -1):
        text = cells.text(row)
        if not text or not (_NO_JOURNAL.fullmatch(text) or (others[row] == 0 and len(looks) > 2)):
            break
        out.append(text)
    return tuple(dict.fromkeys(reversed(out)))


def _title(looks: dict[str, Look], table: Table) -> str | None:
    """The column that most probably names journals."""
    if not table.tabular and len(table.files) == len(table) > 1:
        return "@file"
    named = [n for n, k in looks.items() if _TITLE.search(n) and not _PUBLISHER.search(n) and k.distinct > 1]
    likely = [n for n in named if looks[n].share(_URL, whole=False) < 0.5 and looks[n].share(_NUMBER) < 0.5]
    if likely:
        return max(likely, key=lambda n: (looks[n].distinct, -looks[n].length))
    texts = [n for n, k in looks.items() if k.share(_NUMBER) < 0.5 and k.share(_URL, whole=False) < 0.5]
    return max(texts, key=lambda n: looks[n].distinct, default=None)


def item_id(name: str, taken: set[str]) -> str:
    """An id made of a heading."""
    base = "_".join(re.findall(r"[a-z0-9]+", name.casefold())[:5])[:40].strip("_") or "item"
    number, out = 1, base
    while out in taken:
        number += 1
        out = f"{base}_{number}"
    taken.add(out)
    return out


def _wide(out: Guess, rest: dict[str, Look]) -> None:
    ids: set[str] = set()
    names = list(rest)
    skip: set[str] = set()
    for position, (name, look) in enumerate(rest.items()):
        if name in skip:
            continue
        attribute = _attribute(name, look)
        if attribute is not None:
            kind, wanted = attribute
            out.attributes[item_id(wanted, ids)] = (kind, name)
            continue
        if look.share(_URL, whole=False) > 0.5:
            continue
        if _closed(look):
            item = item_id(name, ids)
            out.closed[item] = name
            out.values[item] = list(look.values)
            following = rest[names[position + 1]] if position + 1 < len(names) else None
            if following is not None and _remark(following):
                out.passages[item] = "@next"
                skip.add(following.name)
        elif _remark(look):
            out.open[item_id(name, ids)] = name


def _closed(look: Look) -> bool:
    """Few distinct texts, each held by several rows on the whole; a few stray remarks do not count."""
    frequent = [(v, n) for v, n in look.values if n > 1]
    if look.distinct < 2:  # a column that says the same everywhere asks nothing
        return False
    if not frequent or len(frequent) > MOST_OPTIONS or max(len(v) for v, _ in frequent) > LONGEST_OPTION:
        return False
    return sum(n for _, n in frequent) >= 0.8 * look.filled


def _remark(look: Look) -> bool:
    return look.filled > 0 and look.distinct > 1 and not _closed(look) and look.length > 12


def _attribute(name: str, look: Look) -> tuple[str, str] | None:
    """Kind and name of an attribute of journals, if the column looks like one."""
    if look.share(_ISSN) > 0.8:
        right = all(is_issn(v) for v, _ in look.values)
        return ("issn", "issn_l") if right else ("text", "issn")
    if look.share(_NUMBER) > 0.8 and look.distinct > MOST_OPTIONS:
        numbers = "impact" if re.search(r"impact|jif|citescore", name, re.IGNORECASE) else name
        return (
            ("number", numbers) if not re.fullmatch(r"id|no\.?|nr\.?|@[A-Z]+", name, re.IGNORECASE) else None
        )
    if _ATTRIBUTE.search(name) and look.length < 40 and look.distinct > 2:
        return "text", name
    return None


def _by_coder(out: Guess, rest: dict[str, Look]) -> bool:
    """Columns of several coders: headings that are alike but for one part, the same parts for most items."""
    parts = {n: re.split(r"([ _.:/\-]+)", n) for n in rest}
    stems: dict[tuple[str, ...], dict[str, str]] = {}
    for name, split in parts.items():
        for at in {0, len(split) - 1, *(i for i, p in enumerate(split) if p.isdigit())}:
            stem = (*split[:at], "{coder}", *split[at + 1 :])
            if len(split) > 1 and split[at]:
                stems.setdefault(stem, {})[split[at]] = name
    families: dict[tuple[str, ...], list[str]] = {}
    for stem, members in stems.items():
        if 2 <= len(members) <= 6:
            families.setdefault(tuple(sorted(members)), []).append("".join(stem))
    if not families:
        return False
    tokens, templates = max(families.items(), key=lambda f: (len(f[1]), -len(f[0])))
    covered = len(tokens) * len(templates)
    if len(templates) < 2 or covered < 0.3 * len(rest):
        return False
    out.coders = {t if not t.isdigit() else f"c{int(t) + 1}": t for t in tokens}
    ids: set[str] = set()
    for template in templates:
        looks = [rest[n] for t in tokens if (n := template.replace("{coder}", t)) in rest]
        counts: dict[str, int] = {}
        for look in looks:
            for value, cells in look.values:
                counts[value] = counts.get(value, 0) + cells
        values = sorted(counts.items(), key=lambda pair: -pair[1])
        bare = template.replace("{coder}", "").strip(" _.:/-")
        if any(map(_closed, looks)) and not any(map(_remark, looks)):
            item = item_id(bare, ids)
            out.closed[item], out.values[item] = template, values
        elif out.closed and re.search(r"explan|passage|evidence|text|comment|quote", template, re.IGNORECASE):
            out.passages[list(out.closed)[-1]] = template
        else:
            out.open[item_id(bare, ids)] = template
    return True


def _long(out: Guess, table: Table, item: str, answer: str) -> None:
    out.item, out.answer = item, answer
    items, answers = table.columns[item], table.columns[answer]
    ids: set[str] = set()
    for code, name in enumerate(items.values):
        look = look_at(name, answers.take(np.flatnonzero(items.codes == code)))
        if not look.filled:
            continue
        found = item_id(name, ids)
        if _closed(look):
            out.closed[found], out.values[found] = name, list(look.values)
        else:
            out.open[found] = name
