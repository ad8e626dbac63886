"""A survey that uses all that a codebook offers: what is shown of it anywhere is what a person worked out by hand."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from itertools import combinations
from pathlib import Path
from typing import Any

import conformance as c
import openpyxl
import pytest
from running import cli
from workbooks import edited, headings, put

import rdpscore
from rdpscore.cli.app import app
from rdpscore.cli.codebook import app as codebook_app
from rdpscore.survey import RESOLVED_BY, Survey
from rdpscore.validation import check


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return c.write(tmp_path_factory.mktemp("conformance") / "survey")


@pytest.fixture(scope="module")
def survey(folder: Path) -> Survey:
    return rdpscore.load(folder)


# The tables themselves ----------------------------------------------------------------------------------


def impossible() -> set[frozenset[tuple[str, str]]]:
    out = set()
    for row in c.section("expected.md", "Pairs that cannot be"):
        assert row["since"]
        out |= {
            frozenset({(row["factor"], row["level"]), (row["with"], v)}) for v in row["levels"].split(", ")
        }
    return out


def test_every_pair_of_levels_is_in_the_survey_or_cannot_be() -> None:
    cells = [c.cell(journal, item) for journal in c.journals() for item in c.items().values()]
    there = {frozenset({(f, x[f]), (g, x[g])}) for x in cells for f, g in combinations(c.FACTORS, 2)}
    every = {frozenset(pair) for pair in c.pairs()}
    assert there | impossible() == every
    assert not there & impossible()


def test_the_totals_are_those_of_the_rows() -> None:
    rows, n = c.expected().values(), c.totals()
    for name in ("differ", "settled", "open", "choices", "missing", "queries", "asked", "cases"):
        assert n[name] == sum(r.numbers[name] or 0 for r in rows), name
    marks = [e.differed for e in c.answers().values()]
    assert n["differ"] == sum(marks)
    assert n["codings"] == len(c.codings())
    assert n["adjudications"] == len(c.adjudicated())
    scores = [r.score for r in rows if r.score is not None]
    assert n["scored"] == len(scores)
    assert n["mean"] == pytest.approx(sum(scores) / len(scores))


# The survey as it is read -------------------------------------------------------------------------------


def test_answers_that_count_are_those_of_the_table(survey: Survey) -> None:
    found = survey.resolved
    for (journal, item), wanted in c.answers().items():
        j, k = survey.journal_ids.get_loc(journal), survey.codebook.item_ids.index(item)
        said = survey.resolved_answers[j, k]
        told = None if said is None else survey.codebook.item(item).canonical(said)
        assert (told, RESOLVED_BY[found.by[j, k]], bool(found.disagreed[j, k])) == (
            wanted.answer,
            wanted.resolved_by,
            wanted.differed,
        ), (journal, item)


def test_a_multiple_item_is_a_set_and_an_open_one_its_words(survey: Survey) -> None:
    item = survey.codebook.item
    assert item("repositories").says("osf;dryad") == "Dryad it is; The OSF it is"
    assert item("exceptions").says("sensitive data") == "sensitive data"
    assert item("licence").says("cc0") == "Public domain"
    assert item("licence").says("other") == "other"
    assert item("licence").says(None) is None


# Every command ------------------------------------------------------------------------------------------

Check = Callable[[Path, Path], None]
NO_ANSWERS: Mapping[str, str] = {
    "convert": "turns one file's encoding, and reads no survey",
    "dashboard": "its pages are compared in test_conformance_pages",
    "init": "makes a survey without codings",
    "codebook schema": "of no survey",
    "codebook check": "of a codebook",
    "codebook diff": "of two codebooks",
    "codebook crosswalk": "of two codebooks, of which one is this survey's; there is no crosswalk to it",
}
"""Command → why it shows no answer, label, score or count of a journal."""


def json_of(folder: Path, *words: str, after: tuple[str, ...] = ()) -> Any:
    run = cli(*words, folder, *after, "--json")
    assert run.status == 0, run.err
    return run.json()["result"]


def compared(shown: Any, at_least: int) -> None:
    n, faults = c.wrong(shown)
    assert faults == []
    assert n >= at_least, f"only {n} figures could be compared"


def validate(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "validate"), c.totals()
    assert found["survey"] == {
        k: n[k] for k in ("journals", "publishers", "records", "codings", "adjudications")
    }
    kinds = found["kinds"]
    assert kinds["unresolved_disagreement"] == n["open"]
    assert kinds["single_coded"] == n["single-coded"]
    assert kinds["missing_answer"] == n["left blank"]
    assert kinds["missing_evidence"] == n["no passage"]
    assert kinds["missing_publisher"] == n["journals"] - 8
    assert kinds["missing_journal"] == n["uncoded"] - n["consensus only"]
    told = [
        p
        for p in cli("validate", folder, "--json").json()["problems"]
        if p["code"] == "unresolved_disagreement"
    ]
    open_ = {(j, i) for (j, i), e in c.answers().items() if e.differed and e.answer is None}
    assert {(p["journal"], p["item"]) for p in told} == open_
    for p in told:  # each coder's answer stands in the problem
        for given in given_by(p["journal"], p["item"]):
            assert given in p["value"]


def given_by(journal: str, item: str) -> list[str]:
    """``"ana: dryad"`` for each coder of the main round, the codes of a set in the order of the codebook."""
    own = [r for r in c.codings() if (r["journal_id"], r["item"], r["round"]) == (journal, item, "main")]
    return [f"{r['coder']}: {c._canonical(item, r['answer'])}" for r in own if r["answer"]]


def status(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "status"), c.totals()
    compared(found, 12 * 6)
    total = found["totals"]
    assert total["n_journals"] == n["journals"]
    assert (total["n_disagreements"], total["n_adjudicated"], total["n_open"]) == (
        n["differ"],
        n["settled"],
        n["open"],
    )
    assert (total["n_queries"], total["n_queries_open"]) == (n["queries"], n["asked"])
    assert total["n_consensus_only"] == n["consensus only"]
    assert total["n_missing"] == n["left blank"]


def score(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "score"), c.totals()
    compared(found, 12 * 7)
    assert (found["n_journals"], found["n_publishers"]) == (n["journals"], n["publishers"])
    assert found["mean"] == pytest.approx(n["mean"])
    assert found["agreement"]["n_journals"] == n["double-coded"]
    assert found["agreement"]["n_single_coded"] == n["single-coded"]
    scored = ("policy", "sharing", "statement", "licence")
    for row in found["journals"]:
        by = [c.answers()[row["journal_id"], i].resolved_by for i in scored]
        wanted = {b: by.count(b) for b in by if b != "none"}
        told = [p.rpartition(" ") for p in (row["resolved_by"] or "").split(", ") if p]
        assert {name: int(n) for name, _, n in told} == wanted, row
    means = {p["publisher"]: p["mean"] for p in found["publishers"]}
    for publisher, mean in means.items():
        own = [r.score for r in c.expected().values() if (r.journal["publisher"] or None) == publisher]
        assert mean == pytest.approx(sum(s for s in own if s is not None) / sum(s is not None for s in own))
    moved = json_of(folder, "score", after=("--compare", "by-dimension"))
    for row in moved["journals"]:
        assert c._equal(row["score_equal"], c.expected()[row["journal_id"]].score)
    doubt = json_of(folder, "score", after=("--uncertainty", "coder", "--draws", "200"))
    compared(doubt, 12 * 2)


def agreement(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "agreement"), c.totals()
    compared(found, 0)
    ledger = found["ledger"]
    assert (ledger["n_double"], ledger["n_single"], ledger["n_uncoded"], ledger["n_consensus_only"]) == (
        n["double-coded"], n["single-coded"], n["uncoded"], n["consensus only"],
    )  # fmt: skip
    assert found["reasons"]["n_disagreements"] == n["choices"]
    single = [i for i, e in c.items().items() if e.get("kind", "single") == "single"]
    assert [i["item"] for i in found["items"]] == single
    for row in found["items"]:
        cells = [c.cell(j, c.items()[row["item"]]) for j in c.journals()]
        assert row["n"] == sum(x["alike"] != "fewer than two" for x in cells)
    for row in found["confusion"]:
        assert row["item"] in single
    for interval in (found["reliability"]["icc_mean"], *found["headlines"]):
        if interval["low"] is not None:
            assert interval["low"] <= interval["value"] <= interval["high"] <= 1


def advise(folder: Path, _: Path) -> None:
    order = {i: [o["code"] for o in e["options"]] for i, e in c.items().items() if "options" in e}
    for journal, wanted in c.expected().items():
        found = json_of(folder, "advise", journal)
        assert c._equal(found["journal"]["score"], wanted.score)
        assert found["journal"]["rank"] == wanted.numbers["rank"]
        assert found["journal"]["publisher"] == (wanted.journal["publisher"] or None)
        for row in found["items"]:
            item, entry = row["item"], c.items()[row["item"]]
            answer = c.answers()[journal, item].answer
            assert (row["answer"], row["label"]) == (answer, c.says(item, answer))
            lapsed = c.cell(wanted.journal, entry)["condition"] == "not met"
            assert row["state"] == ("answered" if answer else "not_applicable" if lapsed else "not_answered")
            advised = entry["level"] == "ordinal" and entry.get("scored", True) and not lapsed
            above = order[item][max(order[item].index(answer), 0) + 1 if answer else 1 :] if advised else []
            others = [c.answers()[j, item].answer for j in c.expected() if j != journal]
            assert row["n_stricter_all"] == sum(o in above for o in others)
            assert row["n_answered_all"] == sum(o is not None for o in others)
            practices = [p for p in found["practices"] if p["item"] == item]
            assert [p["code"] for p in practices] == above
            for p in practices:
                assert p["label"] == c.says(item, p["code"])
                owners = [c.expected()[j].journal["publisher"] or "no publisher" for j in c.expected()
                          if j != journal and c.answers()[j, item].answer == p["code"]]  # fmt: skip
                assert {
                    w.rpartition(" ")[0]: int(w.rpartition(" ")[2]) for w in p["who"].split(", ") if w
                } == {o: owners.count(o) for o in owners}
        if journal in ("gamma", "epsilon"):
            said = cli("advise", journal, folder).out
            assert "nan" not in said
            assert ("now: not answered" in said) == (journal == "gamma")


def regress(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "regress"), c.totals()
    assert found["n_journals"] == n["scored"]
    assert found["variance"]["mean"] == pytest.approx(n["mean"])
    assert [r["journal"] for r in found["left_out"] if r["attribute"] == "score"] == ["omega"]


def heterogeneity(folder: Path, _: Path) -> None:
    found, n = json_of(folder, "heterogeneity", after=("--profiles",)), c.totals()
    assert found["n_journals"] == n["scored"]
    assert found["shares"][0]["mean"] == pytest.approx(n["mean"])
    for row in found["groups"]:
        own = [r for j, r in c.expected().items() if row["group"] in (r.journal["publisher"], j)]
        scores = [r.score for r in own if r.score is not None]
        assert row["n_journals"] == len(scores) or row["n_answered"] == len(scores)
        if scores:
            assert row["mean"] == pytest.approx(sum(scores) / len(scores))
            assert (row["min"], row["max"]) == pytest.approx((min(scores), max(scores)))


def sensitivity(folder: Path, _: Path) -> None:
    found = json_of(folder, "sensitivity", after=("--draws", "200", "--base", "64"))
    compared(found["journals"], 12 * 2)
    assert [i["item"] for i in found["items"]] == ["policy", "sharing", "statement", "licence"]


def compare(folder: Path, _: Path) -> None:
    run = cli("compare", folder, folder, "--json")
    (pair,) = run.json()["result"]["pairs"]
    single = [i for i, e in c.items().items() if e.get("kind", "single") == "single"]
    n = sum(c.answers()[j, i].answer is not None for j in c.expected() for i in single)
    assert pair["n_matched"] == c.totals()["journals"]
    assert pair["moved"] == {"n": n, "same": n, "stricter": 0, "looser": 0, "other": 0}
    assert pair["overall"]["n_journals"] == c.totals()["scored"]


def reproduce(folder: Path, tmp: Path) -> None:
    copy = c.write(tmp / "printed")
    entries = "".join(
        f'  - {{figure: {name}, printed: "{value}", decimals: {decimals}, compute: {{name: {name}}}}}\n'
        for name, value, decimals in (("n_journals", "12", 0), ("mean_score", "0.644", 3))
    )
    (copy / "published.yaml").write_text(
        f"format: 1\nsource: {{citation: By hand}}\nfigures:\n{entries}", encoding="utf-8"
    )
    run = cli("reproduce", copy, "--json")
    assert run.status == 0, run.out + run.err
    assert [f["equal"] for f in run.json()["result"]] == [True, True]


def codebook_show(folder: Path, _: Path) -> None:
    run = cli("codebook", "show", folder, "--json")
    shown = {i["id"]: i for i in run.json()["result"]["items"]}
    assert list(shown) == list(c.items())
    for name, entry in c.items().items():
        assert shown[name]["kind"] == entry.get("kind", "single")
        assert [o["label"] for o in shown[name]["options"]] == [o["label"] for o in entry.get("options", ())]
        assert shown[name]["scored"] == (
            entry.get("kind", "single") == "single" and entry.get("scored", True)
        )


def assign(folder: Path, tmp: Path) -> None:
    copy = c.write(tmp / "assigned")
    assert cli("assign", copy, "--coders", "ana,ben", "--per-journal", "2").status == 0
    table = rdpscore.load(copy).assignments
    assert table is not None
    assert set(table["journal_id"]) == set(c.expected())


def migrate(folder: Path, tmp: Path) -> None:
    copy = c.write(tmp / "migrated")
    newer = tmp / "newer.yaml"
    text = (copy / "codebook.yaml").read_text(encoding="utf-8").replace('version: "1"', 'version: "2"')
    newer.write_text(
        text.replace("Is there a policy on data?", "Is there any policy on data?"), encoding="utf-8"
    )
    assert cli("migrate", copy, "--to", newer).status == 0
    unchanged(copy)


def merge(folder: Path, tmp: Path) -> None:
    out = tmp / "merged"
    north, rest = ("alpha", "beta", "gamma"), set(c.expected()) - {"alpha", "beta", "gamma"}
    parts = []
    for name, keep in (("north", set(north)), ("rest", rest)):
        part = c.write(tmp / name)
        meta = part / "survey.yaml"
        meta.write_text(
            meta.read_text("utf-8").replace("id: conformance\ntitle", f"id: {name}\ntitle"), "utf-8"
        )
        loaded = rdpscore.load(part)
        for table in ("journals", "codings", "adjudications"):
            frame = loaded.tables[table].astype(object)
            frame[frame["journal_id"].isin(keep)].to_csv(part / f"{table}.csv", index=False)
        parts.append(part)
    run = cli("merge", out, *parts)
    assert run.status == 0, run.err
    unchanged(out)


def unchanged(folder: Path) -> None:
    """The answers that count are still those of the table."""
    test_answers_that_count_are_those_of_the_table(rdpscore.load(folder))


COMMANDS: Mapping[str, Check] = {
    "validate": validate, "status": status, "score": score, "agreement": agreement, "advise": advise,
    "compare": compare, "reproduce": reproduce, "codebook show": codebook_show, "assign": assign, "migrate": migrate,
    "merge": merge,
}  # fmt: skip
SLOW: Mapping[str, Check] = {"regress": regress, "heterogeneity": heterogeneity, "sensitivity": sensitivity}
ELSEWHERE = {"figures", "template", "check", "import", "adjudicate"}
"""Compared in the tests of figures and of workbooks below."""


def test_every_command_is_compared() -> None:
    named = {i.name or i.callback.__name__.replace("_", "-") for i in app.registered_commands}  # type: ignore[union-attr]
    named |= {
        f"codebook {i.name or i.callback.__name__.replace('_', '-')}"  # type: ignore[union-attr]
        for i in codebook_app.registered_commands
    }
    assert named == {*COMMANDS, *SLOW, *ELSEWHERE, *NO_ANSWERS}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_shows_what_is_expected(name: str, folder: Path, tmp_path: Path) -> None:
    COMMANDS[name](folder, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", SLOW)
def test_a_slow_command_shows_what_is_expected(name: str, folder: Path, tmp_path: Path) -> None:
    SLOW[name](folder, tmp_path)


# Every figure -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def results(survey: Survey) -> Mapping[str, Any]:
    """What figures are made of."""
    from rdpscore.agreement.report import agreement as agreement_of
    from rdpscore.analysis.checks import checked_regress
    from rdpscore.analysis.comparison import compare_surveys
    from rdpscore.analysis.heterogeneity import heterogeneity as apart
    from rdpscore.scoring import compare as schemes
    from rdpscore.scoring import sensitivity as moved
    from rdpscore.scoring import spread, uncertainty
    from rdpscore.scoring.moves import moves

    book = survey.codebook
    return {
        "agreement": agreement_of(survey), "regress": checked_regress(survey, None, book.scheme(), checks=("robust",)),
        "pair": compare_surveys(survey, survey).pairs[0], "apart": apart(survey, with_profiles=True),
        "schemes": schemes(survey, [book.scheme(), book.scheme("by-dimension")]),
        "moved": moved(survey, n_draws=200, base=64), "doubt": uncertainty(survey, n_draws=200),
        "spread": spread(survey, n_draws=200), "moves": moves(survey, book.scheme(), book.scheme("by-dimension")),
    }  # fmt: skip
