"""Every page of the dashboard on the conformance survey: what it shows is what a person worked out by hand."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import conformance as c
import pytest
from dashboard import APP, faults, opened, words

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

HEADS = {
    "Journal": "title", "Publisher": "publisher", "Score": "score", "Rank": "rank", "Answers missing": "n_missing",
    "publisher": "publisher", "score": "score",
}  # fmt: skip
FEW = ("gamma", "zeta", "omega")
"""Journals whose pages are opened in the fast tests: differing, three coders, nothing."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return c.write(tmp_path_factory.mktemp("conformance") / "survey")


def tables(at: AppTest) -> Iterator[list[dict[str, Any]]]:
    """Rows of each table of a page, missing cells as None."""
    for entry in at.dataframe:
        frame = entry.value
        yield frame.astype(object).where(frame.notna(), None).to_dict("records")


def table_with(at: AppTest, *columns: str) -> list[dict[str, Any]]:
    (found,) = [rows for rows in tables(at) if rows and set(columns) <= set(rows[0])]
    return found


def metric(at: AppTest, label: str) -> str:
    (found,) = [m.value for m in at.metric if m.label == label]
    return str(found)


def two(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def journal(at: AppTest, journal: str) -> None:
    known = c.expected()[journal]
    assert metric(at, "Score") == two(known.score)
    rank = known.numbers["rank"]
    assert metric(at, "Rank of 11").partition("–")[0] == ("" if rank is None else str(rank))
    assert (known.journal["publisher"] or "no publisher") in words(at)
    n = known.numbers["differ"]
    assert (f"The coders differed on {n} of 12 items." in words(at)) == bool(n)
    rows = table_with(at, "title", "label", "resolved_by")
    said = {
        (r["coder"], r["round"], r["item"]): r["answer"] for r in c.codings() if r["journal_id"] == journal
    }
    for row in rows:
        item = next(i for i, e in c.items().items() if e["title"] == row["title"])
        wanted = c.answers()[journal, item]
        assert row["label"] == c.says(item, wanted.answer), (journal, item)
        assert row["resolved_by"] == wanted.resolved_by
        for (coder, round_, of), answer in said.items():
            if of == item:
                name = coder if round_ == "main" else f"{coder} ({round_})"
                assert (row[name] or "") == (c.says(item, answer) or ""), (journal, item, coder)
    assert len(rows) == 12
    passages = [r for r in c.codings() if r["journal_id"] == journal and r["evidence"]]
    found = [rows for rows in tables(at) if rows and "evidence" in rows[0]]
    assert sorted(r["evidence"] for rows in found for r in rows) == sorted(r["evidence"] for r in passages)
    for row in (r for rows in found for r in rows):
        item = next(i for i, e in c.items().items() if e["title"] == row["title"])
        assert row["label"] == c.says(item, said[row["coder"], row["round"], item])


def journals(at: AppTest) -> None:
    rows = table_with(at, "title", "score", "n_missing")
    titles = {r.journal["title"]: r for r in c.expected().values()}
    assert {r["title"] for r in rows} == set(titles)
    for row in rows:
        known = titles[row["title"]]
        assert row["score"] is None if known.score is None else row["score"] == pytest.approx(known.score)
        assert row["n_missing"] == known.numbers["missing"]
        assert (row["publisher"] or "") == known.journal["publisher"]


def overview(at: AppTest) -> None:
    n = c.totals()
    assert metric(at, "Journals") == f"{n['journals']:.0f}"
    assert metric(at, "Publishers") == f"{n['publishers']:.0f}"
    assert metric(at, "Mean score") == two(n["mean"])
    answered = [j for j in c.expected() if c.answers()[j, "sharing"].answer is not None]
    demanding = [j for j in answered if c.answers()[j, "sharing"].answer == "2"]
    # the licence is nominal: no answer to it is stricter than another
    assert f"{len(demanding)} of {len(answered)} have the strictest option of a graded item" in words(at)
    assert "from 0.44 to 0.67" in words(at)


def cases(at: AppTest) -> None:
    rows = table_with(at, "item_title", "answers")
    assert len(rows) == c.totals()["choices"]
    assert f"{len(rows)} of {len(rows)} disagreements" in words(at)
    journal_of = {r.journal["title"]: j for j, r in c.expected().items()}
    for row in rows:
        journal = journal_of[row["title"]]
        item = next(i for i, e in c.items().items() if e["title"] == row["item_title"])
        assert c.answers()[journal, item].differed
        given = {r["answer"] for r in c.codings()
                 if (r["journal_id"], r["item"], r["round"]) == (journal, item, "main") and r["answer"]}  # fmt: skip
        assert set(row["answers"].split(" / ")) == given
        assert row["adopted"] == c.adjudicated().get((journal, item))
        assert (row["publisher"] or "") == c.expected()[journal].journal["publisher"]


def how(at: AppTest) -> None:
    n = {k: int(v) for k, v in c.totals().items()}
    left = n["uncoded"] - n["consensus only"]
    wanted = (
        f"{n['journals']}: {n['double-coded']} with two or more coders, {n['single-coded']} with one, left out, "
        f"{n['consensus only']} with a consensus only, {left} not coded"
    )
    assert wanted in words(at)
    assert f"0 of {sum('level' in i for i in c.items().values())} items reach" in words(at)


def what(at: AppTest) -> None:
    assert f"{c.totals()['choices']:.0f} disagreements" in words(at)


def codebook(at: AppTest) -> None:
    said, shown = words(at), [e.label for e in at.expander]
    for item in c.items().values():
        assert item["title"] in shown
        assert item["question"] in said
        for option in item.get("options", ()):
            assert option["label"] in said
    assert said.count("It enters no score.") == sum(
        not i.get("scored", "level" in i) for i in c.items().values()
    )


def lab(at: AppTest) -> None:
    assert metric(at, "Mean score") == two(c.totals()["mean"])
    assert f"of {c.totals()['scored']:.0f} with a score" in words(at)


def predictors(at: AppTest) -> None:
    assert f"{c.totals()['scored']:.0f} journals" in words(at)


def publishers(at: AppTest) -> None:
    """The sentence of the first figure: means over publishers (one blank: a journal) of the means of dimensions."""
    assert set(at.selectbox(key="publisher_chosen").options) == {"North", "South", "East"}
    assert f"{c.totals()['journals']:.0f} journals, numbers in brackets" in words(at)
    assert "2 journals of the publisher and 7 others" in words(
        at
    )  # of East: eta and theta have a policy's answer


def data(at: AppTest) -> None:
    assert f"{c.totals()['journals']:.0f} journals" in words(at)
    assert "The conformance survey" in words(at)


def plain(at: AppTest) -> None:
    """A page that waits for the visitor's own survey."""
    assert "Your own" in words(at) or "your own" in words(at) or "of your own" in words(at)


PAGES: Mapping[str, Mapping[str, Callable[[AppTest], None]]] = {
    "overview": {"": overview},
    "journals": {"": journals},
    "publishers": {"": publishers},
    "agreement": {"how": how, "what": what, "cases": cases},
    "lab": {"": lab},
    "codebook": {"items": codebook},
    "data": {"": data},
    "predictors": {"what": predictors, "where": predictors},
    "compare": {"": plain},
    "upload": {"": plain},
}
"""Page → part → what has to stand there; the page of a journal is below."""
QUICK = ("journals", "agreement", "overview")


def test_every_page_is_compared() -> None:
    sys.path.insert(0, str(APP))
    from board.pages import PAGES as REGISTERED

    assert {*PAGES, "journal"} == {e.name for e in REGISTERED}


def opened_and_compared(page: str, part: str, folder: Path) -> None:
    with opened(page, folder, {"part": part} if part else {}) as at:
        assert faults(at) == []
        assert not re.search(r"\bnan\b", words(at))
        PAGES[page][part](at)
        for rows in tables(at):
            assert not [r for r in rows if "nan" in map(str, r.values())]


@pytest.mark.parametrize(("page", "part"), [(p, part) for p in QUICK for part in PAGES[p]])
def test_a_page_shows_what_is_expected(page: str, part: str, folder: Path) -> None:
    opened_and_compared(page, part, folder)


@pytest.mark.slow
@pytest.mark.parametrize(("page", "part"), [(p, part) for p in PAGES if p not in QUICK for part in PAGES[p]])
def test_a_slower_page_shows_what_is_expected(page: str, part: str, folder: Path) -> None:
    opened_and_compared(page, part, folder)


def page_of(name: str, folder: Path) -> None:
    with opened("journal", folder, {"journal": name, "with": ["alpha", "kappa"]}) as at:
        assert faults(at) == []
        assert not re.search(r"\bnan\b", words(at))
        journal(at, name)


@pytest.mark.parametrize("name", FEW)
def test_the_page_of_a_journal_shows_what_is_expected(name: str, folder: Path) -> None:
    page_of(name, folder)


@pytest.mark.slow
@pytest.mark.parametrize("name", [j for j in c.expected() if j not in FEW])
def test_the_page_of_every_other_journal_shows_what_is_expected(name: str, folder: Path) -> None:
    page_of(name, folder)
