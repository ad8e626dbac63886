"""A codebook for readers: found by words, as tables, and as one page to print."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

import pandas as pd

from rdpscore.codebook.models import Codebook, Item, Scheme

EVIDENCE = {
    "required": "Every answer needs a passage.",
    "if_found": "Every answer but the lowest needs a passage.",
    "optional": "No passage is needed.",
}


def matching(codebook: Codebook, words: str) -> tuple[Item, ...]:
    """The items in whose texts, options or terms all words occur, whatever their case; all items without words."""
    wanted = words.casefold().split()
    return tuple(i for i in codebook.items if all(w in _texts(codebook, i) for w in wanted))


def _texts(codebook: Codebook, item: Item) -> str:
    frameworks = {f.id: f for f in codebook.frameworks}
    parts = [item.id, item.title, item.question, item.guidance or "", item.number or ""]
    parts += [t for o in item.options for t in (o.label, o.guidance or "")]
    for name, terms in item.maps_to.items():
        own = frameworks.get(name)
        parts += [name, own.title if own else "", *(own.terms.get(t, t) if own else t for t in terms)]
    return " ".join(parts).casefold()


def pieces(text: str) -> list[tuple[bool, str]]:
    """A text in paragraphs and points: whether it is a point of a list (``- ``), and its words.

    A line goes on in the next one, unless that is blank or begins a point.
    """
    out: list[tuple[bool, str]] = []
    fresh = True
    for line in text.splitlines():
        words = " ".join(line.split())
        if words.startswith("- "):
            out.append((True, words[2:]))
            fresh = False
        elif not words:
            fresh = True
        elif fresh:
            out.append((False, words))
            fresh = False
        else:
            out[-1] = (out[-1][0], f"{out[-1][1]} {words}")
    return out


def options_frame(codebook: Codebook) -> pd.DataFrame:
    """One row an option of every item; items without options have one row.

    Returns
    -------
    DataFrame
        dimension, item, title, question, kind, level, scored, code, label, score, guidance.
    """
    rows: list[tuple[Any, ...]] = []
    for i in codebook.items:
        common = (i.dimension, i.id, i.title, " ".join(i.question.split()), i.kind, i.level, i.scored)
        rows += [(*common, o.code, o.label, o.score, o.guidance) for o in i.options]
        if not i.options:
            rows.append((*common, None, None, None, None))
    names = ["dimension", "item", "title", "question", "kind", "level", "scored", "code", "label", "score"]
    return pd.DataFrame(rows, columns=[*names, "guidance"])


def mapping_frame(codebook: Codebook) -> pd.DataFrame:
    """One row an item and a term of a framework that it is mapped to: item, title, framework, term, meaning."""
    frameworks = {f.id: f for f in codebook.frameworks}
    rows = [
        (i.id, i.title, name, term, frameworks[name].terms.get(term) if name in frameworks else None)
        for i in codebook.items
        for name, terms in i.maps_to.items()
        for term in terms
    ]
    return pd.DataFrame(rows, columns=["item", "title", "framework", "term", "meaning"])


def applies(codebook: Codebook, item: Item) -> str | None:
    """When an item applies, as a sentence; None where it always does."""
    if not item.applies_if:
        return None
    parts = []
    for other, codes in item.applies_if.items():
        labels = [f"{c} ({codebook.item(other).option(c).label})" for c in codes]
        parts.append(f"“{codebook.item(other).title}” is {' or '.join(labels)}")
    return f"Applies if {' and '.join(parts)}."


def rules(scheme: Scheme) -> list[str]:
    """What a scheme does, in sentences."""
    words = {
        "exclude": "A missing answer is left out.",
        "zero": "A missing answer counts 0.",
        "bounds": "A journal with a missing answer has bounds and no score.",
        "keep": "An answer counts even where the item does not apply.",
        "gate": "An item that does not apply counts as its lowest option.",
    }
    over = "dimension means" if scheme.by == "dimensions" else "items"
    weights = ", ".join(f"{k} {v:g}" for k, v in scheme.weights.items())
    of_dimension = ", ".join(f"{k} {v:g}" for k, v in scheme.dimension_weights.items())
    out = [f"{scheme.aggregation.capitalize()} mean of the {over}."]
    if weights:
        out.append(f"Weights other than 1: {weights}.")
    if of_dimension:
        out.append(f"Weights of dimensions other than 1: {of_dimension}.")
    if scheme.across is not None and scheme.across != scheme.aggregation:
        out.append(f"Over the dimensions: {scheme.across} mean.")
    if scheme.divisor is not None:
        out.append(f"The sum is divided by {scheme.divisor:g} instead of the sum of the weights.")
    if scheme.minimum_items > 1:
        out.append(f"A journal with fewer than {scheme.minimum_items} answers has no score.")
    return [*out, words[scheme.missing], words[scheme.not_applicable]]


# One page to print --------------------------------------------------------------------------------------

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; color: #1f2933; line-height: 1.4;
  max-width: 46rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.5rem; }} h2 {{ font-size: 1.2rem; margin-top: 2rem; }}
h3 {{ font-size: 1rem; margin: 1.4rem 0 0.2rem; }}
p {{ margin: 0.2rem 0; }} .point {{ margin-left: 1.2rem; text-indent: -0.8rem; }}
.point::before {{ content: "– "; }} .soft {{ color: #5b6670; font-size: 0.9rem; }}
table {{ border-collapse: collapse; width: 100%; margin: 0.4rem 0; font-size: 0.9rem; }}
th, td {{ text-align: left; vertical-align: top; border-top: 1px solid #d9dee4; padding: 0.2rem 0.6rem 0.2rem 0; }}
@media print {{ body {{ max-width: none; padding: 0; font-size: 10pt; }} section {{ break-inside: avoid; }} }}
</style>
</head>
<body>
{body}
</body>
</html>
"""


