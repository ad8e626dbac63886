"""A save happens wholly or not at all, wherever it is interrupted and whoever else reads or writes."""

from __future__ import annotations

import errno
import json
import os
import random
import shutil
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from running import cli, contents, process

import rdpscore
from rdpscore.files import Folder, commit, read_settled, transaction
from rdpscore.files.transaction import LOCK, STAGE
from rdpscore.survey import Survey, store

KILLED = 9


# Two surveys, and how to tell them apart ----------------------------------------------------------------


def changed(survey: Survey, mark: str) -> Survey:
    """The survey with the mark in its description and in all three tables, and a fourth table."""
    journals = survey.journals.assign(title=[f"{t} {mark}" for t in survey.journals["title"]])
    codings = survey.codings.assign(note=mark)
    adjudications = survey.adjudications.assign(note=mark)
    assignments = survey.codings[["journal_id", "coder", "round"]].drop_duplicates()
    return replace(
        survey,
        meta=survey.meta.model_copy(update={"title": mark}),
        journals=journals,
        codings=codings,
        adjudications=adjudications,
        assignments=assignments,
    )


def facts(survey: Survey) -> str:
    """All that a survey says, to be compared."""
    tables = {name: frame.astype(object).to_csv() for name, frame in survey.tables.items()}
    return json.dumps([survey.meta.model_dump(), survey.codebook.hashes.model_dump(), tables])


@pytest.fixture
def old(folder: Path) -> str:
    return facts(rdpscore.load(folder))


@pytest.fixture
def new(folder: Path, tmp_path: Path) -> str:
    rdpscore.save(changed(rdpscore.load(folder), "new"), tmp_path / "new")
    return facts(rdpscore.load(tmp_path / "new"))


def settled(folder: Path) -> bool:
    """Nothing is left of a save but the lock file."""
    return {p.name for p in folder.iterdir() if p.name.startswith(".")} <= {LOCK}


def seen(folder: Path) -> str:
    """What a reader sees, who leaves everything as it is; the next writer leaves the same, and nothing of a save."""
    before = contents(folder)
    found = facts(rdpscore.load(folder))
    assert contents(folder) == before
    commit(folder, {})
    assert settled(folder)
    assert facts(rdpscore.load(folder)) == found
    return found


# Killing ------------------------------------------------------------------------------------------------

STEPS = [
    (os, "open"),
    (os, "fsync"),
    (os, "replace"),
    (os, "unlink"),
    (os, "rmdir"),
    (os, "mkdir"),
    (os, "write"),
    (Path, "open"),
    (shutil, "rmtree"),
]
"""What a save does to the disk."""


@contextmanager
def killed_at(moment: int) -> Iterator[None]:
    """End this process, as a kill would, before its n-th step."""
    moments = iter(range(moment, -1, -1))

    def deadly(step: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **kwargs: Any) -> Any:
            if next(moments) == 0:
                os._exit(KILLED)
            return step(*args, **kwargs)

        return run

    with ExitStack() as patches:
        for where, name in STEPS:
            patches.enter_context(patch.object(where, name, deadly(getattr(where, name))))
        yield


