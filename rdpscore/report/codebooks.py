"""The reports on codebooks: what one asks, what changed between two, how one is told in terms of another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from rdpscore.codebook import Codebook, Item
from rdpscore.codebook.crosswalk import Crosswalk
from rdpscore.codebook.differences import Change, CodebookDiff, excerpts
from rdpscore.problems import Problems
from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, Sentence, table
from rdpscore.report.problems import report_problems
from rdpscore.results import records
from rdpscore.words import number, plural

if TYPE_CHECKING:
    from rdpscore.survey.translation import Translation

EXCERPT = 92
"""Characters of a text that changed, from where it begins to differ."""
PASSAGE = {"required": "always", "if_found": "for an answer above the lowest", "optional": "not needed"}
PLAIN = ("none", "new item", "removed item")
"""Changes that say already what they mean for coders."""


def report_codebook(book: Codebook) -> Iterator[Block]:
    """Items, options and scores."""
    closed = len(book.closed_items)
    yield Heading(f"{book.title}, version {book.version}", 1)
    yield Sentence(
        f"{plural(closed, 'closed item')}, {len(book.items) - closed} other; "
        f"schemes {', '.join(s.id for s in book.schemes)}"
    )
    for dimension in book.dimensions:
        for item in (i for i in book.items if i.dimension == dimension.id):
            yield Gap()
            yield Heading(f"{item.id}  {item.question.strip()}")
            if item.options:
                rows = [(f"  {o.code}", f"{number(o.score):>4}", o.label) for o in item.options]
                yield table(("", "", ""), rows)
            else:
                yield Sentence(f"({item.kind})", indent=1)


def report_item(item: Item) -> Iterator[Block]:
    """One item with its guidance."""
    yield Heading(f"{item.id}: {item.title}", 1)
    yield Sentence(item.question.strip())
    conditions = "; ".join(f"{k} is {' or '.join(v)}" for k, v in item.applies_if.items())
    yield Note(
        f"{item.kind}, {item.level or 'no level'}, dimension {item.dimension}; passage {PASSAGE[item.evidence]}"
        + (f"; applies if {conditions}" if conditions else "")
    )
    yield Gap()
    yield Sentence((item.guidance or "").rstrip())
    for option in item.options:
        score = "" if option.score is None else f"  (score {number(option.score)})"
        yield Gap()
        yield Heading(f"{option.code}  {option.label}{score}", 3)
        if option.guidance:
            yield Sentence(option.guidance.strip(), indent=1)


def report_sound(book: Codebook, name: str, problems: Problems) -> Iterator[Block]:
    """What a codebook without an error holds, its hashes, and what it warns of.

    Parameters
    ----------
    book : Codebook
    name : str
        Of its file.
    problems : Problems
        Warnings.
    """
    told = plural(len(problems), "warning") if len(problems) else "no problems"
    yield Heading(f"{name}: {book.title}, version {book.version}", 1)
    yield Sentence(
        f"{plural(len(book.items), 'item')} ({len(book.scored_items)} scored), "
        f"{plural(len(book.dimensions), 'dimension')}, {plural(len(book.schemes), 'scheme')}; {told}"
    )
    yield Facts(tuple(book.hashes.model_dump().items()))
    yield from report_problems(problems, 20)


def report_changes(result: CodebookDiff) -> Iterator[Block]:
    """What changed from one codebook to another, for coders and for scores, item by item."""
    old, new = result.old, result.new
    yield Heading(f"{old.id} {old.version} → {new.id} {new.version}", 1)
    if not result.changes:
        yield Sentence("No change")
        return
    told = ", ".join(plural(n, kind) for kind, n in result.counts().items() if kind != "none")
    scores = "scores change" if any(c.scores for c in result.changes) else "scores do not change"
    yield Sentence(f"{plural(len(result.changes), 'change')}: {told or 'nothing for coders'}; {scores}")
    for item in dict.fromkeys(c.item for c in result.changes):
        yield Gap()
        book = new if item in new.item_ids else old
        yield Heading("The codebook" if item is None else f"{item}  {book.item(item).title}")
        for change in (c for c in result.changes if c.item == item):
            yield from _change(change)


def _change(change: Change) -> Iterator[Block]:
    of = "" if change.id in ("", change.item) or change.what == change.id else f" {change.id}"
    parts = [f"{change.what}{of} {change.change}"]
    if change.coders.value not in PLAIN:
        parts.append(change.coders.value)
    if change.scores:
        parts.append("scores change")
    if change.journals is not None and change.codings is not None:
        parts.append(f"{plural(change.codings, 'coding')} of {plural(change.journals, 'journal')}")
    yield Sentence(" · ".join(parts), indent=1)
    texts = zip("−+", excerpts(change.old, change.new, EXCERPT), strict=True)
    yield from (Note(f"{sign} {text}", indent=3) for sign, text in texts if text is not None)


def report_crosswalk(crosswalk: Crosswalk, target: Codebook, problems: Problems) -> Iterator[Block]:
    """Each derived item with its rules, what has no counterpart, and what was found in checking.

    Parameters
    ----------
    crosswalk : Crosswalk
    target : Codebook
        The one that it leads to.
    problems : Problems
    """
    silent = crosswalk.no_counterpart
    yield Heading(crosswalk.title, 1)
    yield Sentence(
        f"{crosswalk.source} → {crosswalk.target}: {len(crosswalk.items)} of {plural(len(target.items), 'item')} "
        f"can be told; {len(silent.source)} of {crosswalk.source.id} have no counterpart"
    )
    for derived in crosswalk.items:
        yield Gap()
        yield Heading(derived.item)
        for rule in derived.rules:
            when = " and ".join(f"{item} is {' or '.join(codes)}" for item, codes in rule.when.items())
            answer = "no counterpart" if rule.answer is None else rule.answer
            yield Sentence(f"{answer}  where {when}" if when else f"{answer}  otherwise", indent=1)
        yield Note(derived.note.strip(), indent=1)
    for title, entries in (("Without a counterpart", silent.source), ("Not told", silent.target)):
        if entries:
            yield Gap()
            yield Heading(title)
            yield from (Sentence(f"{e.item}: {e.note.strip()}", indent=1) for e in entries)
    yield from report_problems(problems)


def report_translation(result: Translation) -> Iterator[Block]:
    """What the answers of a survey become, item by item."""
    yield Heading(result.survey.meta.title, 1)
    columns = {
        "Journals told": "n_told",
        "No counterpart": "n_no_counterpart",
        "Open": "n_undetermined",
        "Codings told": "coded_told",
    }
    told = records(result.items[result.items["derived"]])
    rows = [(row["title"], *(f"{row[c]:,}" for c in columns.values())) for row in told]
    yield table(("Item", *columns), rows, tuple(columns))
    rest = result.items[~result.items["derived"]]["title"]
    if len(rest):
        yield Note(f"Not told: {', '.join(map(str, rest))}")
    if len(result.lost):
        yield Note(
            f"Lost: {plural(int(result.lost['n_codings'].sum()), 'coding')} of "
            f"{plural(len(result.lost), 'item')} without a counterpart ({', '.join(map(str, result.lost['item']))})"
        )
    yield from report_problems(result.problems)