def printable(codebook: Codebook) -> str:
    """The codebook as one self-contained HTML page: items, options, guidance, mapping, schemes, reasons."""
    language, title = html.escape(codebook.language), html.escape(f"{codebook.title} {codebook.version}")
    return _PAGE.format(language=language, title=title, body="\n".join(_body(codebook)))


def _body(codebook: Codebook) -> Iterator[str]:
    said = html.escape
    yield f"<h1>{said(codebook.title)}</h1>"
    hashes = codebook.hashes
    prints = f"coding {hashes.coding}, scoring {hashes.scoring}, text {hashes.text}"
    yield f'<p class="soft">{said(codebook.id)} {said(codebook.version)}; {prints}</p>'
    if codebook.description:
        yield f"<p>{said(codebook.description)}</p>"
    for dimension in codebook.dimensions:
        yield f"<h2>{said(dimension.title)}</h2>"
        if dimension.description:
            yield f"<p>{said(dimension.description)}</p>"
        for item in codebook.items:
            if item.dimension == dimension.id:
                yield from _item(codebook, item)
    yield "<h2>Schemes</h2>"
    for scheme in codebook.schemes:
        yield f"<h3>{said(scheme.title)} ({said(scheme.id)})</h3>"
        yield f"<p>{said(' '.join(rules(scheme)))}</p>"
    if codebook.reasons:
        yield "<h2>Reasons for disagreement</h2>"
        yield from (f"<p>{said(r.title)}{said(_after(r.description))}</p>" for r in codebook.reasons)


def _after(text: str | None) -> str:
    return f": {text}" if text else ""


def _item(codebook: Codebook, item: Item) -> Iterator[str]:
    said = html.escape
    number = f"{item.number} " if item.number else ""
    yield f"<section><h3>{said(number + item.title)} ({said(item.id)})</h3><p>{said(item.question)}</p>"
    for point, words in pieces(item.guidance or ""):
        yield f"<p{' class=point' if point else ''}>{said(words)}</p>"
    notes = [n for n in (applies(codebook, item), EVIDENCE[item.evidence]) if n]
    yield f'<p class="soft">{said(" ".join(notes))}</p>'
    if item.options:
        yield "<table><tr><th>Code</th><th>Answer</th><th>Score</th><th>When to choose it</th></tr>"
        for o in item.options:
            score = "" if o.score is None else f"{o.score:g}"
            yield (
                f"<tr><td>{said(o.code)}</td><td>{said(o.label)}</td><td>{score}</td>"
                f"<td>{said(o.guidance or '')}</td></tr>"
            )
        yield "</table>"
    for name, terms in item.maps_to.items():
        yield f'<p class="soft">{said(name)}: {said(", ".join(terms))}</p>'
    yield "</section>"
