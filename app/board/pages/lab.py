"""The scoring lab: another scheme, and what it changes at once."""

from __future__ import annotations

from typing import Any

import streamlit as st

from board.blocks import sheet
from board.parts import heading, problems_shown, save, say, show, table
from board.view import View, own_scheme, use_scheme
from rdpscore.codebook import Codebook, Scheme
from rdpscore.codebook.reading import rules
from rdpscore.codebook.schemes import (
    CHOICES,
    LONGEST_LINE,
    choices,
    edited,
    parse_changes,
    parse_scheme,
    same_scores,
    scheme_text,
    spell_changes,
    weight_range,
)
from rdpscore.figures.moves import span
from rdpscore.files.texts import as_markdown, plain
from rdpscore.means import find_mean
from rdpscore.problems import Problems
from rdpscore.report.schemes import REASONS
from rdpscore.report.score_pictures import moves_picture, shifts_picture
from rdpscore.results import records
from rdpscore.uncertainty.effective_weights import structure
from rdpscore.uncertainty.rank_moves import Moves, moves, ready
from rdpscore.words import number, percent

WORDS = {
    "items": "the mean over all items",
    "dimensions": "a mean in each dimension, then over the dimensions",
    "exclude": "left out",
    "zero": "count 0",
    "bounds": "leave the journal without a score",
    "keep": "an answer given counts all the same",
    "gate": "they count as their lowest option",
}
LABELS = {
    "by": "The score is",
    "aggregation": "Kind of mean",
    "missing": "Missing answers",
    "not_applicable": "Items that do not apply",
}
_START, _BASE, _LINE, _FAULTS, _KEPT = "lab_start", "lab_base", "lab_line", "lab_faults", "lab_kept"
PARAMETER = "lab"


def page(view: View) -> None:
    """Controls on the left, what they change on the right."""
    book = view.survey.codebook
    base = book.scheme(view.filter.scheme)
    say(
        f"Start from “{base.title}” (choose another in the filter), change what counts, and see who moves. Nothing "
        "here changes the survey, and nobody else sees it."
    )
    for sentence in _settle(base, book):
        st.info(as_markdown(sentence))
    summary = st.container()
    controls, results = st.columns([2, 3], gap="large")
    with controls:
        scheme, problems = _controls(base, book)
    if scheme is None:
        with summary:
            say("With these choices there is no score:")
            problems_shown(problems)
        return
    st.session_state[_KEPT] = scheme
    _tell(scheme, base, book)
    found = moves(view.once("ready", lambda: ready(view.survey)), base, scheme)
    with summary:
        _summary(found)
    with results:
        _results(view, base, scheme, found)


# What stands in the controls ----------------------------------------------------------------------------


def _settle(base: Scheme, book: Codebook) -> list[str]:
    """Fill the controls where the page was just opened, or the scheme or the address is another one."""
    state = st.session_state
    asked = st.query_params.get(PARAMETER, "")
    mark = (book.id, book.hashes.scoring, base.id)
    said: list[str] = []
    if asked and asked != state.get(_LINE):
        changes, said = parse_changes(asked[:LONGEST_LINE], base, book)
        found, _ = edited(base, book, **changes)
        _fill(found or base, book)
        state[_START] = base
    elif state.get(_BASE) != mark:
        made = own_scheme() if _BASE not in state else None
        state[_START] = made or base
        _fill(made or base, book)
    elif "lab_by" not in state:  # back from another page
        _fill(state.get(_KEPT, base), book)
    state[_BASE] = mark
    state[_LINE] = asked
    return said


def _fill(scheme: Scheme, book: Codebook) -> None:
    state = st.session_state
    for item in book.scored_items:
        weight = scheme.weights.get(item.id, 1.0)
        state[f"lab_item_{item.id}"] = weight
    state["lab_range"] = weight_range(scheme)
    state["lab_out"] = [i.id for i in book.scored_items if scheme.weights.get(i.id, 1.0) == 0]
    for dimension in book.dimensions:
        state[f"lab_dimension_{dimension.id}"] = scheme.dimension_weights.get(dimension.id, 1.0)
    for field in CHOICES:
        state[f"lab_{field}"] = getattr(scheme, field)
    state["lab_minimum_items"] = scheme.minimum_items


