"""The page of the codebook: items, options, guidance, mapping, schemes, reasons."""

from __future__ import annotations

import streamlit as st

from board.blocks import any_of, one_of, passages, sheet, words_of
from board.parts import heading, save, say
from board.view import View
from rdpscore.codebook import Codebook, Item
from rdpscore.codebook.reading import (
    EVIDENCE,
    applies,
    mapping_frame,
    matching,
    options_frame,
    printable,
    rules,
)
from rdpscore.files.texts import as_markdown

PARTS = {"items": "Items", "mapping": "Mapping to frameworks", "schemes": "Schemes", "reasons": "Reasons"}


def page(view: View) -> None:
    """The survey's own codebook, whatever the filter."""
    book = view.whole.codebook
    say(f"{book.title}, version {book.version}. The instrument that the coders worked with: what stands here is what "
        "an answer means.")  # fmt: skip
    part = one_of("Part", "part", PARTS, hidden=True)
    {"items": _items, "mapping": _mapping, "schemes": _schemes, "reasons": _reasons}[part](book)
    st.divider()
    with st.container(horizontal=True):
        st.download_button(
            "Codebook to print (HTML)", lambda: printable(book).encode(), "codebook.html", "text/html",
            key="codebook_print", on_click="ignore",
        )  # fmt: skip
        save(options_frame(book), "codebook-options", "Items and options (CSV)")


def _items(book: Codebook) -> None:
    left, right = st.columns(2)
    with left:
        words = words_of("Search", "words", "licence, repository, TOP …")
    with right:
        dimensions = any_of("Dimension", "dimension", {d.id: d.title for d in book.dimensions})
    found = [i for i in matching(book, words) if not dimensions or i.dimension in dimensions]
    say(f"{len(found)} of {len(book.items)} items")
    if not found:
        say("No item has all of these words; take one out.")
    for dimension in book.dimensions:
        own = [i for i in found if i.dimension == dimension.id]
        if own:
            heading(dimension.title)
            if dimension.description:
                say(dimension.description, soft=True)
        for item in own:
            title = as_markdown(f"{item.number}. {item.title}" if item.number else item.title, 80)
            with st.expander(title, expanded=bool(words)):
                _item(book, item)


def _item(book: Codebook, item: Item) -> None:
    say(item.question)
    if item.guidance:
        passages(item.guidance)
    if item.options:
        sheet(
            ["Code", "Answer", "Score", "When to choose it"],
            [
                (o.code, o.label, None if o.score is None else f"{o.score:g}", o.guidance)
                for o in item.options
            ],
        )
    notes = [f"Item {item.id}.", applies(book, item), EVIDENCE[item.evidence],
             None if item.scored else "It enters no score."]  # fmt: skip
    say(" ".join(n for n in notes if n), soft=True)
    frameworks = {f.id: f for f in book.frameworks}
    for name, terms in item.maps_to.items():
        own = frameworks.get(name)
        said = "; ".join(own.terms.get(t, t) if own else t for t in terms)
        say(f"{own.title if own else name}: {said}", soft=True)


def _mapping(book: Codebook) -> None:
    frame = mapping_frame(book)
    if not len(frame):
        say("No item of this codebook is mapped to a framework.")
        return
    for framework in book.frameworks:
        own = frame[frame["framework"] == framework.id]
        heading(framework.title)
        say(framework.citation, soft=True)
        if not len(own):
            say("No item is mapped to it.")
            continue
        sheet(["Item", "What it is mapped to", "Term"], own[["title", "meaning", "term"]].to_numpy().tolist())
    save(frame, "codebook-mapping", "Mapping (CSV)")


def _schemes(book: Codebook) -> None:
    say("A scheme makes one score, 0 to 1, of a journal's answers. The scoring lab makes others.")
    for scheme in book.schemes:
        heading(scheme.title)
        if scheme.description:
            say(scheme.description)
        default = " The default." if scheme.id == book.default_scheme else ""
        say(f"{scheme.id}: {' '.join(rules(scheme))}{default}", soft=True)


def _reasons(book: Codebook) -> None:
    if not book.reasons:
        say("This codebook names no reasons for disagreement.")
        return
    say("Why two coders differed, as the adjudicator judged.")
    sheet(["Reason", "When it is given"], [(r.title, r.description) for r in book.reasons])
