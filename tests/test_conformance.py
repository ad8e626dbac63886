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
from rdpscore.cli.codebook import app as codebook_app
from rdpscore.cli.commands import app
from rdpscore.report.score_pictures import strips_picture
from rdpscore.report.survey_pictures import contributions_picture
from rdpscore.scoring.demanded import demands
from rdpscore.survey import RESOLVED_BY, Survey


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


def test_what_was_said_of_a_case_is_told_in_words(survey: Survey) -> None:
    from rdpscore.agreement.case_list import adopted_of, codings_of

    for item in c.items():
        for row in codings_of(survey, "beta", item).to_dict("records"):
            assert row["label"] == c.says(item, row["answer"])
        wanted = c.adjudicated().get(("beta", item))
        assert (adopted_of(survey, "beta", item) or {}).get("label") == c.says(item, wanted)


# Every command ------------------------------------------------------------------------------------------

Check = Callable[[Path, Path], None]
NO_ANSWERS: Mapping[str, str] = {
    "convert": "turns one file's encoding, and reads no survey",
    "dashboard": "its pages are compared in test_conformance_pages",
    "init": "makes a survey without codings",
    "names": "of names and not of answers; see test_names",
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
        told = [p.rpartition(" ") for p in (row["resolved_by"] or "").split(", ") if p not in ("", "none")]
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
    from rdpscore.agreement.report import measure_agreement as agreement_of
    from rdpscore.comparing.comparison import compare_surveys
    from rdpscore.heterogeneity.measured import measure_heterogeneity as apart
    from rdpscore.predictors.checks import checked_regress
    from rdpscore.scoring import compare as schemes
    from rdpscore.uncertainty import measure_uncertainty, spread
    from rdpscore.uncertainty import sensitivity as moved
    from rdpscore.uncertainty.rank_moves import moves

    book = survey.codebook
    return {
        "agreement": agreement_of(survey), "regress": checked_regress(survey, None, book.scheme(), checks=("robust",)),
        "pair": compare_surveys(survey, survey).pairs[0], "apart": apart(survey, with_profiles=True),
        "schemes": schemes(survey, [book.scheme(), book.scheme("by-dimension")]),
        "moved": moved(survey, n_draws=200, base=64), "doubt": measure_uncertainty(survey, n_draws=200),
        "spread": spread(survey, n_draws=200), "moves": moves(survey, book.scheme(), book.scheme("by-dimension")),
    }  # fmt: skip


def rows_of(data: Any) -> list[dict[str, Any]]:
    from rdpscore.results import records

    assert "nan" not in f"{data.n} {data.marks}"
    found = records(data.frame)
    assert c.wrong(found)[1] == []
    return found


def wanted_counts(item: str) -> dict[str | None, int]:
    """Code → journals whose resolved answer it is."""
    given = [c.answers()[j, item].answer for j in c.expected()]
    return {a: given.count(a) for a in given}


def pairable(item: str) -> list[str]:
    """Journals of which two or more coders answered an item."""
    entry = c.items()[item]
    return [j["journal_id"] for j in c.journals() if c.cell(j, entry)["alike"] != "fewer than two"]


def differing(item: str) -> list[str]:
    return [j for j in c.expected() if c.answers()[j, item].differed]


def of_publisher(name: str | None) -> list[str]:
    """Journals of a publisher, or, by its id, one without."""
    return [j for j, r in c.expected().items() if name == (r.journal["publisher"] or j)]


def mean_of(values: list[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return sum(known) / len(known) if known else None


def worth(journal: str, item: str) -> float | None:
    answer = c.answers()[journal, item].answer
    return next((o["score"] for o in c.items()[item]["options"] if o["code"] == answer), None)


SINGLE = [i for i, e in c.items().items() if "level" in e]
SCORED = [i for i in SINGLE if c.items()[i].get("scored", True)]


def dimension_mean(journal: str, dimension: str) -> float | None:
    return mean_of([worth(journal, i) for i in SCORED if c.items()[i]["dimension"] == dimension])


def close(value: Any, wanted: float | None) -> bool:
    return value is None if wanted is None else value == pytest.approx(wanted, abs=1e-9)


def by_item(data: Any) -> None:
    for row in rows_of(data):
        if row["item"]:
            assert row["item"] in SINGLE
            assert row["n"] == len(pairable(row["item"]))


def heat_map(data: Any) -> None:
    rows = rows_of(data)
    for row in rows:
        group = [j for j in pairable(row["item"]) if c.expected()[j].journal["publisher"] == row["group"]]
        if row["group"] in ("North", "South", "East"):
            assert row["n"] == len(group)
            assert (not row["disagreement"]) == (not set(group) & set(differing(row["item"])))


def confusion(data: Any) -> None:
    rows = rows_of(data)
    for item in SINGLE:
        own = [r for r in rows if r["item"] == item]
        assert sum(r["journals"] for r in own) == pytest.approx(len(pairable(item)))
        same = sum(r["journals"] for r in own if r["low"] == r["high"])
        alike = len(pairable(item)) - len(differing(item))
        assert alike - 1e-9 <= same <= alike + len(differing(item))  # three coders can be alike in part


def reasons_by_item(data: Any) -> None:
    rows = rows_of(data)
    for item in SINGLE:
        assert sum(r["n"] for r in rows if r["item"] == item) == len(differing(item))


def reasons_by_publisher(data: Any) -> None:
    rows = rows_of(data)
    assert {r["label"] for r in rows} == {"North", "South", "East", "no publisher"}
    for name in {r["label"] for r in rows}:
        own = [j for j, r in c.expected().items() if (r.journal["publisher"] or "no publisher") == name]
        wanted = sum(c.expected()[j].numbers["choices"] or 0 for j in own)
        assert sum(r["n"] for r in rows if r["label"] == name) == wanted


def shares_of_scores(data: Any) -> None:
    rows = rows_of(data)
    told = sum(r["n"] for r in rows)
    assert told == c.totals()["scored"]
    assert sum(r["n"] * r["score"] for r in rows) / told == pytest.approx(c.totals()["mean"])


def publishers(data: Any) -> None:
    rows = rows_of(data)
    assert {r["publisher"] for r in rows} == {"North", "South", "East"}
    for row in rows:
        assert close(row["score"], mean_of([c.expected()[j].score for j in of_publisher(row["publisher"])]))


def strip(data: Any) -> None:
    rows = rows_of(data)
    assert sum(r["n"] for r in rows) == c.totals()["scored"]
    for row in rows:
        for journal in row["journal_ids"].split("; "):
            assert close(row["score"], c.expected()[journal].score)
    assert "11 journals of 3 publishers" in data.n


def profiles(data: Any) -> None:
    for row in rows_of(data):
        means = [dimension_mean(j, row["dimension"]) for j in of_publisher(row["publisher"])]
        assert close(row["mean"], mean_of(means))
        assert row["n"] == sum(m is not None for m in means)


def contributions(data: Any) -> None:
    rows = rows_of(data)
    for name in {r["publisher"] for r in rows}:
        total = sum(r["contribution"] for r in rows if r["publisher"] == name)
        assert close(total, mean_of([c.expected()[j].score for j in of_publisher(name)]))


def answers_of_journals(data: Any) -> None:
    titles = {r.journal["title"]: j for j, r in c.expected().items()}
    shown = set()
    for row in rows_of(data):
        for title in row["journals"].split("; "):
            journal, item = titles[title], row["item"]
            shown.add((journal, item))
            assert row["answer"] == c.answers()[journal, item].answer
            assert row["answer_label"] == c.says(item, row["answer"])
            assert close(row["answer_score"], worth(journal, item))
            assert close(row["score"], c.expected()[journal].score)
        if row["n"] > 1:
            assert (
                len({c.expected()[titles[t]].journal["publisher"] for t in row["journals"].split("; ")}) == 1
            )
    assert len(shown) == 12 * len(SCORED)


def demanded(data: Any) -> None:
    for row in rows_of(data):
        counts, options = wanted_counts(row["item"]), c.items()[row["item"]]["options"]
        ordered = sorted(options, key=lambda o: o["score"])
        codes = {"strictest": [ordered[-1]], "lowest": [ordered[0]], "between": ordered[1:-1]}
        level = row["level"]
        assert row["n"] == (
            counts.get(None, 0) if level == "missing" else sum(counts.get(o["code"], 0) for o in codes[level])
        )


def item_answers(data: Any) -> None:
    rows = rows_of(data)
    for item in SINGLE:
        assert {r["answer"]: r["n"] for r in rows if r["item"] == item and r["n"]} == wanted_counts(item)


def uniformity(data: Any) -> None:
    rows = rows_of(data)
    named = {j.journal["publisher"] for j in c.expected().values()} - {""}
    assert {r["publisher"] for r in rows} == named  # a journal without one is no publisher
    assert all(r["n_journals"] == len(of_publisher(r["publisher"])) for r in rows)


def against_rest(data: Any) -> None:
    for row in rows_of(data):
        for name, journals in (
            ("own", of_publisher("North")),
            ("rest", set(c.expected()) - set(of_publisher("North"))),
        ):
            values = [worth(j, row["item"]) for j in journals]
            assert close(row[name], mean_of(values))
            assert row[f"n_{name}"] == sum(v is not None for v in values)


def place(data: Any) -> None:
    for row in rows_of(data):
        assert close(row["journal"], dimension_mean("gamma", row["dimension"]))
        assert close(row["all"], mean_of([dimension_mean(j, row["dimension"]) for j in c.expected()]))


def side_by_side(data: Any) -> None:
    rows = rows_of(data)
    assert {(r["journal_id"], r["item"]) for r in rows} == {(j, i) for j in ("gamma", "beta") for i in SINGLE}
    for row in rows:
        assert row["label"] == c.says(row["item"], c.answers()[row["journal_id"], row["item"]].answer)


def schemes(data: Any) -> None:
    for row in rows_of(data):
        if row["scheme"] == "equal":
            assert close(
                row["mean"], mean_of([c.expected()[j].score for j in of_publisher(row["publisher"])])
            )


def variance(data: Any) -> None:
    first = rows_of(data)[0]
    assert (first["id"], first["n"]) == ("equal", c.totals()["scored"])
    assert close(first["mean"], c.totals()["mean"])


def kinds_of_policies(data: Any) -> None:
    rows = rows_of(data)
    told = {r["pattern"]: r["n_journals"] for r in rows}
    assert sum(told.values()) == c.totals()["scored"]
    there = {tuple(c.says(i, c.answers()[j, i].answer) for i in SINGLE) for j in c.expected()}
    for pattern in told:
        assert tuple(r["answer"] for r in rows if r["pattern"] == pattern) in there


def against_number(data: Any) -> None:
    for row in rows_of(data):
        assert close(row["outcome"], c.expected()[row["journal_id"]].score)
        assert row["value"] == float(c.expected()[row["journal_id"]].journal["impact"])


def levels(data: Any) -> None:
    for row in rows_of(data):
        if row["publisher"] == "All journals":
            own = [r.score for r in c.expected().values()
                   if r.journal["access_model"] == row["level"].replace(" ", "_") and r.score is not None]  # fmt: skip
            assert row["n"] == len(own)
            assert close(row["mean"], mean_of(list(own)))


def biggest_moves(data: Any) -> None:
    titles = {r.journal["title"]: r for r in c.expected().values()}
    for row in rows_of(data):
        assert close(row["score_before"], titles[row["title"]].score)
        assert row["rank_before"] == titles[row["title"]].numbers["rank"]
        assert row["n"] == 1 or row["publisher"]


def shifts(data: Any) -> None:
    for row in rows_of(data):
        assert close(
            row["mean_before"], mean_of([c.expected()[j].score for j in of_publisher(row["publisher"])])
        )


def distributions(data: Any) -> None:
    for row in rows_of(data):
        assert row["n"] == wanted_counts(row["item"]).get(row["option"], 0)
        assert row["label"] == c.says(row["item"], row["option"])


def moved(data: Any) -> None:
    for row in rows_of(data):
        assert (
            row["n"] == row["same"] == sum(n for a, n in wanted_counts(row["item"]).items() if a is not None)
        )


FIGURES: Mapping[str, tuple[Callable[..., Any], Callable[[Any], None]]] = {
    "agreement.forest": (lambda f, s, r: f(r["agreement"]), by_item),
    "agreement.detection": (lambda f, s, r: f(r["agreement"]), by_item),
    "agreement.heat_map": (lambda f, s, r: f(r["agreement"]), heat_map),
    "disagreement.confusion": (lambda f, s, r: f(r["agreement"]), confusion),
    "disagreement.reasons": (lambda f, s, r: f(r["agreement"], "item"), reasons_by_item),
    "disagreement.reasons, publishers": (lambda f, s, r: f(r["agreement"], "publisher"), reasons_by_publisher),
    "scores.journal_scores": (lambda f, s, r: f(r["doubt"]), shares_of_scores),
    "scores.rank_ranges": (lambda f, s, r: f(r["doubt"]), shares_of_scores),
    "scores.publisher_scores": (lambda f, s, r: f(r["doubt"]), publishers),
    "strips.score_strips": (lambda f, s, r: f(rdpscore.score(s), r["spread"]), strip),
    "behind.publisher_profiles": (lambda f, s, r: f(s), profiles),
    "behind.item_contributions": (lambda f, s, r: f(s), contributions),
    "behind.answers_of_journals": (lambda f, s, r: f(s), answers_of_journals),
    "demanded.levels_of_demand": (lambda f, s, r: f(demands(s)), demanded),
    "demanded.item_answers": (lambda f, s, r: f(s), item_answers),
    "peers.uniformity_bars": (lambda f, s, r: f(s), uniformity),
    "peers.publisher_against_rest": (lambda f, s, r: f(s, "North"), against_rest),
    "peers.place_among_peers": (lambda f, s, r: f(rdpscore.standing(s, "gamma")), place),
    "peers.side_by_side_answers": (lambda f, s, r: f(s, ("gamma", "beta")), side_by_side),
    "choices.scheme_slopes": (lambda f, s, r: f(r["schemes"]), schemes),
    "heterogeneity.variance_shares": (lambda f, s, r: f(r["apart"]), variance),
    "heterogeneity.policy_profiles": (lambda f, s, r: f(s, r["apart"]), kinds_of_policies),
    "predictors.against_number": (lambda f, s, r: f(r["regress"], "log2(impact)"), against_number),
    "predictors.by_level": (
        lambda f, s, r: f(r["regress"], r["regress"].regress.frame.predictor("access_model")), levels,
    ),
    "moves.biggest_moves": (lambda f, s, r: f(r["moves"]), biggest_moves),
    "moves.publisher_shifts": (lambda f, s, r: f(r["moves"]), shifts),
    "comparison.distributions": (lambda f, s, r: f(r["pair"]), distributions),
    "comparison.moved_answers": (lambda f, s, r: f(r["pair"]), moved),
}  # fmt: skip
"""Function of a figure's data → how it is called, and how its data are compared."""
ESTIMATES = {
    "choices.sobol_bars", "coefficients.coefficients_by_question", "coefficients.leave_one_out",
    "coefficients.label_flips", "specifications.specification_curve",
}  # fmt: skip
"""Figures of coefficients and shares of variance, which no table of answers holds."""


def data_functions() -> dict[str, Callable[..., Any]]:
    """Every function of `rdpscore.figures` that makes a chart."""
    import importlib
    import pkgutil

    import rdpscore.figures as room

    out = {}
    for module in pkgutil.iter_modules(room.__path__):
        found = importlib.import_module(f"{room.__name__}.{module.name}")
        for name, function in vars(found).items():
            made = getattr(function, "__annotations__", {}).get("return") == "Chart"
            if made and function.__module__ == found.__name__:
                out[f"{module.name}.{name}"] = function
    return out


def test_every_figure_is_compared() -> None:
    assert set(data_functions()) == {n.partition(",")[0] for n in FIGURES} | ESTIMATES


@pytest.mark.slow
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_shows_what_is_expected(name: str, survey: Survey, results: Mapping[str, Any]) -> None:
    make, compare_data = FIGURES[name]
    data = make(data_functions()[name.partition(",")[0]], survey, results)
    assert len(data.frame)
    compare_data(data)


def test_findings_count_publishers_and_not_journals_without_one(survey: Survey) -> None:
    assert "from 0.44 to 0.67" in strips_picture(rdpscore.score(survey)).see  # South 4/9, North 2/3
    assert contributions_picture(survey).see.startswith("What 3 publishers score comes to ")
    assert "4 journals without a publisher left out" in contributions_picture(survey).see


@pytest.mark.slow
def test_the_command_figures_writes_only_figures_that_are_compared(folder: Path, tmp_path: Path) -> None:
    assert cli("figures", folder, "--output", tmp_path / "figures", "--only", "agreement").status == 0
    for path in (tmp_path / "figures").glob("*.csv"):
        assert "nan" not in path.read_text(encoding="utf-8-sig").casefold().split(",")


# Every workbook -----------------------------------------------------------------------------------------


def cells_of(content: bytes, sheet: str) -> list[dict[str, str]]:
    """Rows of a sheet: heading → text."""
    page = openpyxl.load_workbook(io.BytesIO(content))[sheet]
    head, columns = headings(page)
    return [
        {name: str(page.cell(r, k).value or "") for name, k in columns.items()}
        for r in range(head + 1, page.max_row + 1)
    ]


def in_workbook(item: str, answer: str) -> str:
    """An answer as it stands in a workbook."""
    return f"{answer} – {c.says(item, answer)}" if answer and "level" in c.items()[item] else answer


@pytest.mark.parametrize("coder", ["ana", "ben", "cem"])
def test_a_coders_workbook_holds_what_the_coder_said(coder: str, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "coder.xlsx"
    assert cli("template", folder, "--coder", coder, "--output", file).status == 0
    own = {
        (r["journal_id"], r["item"]): r for r in c.codings() if (r["coder"], r["round"]) == (coder, "main")
    }
    rows = cells_of(file.read_bytes(), "Coding")
    assert {(r["journal_id"], r["item"]) for r in rows} == {(j, i) for j in c.expected() for i in c.items()}
    for row in rows:
        said = own.get((row["journal_id"], row["item"]), {"answer": "", "state": "", "evidence": ""})
        assert row["Answer"] == in_workbook(row["item"], said["answer"])
        assert row["Passage"] == said["evidence"]
        assert row["State"] == ("" if said["state"] in ("", "answered") and not row["State"] else
                                (said["state"] or "answered").replace("_", " "))  # fmt: skip
    assert cli("check", file).status == 0
    assert cli("import", folder_without_codings(tmp_path), file).status == 0
    back = rdpscore.load(tmp_path / "blank").codings.astype(object)
    told = {
        (r["journal_id"], r["item"]): r["answer"]
        for r in back.to_dict("records")
        if isinstance(r["answer"], str)
    }
    assert told == {k: r["answer"] for k, r in own.items() if r["answer"]}


def folder_without_codings(tmp: Path) -> Path:
    out = c.write(tmp / "blank")
    for table in ("codings", "adjudications"):
        head, _, _ = (out / f"{table}.csv").read_text(encoding="utf-8").partition("\n")
        (out / f"{table}.csv").write_text(head + "\n", encoding="utf-8")
    return out


def test_the_adjudication_workbook_has_each_case_and_what_is_decided_counts(tmp_path: Path) -> None:
    folder, file = c.write(tmp_path / "survey"), tmp_path / "adjudication.xlsx"
    assert cli("adjudicate", folder, "--output", file).status == 0
    rows = cells_of(file.read_bytes(), "Adjudication")
    told = [r["journal_id"] for r in rows]
    assert {j: told.count(j) for j in c.expected()} == {
        j: r.numbers["cases"] for j, r in c.expected().items()
    }
    for row in rows:
        own = [r for r in c.codings()
               if (r["journal_id"], r["item"], r["round"]) == (row["journal_id"], row["item"], "main")]  # fmt: skip
        for k, r in enumerate(own, 1):
            shown = in_workbook(row["item"], r["answer"])
            if r["state"] not in ("", "answered"):
                shown = f"{shown} ({r['state'].replace('_', ' ')})".strip()
            assert (row[f"Coder {k}"], row[f"Answer {k}"]) == (r["coder"], shown)
    decided = {
        ("gamma", "repositories"): "osf;dryad",
        ("kappa", "exceptions"): "under the sea",
        ("iota", "place"): "gen",
    }

    def decide(book: Any) -> None:
        page = book["Adjudication"]
        head, columns = headings(page)
        for r in range(head + 1, page.max_row + 1):
            key = page.cell(r, columns["journal_id"]).value, page.cell(r, columns["item"]).value
            if key in decided:
                put(page.cell(r, columns["Adopted answer"]), in_workbook(key[1], decided[key]))
                put(page.cell(r, columns["Reason"]), "overlooked")
                put(page.cell(r, columns["Adjudicator"]), "lead")

    file.write_bytes(edited(file.read_bytes(), decide))
    run = cli("import", folder, file)
    assert run.status == 0, run.said
    found = rdpscore.load(folder)
    for (journal, item), answer in decided.items():
        j, k = found.journal_ids.get_loc(journal), found.codebook.item_ids.index(item)
        assert c._canonical(item, found.resolved_answers[j, k]) == c._canonical(item, answer)
        assert RESOLVED_BY[found.resolved.by[j, k]] == "adjudicated"
    left = cli("status", folder, "--json").json()["result"]["totals"]
    assert left["n_open"] == c.totals()["open"] - len(decided)


def test_every_workbook_is_compared() -> None:
    import rdpscore.coding as room

    assert {n for n in room.__all__ if n.endswith("_workbook")} == {"coder_workbook", "adjudication_workbook"}