def _tell(scheme: Scheme, base: Scheme, book: Codebook) -> None:
    """Into the address, where it fits and says all."""
    line = spell_changes(scheme, base, book)
    changes, _ = parse_changes(line, base, book)
    whole = edited(base, book, **changes)[0]
    fits = len(line) <= LONGEST_LINE and whole is not None and same_scores(whole, scheme)
    if line and fits:
        st.query_params[PARAMETER] = line
    elif PARAMETER in st.query_params:
        del st.query_params[PARAMETER]
    st.session_state[_LINE] = line if fits else ""


def _controls(base: Scheme, book: Codebook) -> tuple[Scheme | None, Problems]:
    state = st.session_state
    heading("What counts")
    left, right = st.columns(2)
    left.button("Reset", on_click=_reset, args=(base, book), width="stretch", icon=":material/restart_alt:")
    with right.popover("Load a scheme", width="stretch"):
        st.file_uploader(
            "A scheme file (YAML)", type=["yaml", "yml"], key="lab_file", on_change=_load, args=(book,),
            max_upload_size=1,
        )  # fmt: skip
    if isinstance(state.get(_FAULTS), Problems):
        with st.container(border=True):
            say("The file was not loaded; the controls are as they were.")
            problems_shown(state[_FAULTS])
    titles = {i.id: plain(i.title, 60) for i in book.scored_items}
    out = st.multiselect(
        "Leave items out", list(titles), key="lab_out", format_func=titles.__getitem__, placeholder="None"
    )
    chosen: dict[str, Any] = {}
    formulas = "; ".join(f"{name}: {find_mean(name).formula}" for name in choices("aggregation"))
    for field, note in (("by", None), ("aggregation", as_markdown(f"s: scores, w: weights; {formulas}"))):
        chosen[field] = st.selectbox(
            LABELS[field], choices(field), key=f"lab_{field}", format_func=_word, help=note
        )
    top, step = state["lab_range"]
    weights, of_dimension = {}, {}
    say("Weights; 1 is the usual one, 0 leaves an item out.", soft=True)
    for k, dimension in enumerate(book.dimensions):
        own = [i for i in book.scored_items if i.dimension == dimension.id]
        if not own:
            continue
        with st.expander(as_markdown(dimension.title, 80), expanded=k == 0):
            if chosen["by"] == "dimensions":
                of_dimension[dimension.id] = st.slider(
                    "The dimension as a whole", 0.0, top, step=step, key=f"lab_dimension_{dimension.id}"
                )
            for item in own:
                weight = st.slider(
                    as_markdown(item.title, 60),
                    0.0,
                    top,
                    step=step,
                    key=f"lab_item_{item.id}",
                    disabled=item.id in out,
                )
                weights[item.id] = 0.0 if item.id in out else weight
    with st.expander("Missing answers, and items that do not apply"):
        for field in ("missing", "not_applicable"):
            chosen[field] = st.selectbox(LABELS[field], choices(field), key=f"lab_{field}", format_func=_word)
        chosen["minimum_items"] = st.number_input(
            "Answers that a journal needs for a score", 1, len(titles) or 1, key="lab_minimum_items"
        )
    changes = chosen | {"weights": weights, "dimension_weights": of_dimension}
    return edited(state.get(_START, base), book, **changes)


def _word(value: str) -> str:
    """A choice in words; what is none of a rule is a mean."""
    return WORDS[value] if value in WORDS else find_mean(value).label


def _reset(base: Scheme, book: Codebook) -> None:
    state = st.session_state
    state[_START] = base
    state.pop(_FAULTS, None)
    _fill(base, book)