def forked(act: Callable[[], object]) -> int:
    """Process id of a child that does this; it ends with 0, or with 1 where something is raised."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # a fork beside the threads of pytest-xdist
        child = os.fork()
    if child == 0:
        status = 1
        try:
            act()
            status = 0
        finally:
            os._exit(status)
    return child


def end_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def kill_at_every_moment(
    act: Callable[[], object], *, before: Callable[[], object], after: Callable[[], object], pace: int = 1
) -> int:
    """Kill `act` at each of its moments in turn, with a check after each; the number of moments."""
    for moment in range(0, 1_000, pace):

        def run(moment: int = moment) -> None:
            with killed_at(moment):
                act()

        with patch.object(os, "fsync"):  # a kill, unlike a power cut, spares what the kernel has
            before()
            status = end_of(forked(run))
            after()
        if status == 0:
            return moment
        assert status == KILLED
    raise AssertionError("it does not end")


def restored(folder: Path) -> Callable[[], None]:
    """A function that makes the folder again what it is now."""
    copy = folder.with_name(f"{folder.name}-copy")
    shutil.copytree(folder, copy)

    def restore() -> None:
        shutil.rmtree(folder)
        shutil.copytree(copy, folder)

    return restore


def interrupt_after_commit(survey: Survey, folder: Path) -> None:
    """Save a survey, and be killed when the save has happened and no file is in its place yet."""
    really_replace = os.replace

    def replace_and_die(source: Path, target: Path) -> None:
        really_replace(source, target)
        os._exit(KILLED)

    def act() -> None:
        with patch.object(os, "replace", replace_and_die):
            rdpscore.save(survey, folder)

    assert end_of(forked(act)) == KILLED
    assert (folder / STAGE / "committed.json").exists()


def interrupt_before_commit(survey: Survey, folder: Path) -> None:
    """Save a survey, and be killed when all is staged and the save has not happened."""

    def act() -> None:
        with patch.object(os, "replace", lambda source, target: os._exit(KILLED)):
            rdpscore.save(survey, folder)

    assert end_of(forked(act)) == KILLED
    assert (folder / STAGE / "manifest.json").exists()


@pytest.mark.slow
def test_a_save_killed_at_any_moment_leaves_the_old_survey_or_the_new_one(
    folder: Path, old: str, new: str
) -> None:
    survey = changed(rdpscore.load(folder), "new")
    found: list[str] = []

    def look() -> None:
        found.append(seen(folder))

    moments = kill_at_every_moment(lambda: rdpscore.save(survey, folder), before=restored(folder), after=look)
    assert moments >= 50
    assert set(found) == {old, new}
    assert found == sorted(found, key=[old, new].index)  # once it has happened, it stays


@pytest.mark.slow
def test_a_recovery_killed_at_any_moment_is_completed_by_the_next(folder: Path, new: str) -> None:
    interrupt_after_commit(changed(rdpscore.load(folder), "new"), folder)

    def look() -> None:
        assert seen(folder) == new

    moments = kill_at_every_moment(lambda: commit(folder, {}), before=restored(folder), after=look)
    assert moments >= 20


def test_dropping_a_stage_killed_at_any_moment_is_completed_by_the_next(folder: Path, old: str) -> None:
    interrupt_before_commit(changed(rdpscore.load(folder), "new"), folder)

    def look() -> None:
        assert seen(folder) == old

    moments = kill_at_every_moment(lambda: commit(folder, {}), before=restored(folder), after=look)
    assert moments >= 10


@pytest.mark.slow
def test_a_save_over_an_interrupted_one_killed_at_any_moment_leaves_one_of_three(
    folder: Path, tmp_path: Path, new: str
) -> None:
    first = rdpscore.load(folder)
    rdpscore.save(changed(first, "newest"), tmp_path / "newest")
    newest = facts(rdpscore.load(tmp_path / "newest"))
    interrupt_after_commit(changed(first, "new"), folder)
    found: list[str] = []

    def look() -> None:
        found.append(seen(folder))

    kill_at_every_moment(
        lambda: rdpscore.save(changed(first, "newest"), folder), before=restored(folder), after=look, pace=3
    )
    assert set(found) == {new, newest}


def test_a_first_save_killed_at_any_moment_leaves_no_survey_or_the_whole_one(
    folder: Path, tmp_path: Path, new: str
) -> None:
    survey, target = changed(rdpscore.load(folder), "new"), tmp_path / "target"
    target.mkdir()
    found: list[str] = []

    def look() -> None:
        try:
            found.append(facts(rdpscore.load(target)))
        except rdpscore.InvalidInput as error:
            found.append(", ".join(error.problems.counts()))

    kill_at_every_moment(lambda: rdpscore.save(survey, target), before=restored(target), after=look, pace=3)
    assert set(found) == {"not_a_survey", new}


@pytest.mark.slow
def test_a_kill_at_a_random_time_leaves_one_of_the_surveys(folder: Path, old: str, new: str) -> None:
    first = rdpscore.load(folder)
    second, chance = changed(first, "new"), random.Random(1)

    def save_for_ever() -> None:
        while True:
            rdpscore.save(second, folder)
            rdpscore.save(first, folder)

    for _ in range(25):
        child = forked(save_for_ever)
        time.sleep(chance.uniform(0.0, 0.1))
        os.kill(child, signal.SIGKILL)
        assert end_of(child) == -signal.SIGKILL
        assert seen(folder) in (old, new)


# Others -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_of_savers_at_once_the_last_wins_wholly(folder: Path, old: str, new: str) -> None:
    first = rdpscore.load(folder)
    second = changed(first, "new")

    def save_often(survey: Survey) -> Callable[[], None]:
        def act() -> None:
            for _ in range(10):
                rdpscore.save(survey, folder)

        return act

    children = [forked(save_often(s)) for s in (first, second, first, second)]
    assert [end_of(c) for c in children] == [0, 0, 0, 0]
    assert facts(rdpscore.load(folder)) in (old, new)
    assert settled(folder)


def test_a_saver_that_cannot_wait_is_told_and_changes_nothing(folder: Path, old: str) -> None:
    with transaction._locked(folder, 0.0), pytest.raises(rdpscore.InvalidInput) as caught:
        commit(folder, {"codings.csv": b"mine"}, timeout=0.1)
    assert list(caught.value.problems.counts()) == ["locked"]
    assert facts(rdpscore.load(folder)) == old


@pytest.mark.slow
@pytest.mark.parametrize("may_share", [True, False])
def test_a_reader_never_sees_a_mixture_while_another_saves(
    folder: Path, old: str, new: str, may_share: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = rdpscore.load(folder)
    second = changed(first, "new")

    def save_for_ever() -> None:
        while True:
            for survey in (second, first):
                rdpscore.save(survey, folder)
                time.sleep(chance.uniform(0, 0.02 if may_share else 0.1))

    chance = random.Random(1)
    writer = forked(save_for_ever)
    if not may_share:  # as where the system has no lock that a reader may hold
        monkeypatch.setitem(sys.modules, "fcntl", None)
    try:
        start = time.monotonic()
        found: set[str] = set()
        # a busy machine may let the reader run between saves of one kind only: give it time to see both
        while (passed := time.monotonic() - start) < 3 or (found != {old, new} and passed < 60):
            found.add(facts(rdpscore.load(folder)))
    finally:
        os.kill(writer, signal.SIGKILL)
        end_of(writer)
    assert found == {old, new}


def test_what_is_read_while_a_save_has_happened_and_is_not_in_place_is_read_again(tmp_path: Path) -> None:
    (tmp_path / "codings.csv").write_text("old")

    def read(folder: Folder) -> bytes | None:
        found = folder.read("codings.csv", 100)
        if found == b"old":  # now another process commits, and has not yet moved its file
            (tmp_path / STAGE).mkdir()
            (tmp_path / STAGE / "0000").write_text("new")
            (tmp_path / STAGE / "committed.json").write_text('[{"name": "codings.csv", "staged": "0000"}]')
        return found

    assert read_settled(tmp_path, read) == b"new"


def test_what_fails_to_be_read_while_a_save_is_put_into_place_is_read_again(tmp_path: Path) -> None:
    (tmp_path / STAGE).mkdir()
    (tmp_path / STAGE / "0000").write_text("new")
    (tmp_path / STAGE / "committed.json").write_text('[{"name": "codings.csv", "staged": "0000"}]')

    def read(folder: Folder) -> bytes:
        path = folder.find("codings.csv")
        assert path is not None
        if path.parent.name == STAGE:  # now another process puts it into place
            commit(tmp_path, {})
        return path.read_bytes()

    assert read_settled(tmp_path, read) == b"new"


def test_a_file_that_vanishes_while_the_folder_is_looked_at_is_no_error(tmp_path: Path) -> None:
    def flicker() -> None:
        while True:
            (tmp_path / "a.csv").touch()
            (tmp_path / "a.csv").unlink()

    child = forked(flicker)
    try:
        end = time.monotonic() + 1
        while time.monotonic() < end:
            assert read_settled(tmp_path, lambda _: "read") == "read"
    finally:
        os.kill(child, signal.SIGKILL)
        end_of(child)


def test_nobody_saves_between_the_reading_and_the_writing_of_a_save(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = rdpscore.load(folder)
    really_parse = store.parse_model
    refused: list[str] = []

    def parse_and_try_to_overtake(model: Any, document: Any) -> Any:
        theirs = (folder / "survey.yaml").read_bytes().replace(b"A small survey", b"Theirs")
        with pytest.raises(rdpscore.InvalidInput) as caught:
            commit(folder, {"survey.yaml": theirs}, timeout=0)
        refused.extend(caught.value.problems.counts())
        return really_parse(model, document)

    monkeypatch.setattr(store, "parse_model", parse_and_try_to_overtake)
    rdpscore.save(mine, folder)
    monkeypatch.undo()
    assert set(refused) == {"locked"}
    assert rdpscore.load(folder).meta == mine.meta


# Folders that may not be written ------------------------------------------------------------------------


@pytest.fixture
def read_only(folder: Path) -> Iterator[Callable[[], None]]:
    """A function that takes the permission to write the folder away; it comes back in the end."""

    def protect() -> None:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode & ~0o222)

    yield protect
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o200)


def test_a_read_only_folder_with_a_committed_save_is_read_as_it_will_be(
    folder: Path, new: str, read_only: Callable[[], None]
) -> None:
    interrupt_after_commit(changed(rdpscore.load(folder), "new"), folder)
    read_only()
    before = contents(folder)
    run = process(sys.executable, "-m", "rdpscore", "score", folder, "--json", privileged=False)
    assert run.status == 0
    assert {j["title"].split()[-1] for j in run.json()["result"]["journals"]} == {"new"}
    assert facts(rdpscore.load(folder)) == new
    assert contents(folder) == before


def test_a_read_only_folder_with_an_uncommitted_save_is_read_as_it_was(
    folder: Path, read_only: Callable[[], None]
) -> None:
    good = cli("score", folder, "--json").out
    interrupt_before_commit(changed(rdpscore.load(folder), "new"), folder)
    read_only()
    before = contents(folder)
    run = process(sys.executable, "-m", "rdpscore", "score", folder, "--json", privileged=False)
    assert (run.status, run.out) == (0, good)
    assert contents(folder) == before


def test_a_read_only_folder_is_read(folder: Path, read_only: Callable[[], None]) -> None:
    good = cli("score", folder, "--json").out
    read_only()
    run = process(sys.executable, "-m", "rdpscore", "score", folder, "--json", privileged=False)
    assert (run.status, run.out) == (0, good)


def test_reading_writes_nothing(folder: Path) -> None:
    before, when = contents(folder), folder.stat().st_mtime_ns
    rdpscore.load(folder)
    assert contents(folder) == before
    assert folder.stat().st_mtime_ns == when


def test_a_save_that_fails_leaves_the_old_survey_and_no_stage(folder: Path, old: str) -> None:
    survey = changed(rdpscore.load(folder), "new")
    full = OSError(errno.ENOSPC, "No space left on device")
    with patch.object(os, "fsync", side_effect=[None, None, full]), pytest.raises(OSError, match="No space"):
        rdpscore.save(survey, folder)
    assert settled(folder)
    assert facts(rdpscore.load(folder)) == old


def test_a_save_over_a_folder_in_place_of_a_file_changes_nothing(folder: Path) -> None:
    survey = rdpscore.load(folder)
    (folder / "codings.csv").unlink()
    (folder / "codings.csv").mkdir()
    before = contents(folder)
    with pytest.raises(IsADirectoryError):
        rdpscore.save(changed(survey, "new"), folder)
    (folder / LOCK).unlink()
    assert contents(folder) == before


# Manifests of strangers ---------------------------------------------------------------------------------

HOSTILE = {
    "a path that leaves the folder": '[{"name": "../victim", "staged": "0000"}]',
    "an absolute path": '[{"name": "{victim}", "staged": "0000"}]',
    "a path through a link": '[{"name": "link/victim", "staged": "0000"}]',
    "a deletion outside": '[{"name": "../victim", "staged": null}]',
    "a source outside": '[{"name": "note.txt", "staged": "../../victim"}]',
    "the folder itself": '[{"name": "", "staged": null}]',
    "no list": '{"name": "journals.csv"}',
    "no manifest": "[" * 100_000,
}


@pytest.mark.parametrize("manifest", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_manifest_that_reaches_out_of_its_folder_is_refused(
    folder: Path, tmp_path: Path, manifest: str
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (folder / "link").symlink_to(tmp_path, target_is_directory=True)
    (folder / STAGE).mkdir()
    (folder / STAGE / "0000").write_text("malicious")
    (folder / STAGE / "committed.json").write_text(manifest.replace("{victim}", str(victim)))
    run = cli("score", folder, "--json")
    assert run.status == 1
    (problem,) = run.json()["problems"]
    assert (problem["code"], problem["place"]) == ("foreign_save", f"{STAGE}/committed.json")
    with pytest.raises(rdpscore.InvalidInput):
        commit(folder, {"codings.csv": b"mine"})
    assert victim.read_text() == "precious"
    assert not (folder / "note.txt").exists()
