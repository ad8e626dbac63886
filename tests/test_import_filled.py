"""Filled files into a survey: once, all or none, nothing replaced unasked, nothing lost on the way."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import pickle
import shutil
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from tables import write_table
from typer.testing import CliRunner
from workbooks import cell_at, edited, make_survey, put, snapshot, workbook_of

import rdpscore
from rdpscore.cli import app
from rdpscore.coding import filled
from rdpscore.coding.adjudication import open_cases
from rdpscore.coding.filled import ImportResult, import_files
from rdpscore.files.folder import Folder
from rdpscore.problems import InvalidInput, Problems
from rdpscore.survey import load

RUN = CliRunner()

TWO_CODERS = """
    | journal_id | coder | item   | answer | evidence | mood  |
    |------------|-------|--------|--------|----------|-------|
    | alpha      | c1    | policy | yes    | p        | happy |
    | alpha      | c1    | data   | 1      | p        |       |
    | alpha      | c2    | policy | yes    | p        | tired |
    | alpha      | c2    | data   | 2      | p        |       |
"""
ADJUDICATED = """
    | journal_id | item | answer | reason         | adjudicated_by |
    |------------|------|--------|----------------|----------------|
    | alpha      | data | 1      | interpretation | lead           |
"""


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    return make_survey(tmp_path / "s")


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    """Two coders who differ on alpha's data, settled by the lead."""
    return make_survey(tmp_path / "s", TWO_CODERS, adjudications=ADJUDICATED)


def file_of(folder: Path, table: str, name: str = "c1.csv") -> Path:
    """A CSV of a coder, beside the survey."""
    path = folder.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, table)
    return path


def answers(folder: Path) -> dict[tuple[str, ...], str]:
    """(journal, coder, round, item) → answer."""
    table = load(folder).codings.astype(object)
    table = table.where(table.notna(), "")
    return {tuple(k): a for *k, a in table[["journal_id", "coder", "round", "item", "answer"]].to_numpy()}


def field(folder: Path, name: str, *key: str) -> str:
    """A field of one coding."""
    table = load(folder).codings.astype(object)
    table = table.where(table.notna(), "")
    found = table[(table[["journal_id", "coder", "item"]] == list(key)).all(axis=1)][name]
    return str(found.item())


def kept(folder: Path, name: str) -> list[dict[str, str]]:
    """Rows of a CSV under sources/."""
    path = folder / "sources" / name
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def refused(folder: Path, *files: Path, replace_answers: bool = False) -> Problems:
    """The problems of an import that must change nothing."""
    before = snapshot(folder)
    with pytest.raises(InvalidInput) as caught:
        import_files(folder, files, replace_answers=replace_answers)
    assert snapshot(folder) == before
    return caught.value.problems


ONE = """
    | journal_id | coder | item | answer | evidence | note |
    |------------|-------|------|--------|----------|------|
    | beta       | c1    | data | 1      | p        | n    |
"""
OTHER = ONE.replace("| 1      |", "| 2      |")


# Once -----------------------------------------------------------------------------------------------------


def test_answers_are_added(empty: Path) -> None:
    result = import_files(empty, [file_of(empty, ONE)])
    assert result.written
    assert vars(result.counts["c1.csv"]) == {"added": 1, "completed": 0, "replaced": 0, "unchanged": 0}
    assert answers(empty) == {("beta", "c1", "main", "data"): "1"}


def test_the_same_file_twice_changes_not_a_byte(empty: Path) -> None:
    file = file_of(empty, ONE)
    import_files(empty, [file])
    before = snapshot(empty)
    again = import_files(empty, [file])
    assert not again.written
    assert again.counts["c1.csv"].unchanged == 1
    assert snapshot(empty) == before


def test_the_same_file_under_another_name_changes_nothing(empty: Path) -> None:
    file = file_of(empty, ONE)
    import_files(empty, [file])
    before = snapshot(empty)
    import_files(empty, [Path(shutil.copy(file, empty.parent / "copy of c1.csv"))])
    assert snapshot(empty) == before


def test_the_same_workbook_twice_changes_not_a_byte(empty: Path) -> None:
    file = empty.parent / "c1.xlsx"
    file.write_bytes(edited(workbook_of(empty), lambda book: put(cell_at(book, "alpha", "policy"), "no")))
    import_files(empty, [file])
    before = snapshot(empty)
    assert not import_files(empty, [file]).written
    assert snapshot(empty) == before