def _load(book: Codebook) -> None:
    state = st.session_state
    state.pop(_FAULTS, None)
    file = state.get("lab_file")
    if file is None:
        return
    scheme, problems = parse_scheme(file.getvalue().decode("utf-8", "replace"), plain(file.name, 80), book)
    if scheme is None:
        state[_FAULTS] = problems
    else:
        state[_START] = scheme
        _fill(scheme, book)


# What it changes ----------------------------------------------------------------------------------------


def _summary(found: Moves) -> None:
    tau = found.concordance
    first, second, third = st.columns(3)
    first.metric("Mean score", number(found.mean_after))
    first.caption(f"before: {number(found.mean_before)}")
    second.metric("Journals that move", f"{found.n_moved:,}")
    second.caption(
        f"of {found.n_after:,} with a score; {found.n_up:,} gain places, {found.n_down:,} lose some"
    )
    third.metric("Same order (tau)", number(tau.kendall))
    third.caption("1: all pairs of journals keep their order" if tau.reason is None else REASONS[tau.reason])
    if found.n_after < found.n_before:
        st.info(f"{found.n_lost:,} journals have no score under this scheme.")


def _results(view: View, base: Scheme, scheme: Scheme, found: Moves) -> None:
    heading("What changes")
    if scheme is base:
        say("Nothing yet: this is the scheme that you started from.")
    else:
        say(" ".join(rules(scheme)))
    _save(view, scheme)
    if scheme is not base:
        show(view, moves_picture(found))
        if len(found.publishers) > 1:
            show(view, shifts_picture(found))
    _journals(found)
    details = st.expander("What the weights amount to", key="lab_effective", on_change="rerun")
    if details.open:
        with details:
            _effective(view, scheme)


def _save(view: View, scheme: Scheme) -> None:
    with st.container(horizontal=True):
        st.download_button(
            "Save the scheme (YAML)", scheme_text(scheme, view.survey.codebook), "scheme.yaml", "application/yaml",
            key="lab_save", on_click="ignore",
        )  # fmt: skip
        used = own_scheme()
        changed = scheme != (used or view.survey.codebook.scheme(view.filter.scheme))
        st.button(
            "Score all pages by it", on_click=use_scheme, args=(scheme,), disabled=not changed, key="lab_use",
            help="Other pages of this session then show scores under this scheme.",
        )  # fmt: skip
    say("On the command line: rdpscore score --scheme scheme.yaml", soft=True)


def _journals(found: Moves) -> None:
    heading("Journals")
    frame = found.journals
    shown = frame[["title", "publisher", "score_after", "change"]].assign(
        rank=[span(a, b) for a, b in zip(frame["rank_after"], frame["last_after"], strict=True)],
        before=[span(a, b) for a, b in zip(frame["rank_before"], frame["last_before"], strict=True)],
        gained=frame["gained"],
    )[["rank", "title", "gained", "score_after", "change", "before", "publisher"]]
    names = {"rank": "Rank", "title": "Journal", "publisher": "Publisher", "before": "Before"}
    config = {
        "score_after": st.column_config.NumberColumn("Score", format="%.3f"),
        "change": st.column_config.NumberColumn("Change", format="%+.3f"),
        "gained": st.column_config.NumberColumn("Gained", format="%+d"),
    }
    table(shown, key="lab_journals", names=names, config=config, height=360)
    save(frame, "scores-of-the-lab")


def _effective(view: View, scheme: Scheme) -> None:
    say(
        "The share of the weights is what the scheme says; the share of the score's variance is what it does among "
        "these journals. An item that all answer alike moves nobody, whatever its weight."
    )
    found = view.once(("structure", scheme.model_dump_json()), lambda: structure(view.survey, scheme))
    rows = found.items.sort_values("weight_share", ascending=False)[
        ["title", "weight_share", "variance_share", "eta2"]
    ]
    sheet(
        ["Item", "Share of weights", "Share of variance", "Variance between its answers"],
        [(title, *map(percent, shares)) for title, *shares in map(dict.values, records(rows))],
    )
    if not found.linear:
        say(
            "Shares of the variance exist only where the score is a weighted sum and no answer is missing.",
            soft=True,
        )
