"""The page of data: tables and figures to take away, how to cite them, and what makes them again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

import rdpscore
from board.blocks import sheet
from board.parts import heading, say
from board.view import View, own_scheme
from rdpscore.agreement.report import measure_agreement as agreement_of
from rdpscore.codebook.reading import mapping_frame, options_frame
from rdpscore.files.output import csv_bytes, xlsx_bytes
from rdpscore.report.agreement_pictures import pictures_of_agreement
from rdpscore.report.pages import pictures_zip
from rdpscore.results import Result, dump_json, records, versions
from rdpscore.survey.citing import cite_survey, cite_tool, command_lines, source_line

SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(view: View) -> None:
    """All under the filter and the scheme of the page."""
    say("Everything here is of the journals that pass the filter, under the scheme that is chosen there.")
    _tables(view)
    _figures(view)
    _citation(view)
    _again(view)


def _tables(view: View) -> None:
    heading("Tables")
    with st.container(border=True):
        say("Scores: journals and publishers, with bounds, ranks and what they rest on.")
        _result(
            view, "scores", lambda: rdpscore.score(view.survey, view.scheme), view.scheme.model_dump_json()
        )
    with st.container(border=True):
        say("Agreement: items, headlines, publishers, reasons, confusion, and what they rest on.")
        _result(view, "agreement", lambda: agreement_of(view.survey))
    with st.container(border=True):
        say("The survey itself: journals, every coder's answers, what was adopted.")
        _buttons("survey", lambda: dict(view.survey.tables), lambda: dump_json(
            {name: records(frame) for name, frame in view.survey.tables.items()}))  # fmt: skip
    with st.container(border=True):
        say("The codebook: items and options, and the mapping to frameworks.")
        book = view.survey.codebook
        _buttons(
            "codebook",
            lambda: {"options": options_frame(book), "mapping": mapping_frame(book)},
            lambda: dump_json(book.model_dump(mode="json")),
        )
    say("CSV holds the first table, XLSX all of them, JSON all of them with settings and remarks. A text that a "
        "spreadsheet would run as a formula begins with an apostrophe in CSV.", soft=True)  # fmt: skip


def _result(view: View, name: str, make: Callable[[], Result], *key: str) -> None:
    def found() -> Result:
        return view.once(("data", name, *key), make)

    _buttons(name, lambda: found().tables(), lambda: found().to_json())


def _buttons(name: str, tables: Callable[[], Mapping[str, Any]], text: Callable[[], str]) -> None:
    """Three downloads; each is made when it is asked for."""
    with st.container(horizontal=True):
        st.download_button(
            "CSV", lambda: csv_bytes(next(iter(tables().values()))), f"{name}.csv", "text/csv",
            key=f"data_{name}_csv", on_click="ignore", help=f"{name}: the first table",
        )  # fmt: skip
        st.download_button(
            "XLSX", lambda: xlsx_bytes(tables()), f"{name}.xlsx", SHEETS,
            key=f"data_{name}_xlsx", on_click="ignore", help=f"{name}: all tables",
        )  # fmt: skip
        st.download_button(
            "JSON", lambda: text().encode(), f"{name}.json", "application/json",
            key=f"data_{name}_json", on_click="ignore", help=f"{name}: all tables and settings",
        )  # fmt: skip


def _figures(view: View) -> None:
    heading("Figures")
    say(
        "Below each figure of the other pages its data (CSV) and the figure as a page of its own (HTML) can be saved. "
        "The camera that appears above a figure on pointing at it saves it as a picture, SVG or PNG as chosen below "
        "the filters; your browser makes it."
    )
    st.download_button(
        "All figures of agreement (ZIP of HTML and CSV)",
        lambda: _zip(view),
        "figures.zip", "application/zip", key="data_figures", on_click="ignore",
    )  # fmt: skip


def _zip(view: View) -> bytes:
    found = view.once("agreement", lambda: agreement_of(view.survey))
    return pictures_zip(list(pictures_of_agreement(found)), source_line(view.survey.meta))


def _citation(view: View) -> None:
    heading("How to cite")
    meta = view.whole.meta
    facts = [
        ("The survey", cite_survey(meta)),
        ("Address", meta.source.url if meta.source is not None else None),
        ("The tool", cite_tool()),
        ("Licence", meta.licence),
        ("Policies read", meta.read_on or "date not recorded"),
        ("Choice of journals", meta.frame),
    ]
    sheet([], [(k, v) for k, v in facts if v], names=True, links=(1,))


def _again(view: View) -> None:
    heading("What makes these figures again")
    if view.own:
        say("In the place of SURVEY goes the folder of your survey; it is not kept here.")
    if own_scheme() is not None:
        say("The scheme was made in the scoring lab: save it there as scheme.yaml first.")
    other, made = view.own or bool(view.source), own_scheme() is not None
    lines = command_lines(view.filter, own_survey=other, own_scheme=made)
    st.code("\n".join(lines), language=None, wrap_lines=True)
    book = view.survey.codebook
    facts = [
        ("Survey", view.survey.meta.id),
        ("Codebook", f"{book.id} {book.version}"),
        *((f"Hash of {name}", value) for name, value in book.hashes.model_dump().items()),
        ("Scheme", view.scheme.id),
        ("Filter", dump_json(dict(view.filter.conditions())).strip() if view.filter.conditions() else "none"),
        *((name, value) for name, value in versions().items()),
    ]
    sheet([], facts, names=True)