def test_a_dry_run_tells_and_writes_nothing(empty: Path) -> None:
    before = snapshot(empty)
    result = import_files(empty, [file_of(empty, ONE)], dry_run=True)
    assert (result.counts["c1.csv"].added, result.written) == (1, False)
    assert snapshot(empty) == before


def test_an_older_file_takes_nothing_back(empty: Path) -> None:
    old, new = file_of(empty, ONE, "old.csv"), file_of(empty, ONE.replace("| n    |", "| N    |"), "new.csv")
    import_files(empty, [old])
    import_files(empty, [new])
    before = snapshot(empty)
    import_files(empty, [old])
    assert snapshot(empty) == before
    assert field(empty, "note", "beta", "c1", "data") == "N"


# What was there before ------------------------------------------------------------------------------------


def test_more_answers_of_the_same_file_are_completed(empty: Path) -> None:
    blank = workbook_of(empty)
    first = edited(blank, lambda book: put(cell_at(book, "alpha", "policy"), "no"))
    file = empty.parent / "c1.xlsx"
    file.write_bytes(first)
    import_files(empty, [file])
    file.write_bytes(edited(first, lambda book: put(cell_at(book, "beta", "policy"), "yes")))
    result = import_files(empty, [file])
    assert (result.counts["c1.xlsx"].added, result.counts["c1.xlsx"].unchanged) == (1, 1)
    assert len(answers(empty)) == 2


def test_a_blank_cell_takes_no_answer_away(coded: Path) -> None:
    table = """
        | journal_id | coder | item | answer | evidence | note  |
        |------------|-------|------|--------|----------|-------|
        | alpha      | c1    | data |        |          | later |
    """
    import_files(coded, [file_of(coded, table)])
    assert answers(coded)["alpha", "c1", "main", "data"] == "1"
    assert field(coded, "evidence", "alpha", "c1", "data") == "p"
    assert field(coded, "note", "alpha", "c1", "data") == "later"


def test_a_passage_and_a_note_are_completed_and_the_row_before_is_kept(coded: Path) -> None:
    table = """
        | journal_id | coder | item | answer | evidence | note |
        |------------|-------|------|--------|----------|------|
        | alpha      | c1    | data | 1      | q        | n    |
    """
    result = import_files(coded, [file_of(coded, table)])
    assert vars(result.counts["c1.csv"]) == {"added": 0, "completed": 1, "replaced": 0, "unchanged": 0}
    assert field(coded, "evidence", "alpha", "c1", "data") == "q"
    assert [r["evidence"] for r in kept(coded, "replaced-codings.csv")] == ["p"]


def test_extra_columns_and_other_coders_survive(coded: Path) -> None:
    import_files(coded, [file_of(coded, ONE)])
    with (coded / "codings.csv").open(encoding="utf-8", newline="") as stream:
        table = list(csv.DictReader(stream))
    assert [(r["coder"], r["item"], r["mood"]) for r in table] == [
        ("c1", "policy", "happy"),
        ("c1", "data", ""),
        ("c2", "policy", "tired"),
        ("c2", "data", ""),
        ("c1", "data", ""),
    ]


def test_other_rounds_survive(coded: Path) -> None:
    pilot = """
        | journal_id | coder | round | item | answer | evidence |
        |------------|-------|-------|------|--------|----------|
        | alpha      | c1    | pilot | data | 0      |          |
    """
    import_files(coded, [file_of(coded, pilot)])
    assert answers(coded)["alpha", "c1", "main", "data"] == "1"
    assert answers(coded)["alpha", "c1", "pilot", "data"] == "0"


def test_the_codebook_and_the_survey_file_stay_as_they_are(coded: Path) -> None:
    before = [(coded / n).read_bytes() for n in ("codebook.yaml", "survey.yaml", "journals.csv")]
    import_files(coded, [file_of(coded, ONE)])
    assert [(coded / n).read_bytes() for n in ("codebook.yaml", "survey.yaml", "journals.csv")] == before


def test_a_survey_in_parquet_is_imported_into(coded: Path) -> None:
    table = pd.read_csv(coded / "codings.csv", dtype=str)
    table.to_parquet(coded / "codings.parquet", index=False)
    (coded / "codings.csv").unlink()
    before = answers(coded)
    import_files(coded, [file_of(coded, ONE)])
    assert answers(coded) == before | {("beta", "c1", "main", "data"): "1"}
    assert field(coded, "mood", "alpha", "c1", "policy") == "happy"


