"""Blocks that several pages use: small tables to read, and choices that live in the address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from rdpscore.codebook.reading import pieces
from rdpscore.files.texts import as_html, plain, safe_address

SHEET = """<style>
.sheet { overflow-x: auto; margin: 0 0 0.8rem; }
.sheet table { border-collapse: collapse; font-size: 0.9rem; min-width: min(100%, 24rem); }
.sheet th, .sheet td { text-align: left; vertical-align: top; padding: 0.25rem 0.9rem 0.25rem 0;
  border-top: 1px solid rgba(128, 140, 152, 0.35); overflow-wrap: anywhere; max-width: 34rem;
  min-width: 4.5rem; }
.sheet thead th { border-top: none; font-weight: 600; }
.sheet th[scope=row] { font-weight: 600; min-width: 6rem; }
.sheet a { color: inherit; }
</style>"""


def sheet(
    heads: Sequence[str], rows: Sequence[Sequence[object]], *, names: bool = False, links: Sequence[int] = ()
) -> None:
    """A small table that is read and printed as text.

    Parameters
    ----------
    heads : sequence of str
        Empty for a table of two columns that needs none.
    rows : sequence of rows
        None is blank.
    names : bool
        The first cell of a row names it.
    links : sequence of int
        Columns whose web addresses become links.
    """
    top = "".join(f'<th scope="col">{as_html(h)}</th>' for h in heads)
    body = "".join(f"<tr>{_row(row, names, links)}</tr>" for row in rows)
    head = f"<thead><tr>{top}</tr></thead>" if heads else ""
    st.html(f'{SHEET}<div class="sheet" tabindex="0"><table>{head}<tbody>{body}</tbody></table></div>')


def _row(row: Sequence[object], names: bool, links: Sequence[int]) -> str:
    cells = []
    for k, value in enumerate(row):
        address = safe_address(value) if k in links else None
        text = as_html(value)
        if address is not None:
            text = (
                f'<a href="{as_html(address)}" target="_blank" rel="noopener noreferrer nofollow">{text}</a>'
            )
        cells.append(f'<th scope="row">{text}</th>' if names and k == 0 else f"<td>{text}</td>")
    return "".join(cells)


def passages(text: str) -> None:
    """A longer text with its paragraphs and points."""
    body = "".join(
        f'<p class="said soft">{"– " if point else ""}{as_html(words)}</p>' for point, words in pieces(text)
    )
    st.html(body)


# Choices that live in the address -----------------------------------------------------------------------


def one_of(label: str, name: str, options: Mapping[str, str], *, hidden: bool = False) -> str:
    """One of several, next to each other; the first where the address says nothing.

    Parameters
    ----------
    label, name : str
        What is chosen, and the parameter of the address.
    options : mapping
        Value → its words.
    hidden : bool
        The label is for screen readers only.
    """
    key, first = f"choice_{name}", next(iter(options))
    _take(name, key, lambda asked: asked[-1] if asked and asked[-1] in options else first)
    if st.session_state[key] not in options:
        st.session_state[key] = first
    chosen = str(
        st.radio(
            label, list(options), key=key, horizontal=True, format_func=lambda v: plain(options[v], 60),
            label_visibility="collapsed" if hidden else "visible",
        )
    )  # fmt: skip
    _tell(name, [] if chosen == first else [chosen])
    return chosen


def any_of(label: str, name: str, options: Mapping[str, str]) -> list[str]:
    """Any of several; none chosen is no choice."""
    key = f"choice_{name}"
    _take(name, key, lambda asked: [v for v in asked if v in options])
    st.session_state[key] = [v for v in st.session_state[key] if v in options]
    chosen = [
        str(v)
        for v in st.multiselect(
            label, list(options), key=key, placeholder="All", format_func=lambda v: plain(options[v], 60)
        )
    ]
    _tell(name, chosen)
    return chosen


def words_of(label: str, name: str, hint: str) -> str:
    """Words to search for."""
    key = f"choice_{name}"
    _take(name, key, lambda asked: plain(asked[-1], 200) if asked else "")
    found = plain(st.text_input(label, key=key, placeholder=hint, max_chars=200))
    _tell(name, [found] if found else [])
    return found


def _take(name: str, key: str, read: object) -> None:
    """From the address where that says something new, or the page was just opened."""
    asked, told = st.query_params.get_all(name), f"{key}_told"
    if key not in st.session_state or (asked and asked != st.session_state.get(told)):
        st.session_state[key] = read(asked)  # type: ignore[operator]


def _tell(name: str, chosen: list[str]) -> None:
    if chosen:
        if st.query_params.get_all(name) != chosen:
            st.query_params[name] = chosen
    elif name in st.query_params:
        del st.query_params[name]
    st.session_state[f"choice_{name}_told"] = chosen
