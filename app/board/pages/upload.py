"""The page of the visitor's own survey: checked here, shown on all pages, kept nowhere."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from board.parts import heading, problems_shown, save, say
from board.shell import enter_own
from board.view import View
from rdpscore.coding.annotate import annotated
from rdpscore.coding.check import CheckResult
from rdpscore.coding.gathered import gather
from rdpscore.files.texts import as_markdown, plain
from rdpscore.problems import Problems
from rdpscore.readers import suffixes
from rdpscore.survey import Survey
from rdpscore.survey.zipped import read_zipped
from rdpscore.validation import check

_FOUND = "upload_found"
MOST_FILES = 50
SHEETS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def page(view: View) -> None:
    """Upload, problems, and the way into the other pages."""
    say(
        "A survey's folder as .zip (survey.yaml, codebook.yaml and the tables as CSV), or coders' workbooks in any "
        "format of a spreadsheet program, which carry their codebook. It is checked as by the commands check and "
        "validate, and shown in this session only: nothing is kept on the server, and no other visitor sees it."
    )
    files = st.file_uploader(
        "Your survey", type=["zip", *(s[1:] for s in suffixes("workbook"))], accept_multiple_files=True,
        key="upload_files", help="One .zip, or one or more workbooks",
    )  # fmt: skip
    if not files:
        st.session_state.pop(_FOUND, None)
        return
    mark = tuple(f.file_id for f in files)
    if st.session_state.get(_FOUND, {}).get("mark") != mark:
        with st.spinner("Checking"):
            st.session_state[_FOUND] = {"mark": mark} | _checked(files)
    _outcome(st.session_state[_FOUND])


def _checked(files: list[Any]) -> dict[str, Any]:
    """The survey, if it is one; its problems; and checked workbooks."""
    zips = [f for f in files if f.name.casefold().endswith(".zip")]
    if len(files) > MOST_FILES or (zips and len(files) > 1):
        said = f"Choose one .zip, or up to {MOST_FILES} workbooks of one survey, and not both."
        return {"said": said, "survey": None, "problems": Problems(), "books": ()}
    names = [plain(f.name, 80) for f in files]
    if zips:
        survey, problems = read_zipped(zips[0].getvalue(), names[0])
        books: tuple[CheckResult, ...] = ()
    else:
        unique = {
            n if names.count(n) == 1 else f"{n} ({k})": f
            for k, (n, f) in enumerate(zip(names, files, strict=True), 1)
        }
        found = gather({name: f.getvalue() for name, f in unique.items()})
        survey, problems, books = found.survey, found.problems, found.checked
    if survey is not None:
        told = {b.code for b in problems.batches} if books else set()
        problems = problems + Problems(tuple(b for b in check(survey).batches if b.code not in told))
        if not problems.ok:
            survey = None
    return {"said": None, "survey": survey, "problems": problems, "books": books}


def _outcome(found: dict[str, Any]) -> None:
    if found["said"]:
        st.warning(found["said"])
        return
    survey: Survey | None = found["survey"]
    problems: Problems = found["problems"]
    counts = [
        (len(problems.errors), "error"),
        (len(problems.warnings), "warning"),
        (len(problems.notes), "note"),
    ]
    words = ", ".join(f"{n:,} {word}{'' if n == 1 else 's'}" for n, word in counts)
    if survey is None:
        heading("It cannot be shown yet")
        say(f"{words}. Mend the errors and upload it again; warnings and notes do not stand in the way.")
    else:
        heading("It can be shown")
        say(f"{plain(survey.meta.title, 200)}: {len(survey.journals):,} journals; {words}.")
        st.button(
            "Show it on all pages", type="primary", on_click=enter_own, args=(survey,), key="upload_use",
        )  # fmt: skip
    for k, book in enumerate(found["books"]):
        if book.filled is not None and len(book.problems):
            st.download_button(
                as_markdown(f"{book.filled.name} with its problems as comments", 120),
                partial(annotated, book.filled.content, book.problems), "checked.xlsx", SHEETS,
                key=f"upload_annotated_{k}", on_click="ignore",
            )  # fmt: skip
    if len(problems):
        save(problems.to_frame(), "problems", "All problems (CSV)")
    problems_shown(problems, first=10)