def test_text_is_kept_as_it_was_typed(empty: Path) -> None:
    passage = '=1+1, "quoted"\nsecond line; @x \t\u2028 – üñ \U0001f600 '
    file = empty.parent / "c1.xlsx"

    def fill(book: object) -> None:
        put(cell_at(book, "alpha", "policy"), "no")
        put(cell_at(book, "alpha", "policy", "Passage"), passage)

    file.write_bytes(edited(workbook_of(empty), fill))
    import_files(empty, [file])
    assert field(empty, "evidence", "alpha", "c1", "policy") == passage


# Contradictions -------------------------------------------------------------------------------------------

AGAINST = """
    | journal_id | coder | item | answer | evidence |
    |------------|-------|------|--------|----------|
    | alpha      | c1    | data | 0      |          |
"""


def test_a_contradicting_answer_is_refused_with_its_row_and_both_answers(coded: Path) -> None:
    problem = next(iter(refused(coded, file_of(coded, AGAINST)).errors))
    assert (problem.code, problem.place) == ("contradicting_answer", "c1.csv, row 2")
    assert problem.what == "data of alpha by c1: answer is '0' here and '1' in the survey"


def test_a_contradicting_answer_of_a_workbook_is_refused_with_its_cell(coded: Path) -> None:
    file = coded.parent / "c1.xlsx"
    file.write_bytes(edited(workbook_of(coded), lambda book: put(cell_at(book, "alpha", "data"), "0")))
    problem = next(iter(refused(coded, file).errors))
    assert (problem.code, problem.place) == ("contradicting_answer", "c1.xlsx!Coding!D3")


def test_replacing_keeps_the_old_row_under_sources(coded: Path) -> None:
    result = import_files(coded, [file_of(coded, AGAINST)], replace_answers=True)
    assert result.counts["c1.csv"].replaced == 1
    assert answers(coded)["alpha", "c1", "main", "data"] == "0"
    (row,) = kept(coded, "replaced-codings.csv")
    assert (row["journal_id"], row["coder"], row["item"], row["answer"], row["evidence"]) == (
        "alpha", "c1", "data", "1", "p",
    )  # fmt: skip
    assert row["replaced_at"].startswith("20")


def test_replacing_makes_the_adjudication_stale(coded: Path) -> None:
    import_files(coded, [file_of(coded, AGAINST)], replace_answers=True)
    told = [p for p in rdpscore.validate(coded).problems if p.code == "stale_adjudication"]
    assert [(p.journal, p.item) for p in told] == [("alpha", "data")]
    assert [(c.journal, c.item) for c in open_cases(load(coded))] == [("alpha", "data")]


def test_replacing_in_another_round_leaves_the_adjudication(coded: Path) -> None:
    pilot = """
        | journal_id | coder | round | item | answer | evidence |
        |------------|-------|-------|------|--------|----------|
        | alpha      | c1    | pilot | data | 1      | p        |
    """
    import_files(coded, [file_of(coded, pilot)])
    import_files(coded, [file_of(coded, pilot.replace("| 1      |", "| 2      |"))], replace_answers=True)
    assert load(coded).adjudications["stale"].isna().all()


def test_two_files_that_contradict_each_other_are_refused_even_with_replace(empty: Path) -> None:
    one, other = file_of(empty, ONE, "a.csv"), file_of(empty, OTHER, "b.csv")
    for replace_answers in (False, True):
        problem = next(iter(refused(empty, one, other, replace_answers=replace_answers).errors))
        assert (problem.code, problem.place) == ("contradicting_answer", "b.csv, row 2")
        assert problem.what == "data of beta by c1: answer is '2' here and '1' in a.csv"


def test_two_files_contradict_each_other_also_where_one_agrees_with_the_survey(empty: Path) -> None:
    one, other = file_of(empty, ONE, "a.csv"), file_of(empty, OTHER, "b.csv")
    import_files(empty, [one])
    assert refused(empty, one, other, replace_answers=True).counts()["contradicting_answer"] == 1


def test_two_files_of_one_name_are_two_files(empty: Path) -> None:
    one, other = file_of(empty, ONE, "x/c1.csv"), file_of(empty, OTHER, "y/c1.csv")
    problem = next(iter(refused(empty, one, other, replace_answers=True).errors))
    assert problem.place == f"{other}, row 2"
    gamma = file_of(empty, ONE.replace("beta ", "gamma"), "z/c1.csv")
    import_files(empty, [one, gamma])
    assert len(list((empty / "sources").glob("*-c1.csv"))) == 2
    assert {r["sha256"] for r in kept(empty, "log.csv")} == {
        hashlib.sha256(p.read_bytes()).hexdigest() for p in (one, gamma)
    }


def test_two_files_that_agree_are_imported(empty: Path) -> None:
    import_files(empty, [file_of(empty, ONE, "a.csv"), file_of(empty, ONE, "b.csv")])
    assert answers(empty) == {("beta", "c1", "main", "data"): "1"}


def test_all_or_nothing_over_several_files(coded: Path) -> None:
    problems = refused(coded, file_of(coded, ONE, "a.csv"), file_of(coded, AGAINST, "b.csv"))
    assert "contradicting_answer" in problems.counts()


def test_problems_of_all_files_come_at_once(empty: Path) -> None:
    bad = ONE.replace("| 1      |", "| 9      |")
    problems = refused(empty, file_of(empty, bad, "a.csv"), file_of(empty, bad, "b.csv"))
    assert [p.file for p in problems.errors] == ["a.csv", "b.csv"]


def test_an_unknown_journal_is_refused_with_its_row(empty: Path) -> None:
    problems = refused(empty, file_of(empty, ONE.replace("beta ", "delta")))
    assert [(p.code, p.place) for p in problems.errors] == [
        ("unknown_journal", "c1.csv, row 2, column journal_id")
    ]


# What is kept ---------------------------------------------------------------------------------------------


def test_the_file_is_kept_under_its_hash_and_logged(empty: Path) -> None:
    file = file_of(empty, ONE)
    import_files(empty, [file], imported_by="Ada")
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    assert (empty / "sources" / f"{sha256[:16]}-c1.csv").read_bytes() == file.read_bytes()
    (entry,) = kept(empty, "log.csv")
    assert entry.pop("imported_at").endswith("+00:00")
    assert entry == {
        "imported_by": "Ada", "file": "c1.csv", "sha256": sha256, "kind": "coder", "added": "1", "completed": "0",
        "replaced": "0",
    }  # fmt: skip


def test_only_what_is_new_is_logged(empty: Path) -> None:
    one, gamma = file_of(empty, ONE, "a.csv"), file_of(empty, ONE.replace("beta ", "gamma"), "b.csv")
    import_files(empty, [one])
    import_files(empty, [one, gamma])
    assert [r["file"] for r in kept(empty, "log.csv")] == ["a.csv", "b.csv"]


def test_the_command_tells_what_it_did_in_json(empty: Path) -> None:
    done = RUN.invoke(app, ["import", str(empty), str(file_of(empty, ONE)), "--json"])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["result"]["files"]["c1.csv"]["added"] == 1


def test_a_shipped_survey_is_never_imported_into(empty: Path) -> None:
    done = RUN.invoke(app, ["import", "materials-science", str(file_of(empty, ONE))])
    assert done.exit_code == 2


# Interrupted ----------------------------------------------------------------------------------------------

CALLS = {
    os: ("open", "replace", "rename", "fsync", "write", "unlink", "mkdir", "rmdir", "close"),
    shutil: ("rmtree",),
}
MANY = [f"c{n}.csv" for n in range(1, 11)]
"""Ten coders: more than a hundred calls in which an import can be killed."""
OLD = {
    ("alpha", c, "main", i): a
    for c, d in (("c1", "1"), ("c2", "2"))
    for i, a in (("policy", "yes"), ("data", d))
}
NEW = (
    OLD
    | {("alpha", "c1", "main", "data"): "0"}
    | {("beta", f"c{n}", "main", "data"): "1" for n in range(2, 11)}
)


def prepare(base: Path) -> tuple[Path, list[Path]]:
    """A survey with an adjudication, and files that add, complete and replace."""
    folder = make_survey(base / "s", TWO_CODERS, adjudications=ADJUDICATED)
    files = [file_of(folder, ONE.replace("c1", name[:-4]), name) for name in MANY]
    file_of(folder, AGAINST, MANY[0])
    return folder, files


def in_a_fork(work: Callable[[], object]) -> str:
    """What `work` says, done by a fork; blank where it was killed.

    The one that forks does nothing itself: the threads of Arrow do not live on in a fork.
    """
    reader, writer = os.pipe()
    tell, leave = os.write, os._exit
    child = os.fork()
    if child == 0:
        try:
            tell(writer, str(work()).encode())
        except BaseException:
            tell(writer, traceback.format_exc().encode())
        leave(0)
    os.close(writer)
    with os.fdopen(reader) as stream:
        said = stream.read()
    os.waitpid(child, 0)
    return said


def import_until(folder: Path, files: list[Path], last: int) -> int:
    """Import, and be killed at call number `last` of the operating system; the number of calls without."""
    count = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            if count == last:
                os._exit(9)
            count += 1
            return real(*args, **kwargs)

        return call

    for module, names in CALLS.items():
        for name in names:
            setattr(module, name, counted(getattr(module, name)))
    import_files(folder, files, replace_answers=True)
    return count


def left_over(folder: Path, files: list[Path]) -> str:
    """``old`` or ``new``: the survey that a killed import left; a second import must complete it."""
    changed = answers(folder) == NEW
    assert changed or answers(folder) == OLD
    assert load(folder).adjudications["stale"].notna().any() == changed
    assert (Folder.at(folder).read("sources/log.csv", 1 << 20) is not None) == changed
    import_files(folder, files, replace_answers=True)
    assert answers(folder) == NEW
    assert len(kept(folder, "log.csv")) == len(files)
    assert len(list((folder / "sources").glob(f"{'?' * 16}-c*.csv"))) == len(files)
    assert not list(folder.glob(".rdpscore-pending"))
    return "new" if changed else "old"


def kill_everywhere(base: Path, part: int, of: int) -> None:
    """Kill an import at every call; what is left must be the old survey or the new one."""
    origin, files = prepare(base / str(part))
    folder = base / str(part) / "s2"
    shutil.copytree(origin, folder)
    read = base / "read.pickle"
    assert in_a_fork(lambda: read.write_bytes(pickle.dumps(filled._read_all(origin, files)))).isdigit()
    # reading makes none of the calls, and takes most of the time
    setattr(filled, "_read_all", lambda *_: pickle.loads(read.read_bytes()))  # noqa: B010
    n_calls = int(in_a_fork(lambda: import_until(folder, files, -1)))
    found = []
    for last in range(part, n_calls, of):
        shutil.rmtree(folder)
        shutil.copytree(origin, folder)
        assert in_a_fork(partial(import_until, folder, files, last)) == "", last
        found.append(in_a_fork(lambda: left_over(folder, files)))
        assert found[-1] in ("old", "new"), found[-1]
    assert set(found) == {"old", "new"}
    print(n_calls)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("part", range(4))
def test_a_killed_import_leaves_the_old_survey_or_the_new_one(tmp_path: Path, part: int) -> None:
    # in a process of its own: a fork of the one that runs the tests would take its threads' locks along
    code = f"import test_import_filled as t, pathlib; t.kill_everywhere(pathlib.Path({str(tmp_path)!r}), {part}, 4)"
    here = Path(__file__).parent
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=here, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= 100


IMPORT_ONE = (
    "import sys; from rdpscore.coding.filled import import_files; import_files(sys.argv[1], [sys.argv[2]])"
)


@pytest.mark.slow
def test_two_imports_at_the_same_time_lose_nothing(empty: Path) -> None:
    """One waits for the other."""
    files = [file_of(empty, ONE.replace("c1", f"c{n}"), f"c{n}.csv") for n in range(1, 5)]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT_ONE, str(empty), str(f)], stderr=subprocess.PIPE, text=True
        )
        for f in files
    ]
    errors = [process.communicate(timeout=120)[1] for process in running]
    done = [not e for e in errors]
    assert all(d or "another process is writing" in e for d, e in zip(done, errors, strict=True))
    assert any(done)
    expected = {("beta", f"c{n}", "main", "data"): "1" for n in range(1, 5) if done[n - 1]}
    assert answers(empty) == expected


def test_an_import_that_cannot_wait_is_told(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from filelock import FileLock

    from rdpscore.files import transaction

    monkeypatch.setattr(transaction.commit, "__kwdefaults__", {"timeout": 0.05})
    with FileLock(empty / transaction.LOCK):
        problems = refused(empty, file_of(empty, ONE))
    assert [p.code for p in problems] == ["locked"]


def test_the_result_is_a_table(empty: Path) -> None:
    result: ImportResult = import_files(empty, [file_of(empty, ONE)])
    assert result.to_frame()["file"].tolist() == ["c1.csv"]
