"""A survey may come from a stranger: whatever its folder holds, reading it changes nothing, and ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import typer.main
from hostile import EVIL, HOSTILE, Met, Process, process_for_commands, stage, state
from hypothesis import example, given
from hypothesis import strategies as st
from running import cli, process

import rdpscore
from rdpscore.cli import app
from rdpscore.files import commit
from rdpscore.files import own_names as names
from rdpscore.files.plain import MAX_YAML, NotPlain, TooLarge, open_plain, read_plain
from rdpscore.files.transaction import LOCK, STAGE
from rdpscore.problems import CATALOGUE
from rdpscore.survey import SPECS

SECRET = "the secret that lies outside"
MOST_MEMORY = 500_000_000

READING = {
    "validate": "{hostile} --json",
    "score": "{hostile} --json",
    "status": "{hostile} --json",
    "template": "{hostile} --coder c1 --output {out}/c1.xlsx",
    "codebook show": "{hostile}",
    "reproduce": "{hostile}",
    "check": "{good}/codings.csv --survey {hostile}",
    "advise": "alpha {hostile}",
    "agreement": "{hostile}",
    "heterogeneity": "{hostile} --resamples 50",
    "sensitivity": "{hostile} --draws 20 --base 4",
    "regress": "{hostile} --model score~access_model --draws 999",
    "figures": "{hostile} --output {out}/figures --only scores",
    "dashboard": "{hostile} --no-browser",
    "compare": "{hostile} {good} --resamples 20",
    "adjudicate": "{hostile} --output {out}/adjudication.xlsx",
    "codebook check": "{hostile}",
    "codebook diff": "{hostile} {good}",
    "codebook crosswalk": "materials-science-to-top-2015 --survey {hostile}",
    "codebook schema": "",
    "convert": "{hostile}/journals.csv --output {out}/converted.csv",
    "init": "{out}/new --codebook {hostile}",
    "merge": "{out}/merged {good} {hostile}",
    "migrate": "{good} --to {hostile} --dry-run",
}
"""Every command that reads a survey that it does not write: its arguments."""
WRITING = {
    "assign": "{hostile} --coders c1,c2 --double 100%",
    "import": "{hostile} {good}/codings.csv",
    "names": "{hostile}",
}
FAST = ("validate", "score", "status", "template", "codebook show", "reproduce")
KINDS = (
    "a save of the settings of git",
    "a save of a file above",
    "a save of an invisible character in a hidden folder",
    "a deletion of the settings of git",
    "a manifest with endless nesting",
    "a stage that is a link",
    "a staged file that is a link",
    "a description that never ends",
    "a pipe for codings",
    "codebook.yaml outside",
    "sources outside",
    "a sparse giant",
    "a lock that is a link",
)
"""Those with which the fast tests are content."""


def registered() -> list[str]:
    """The commands, groups with what is in them."""
    found = []
    for name, command in typer.main.get_command(app).commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        found += [name] if inner is None else [f"{name} {below}" for below in inner]
    return found


def test_every_command_is_in_the_table() -> None:
    assert sorted(registered()) == sorted([*READING, *WRITING])


def test_the_tables_that_a_save_may_write_are_those_of_a_survey() -> None:
    assert tuple(SPECS) == names.TABLES


# The table of folders and commands ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def scores() -> dict[str, Any]:
    """What `score` says of the survey that is made hostile, filled by whoever asks first."""
    return {}


@pytest.fixture(scope="module")
def commands() -> Iterator[Process]:
    """The process in which commands run."""
    with process_for_commands() as running:
        yield running


def filled(words: str, **places: Path) -> list[str]:
    return words.format(**places).split()


@pytest.fixture
def places(folder: Path, tmp_path: Path) -> dict[str, Path]:
    """A survey to be made hostile, in a folder under git, a good one, a folder outside, and one for what is written."""
    good = shutil.copytree(folder, tmp_path / "good")
    text = (good / "survey.yaml").read_text()
    (good / "survey.yaml").write_text(text.replace("id: small", "id: good", 1))
    (folder / ".git/hooks").mkdir(parents=True)
    (folder / ".git/config").write_text("[core]\n")
    (folder / "notes.txt").write_text("mine\n")
    (folder / "policies-of-2025.csv").write_text("url\nhttps://example.org\n")
    outside, out = tmp_path / "outside", tmp_path / "out"
    outside.mkdir()
    out.mkdir()
    (outside / "precious").write_text(f"{SECRET}\n")
    return {"hostile": folder, "good": good, "outside": outside, "out": out}


def meet(running: Process, wanted: dict[str, str], places: dict[str, Path]) -> Met:
    if not running.loaded >= set(wanted) - set(WRITING):
        warm = places["out"] / "warm"
        shutil.copytree(places["good"], warm)
        loading = {"good": warm, "hostile": places["good"], "out": warm}
        running.load({n: [*n.split(), *filled(w, **loading)] for n, w in wanted.items() if n not in WRITING})
    met = running.meet({n: [*n.split(), *filled(w, **places)] for n, w in wanted.items()}, places["out"])
    assert set(met.runs) == set(wanted)
    for name, (status, out, err) in met.runs.items():
        assert status in (0, 1), (name, out, err)
        assert SECRET not in out + err, name
        assert EVIL not in out + err, name
        if status == 1:
            assert "error" in out + err, name
            assert any(code in out + err for code in CATALOGUE), (name, out, err)
    assert met.peak < MOST_MEMORY
    return met


def reads(
    running: Process, kind: str, wanted: dict[str, str], places: dict[str, Path], scores: dict[str, Any]
) -> None:
    """Nothing inside or outside is changed by commands that read, and they end."""
    if not scores:
        scores.update(cli("score", places["hostile"], "--json").json()["result"])
    make, code = HOSTILE[kind]
    make(places["hostile"], places["outside"])
    before = state(places["hostile"], places["outside"], places["good"])
    met = meet(running, wanted, places)
    assert state(places["hostile"], places["outside"], places["good"]) == before
    told = [p["code"] for p in json.loads(met.runs["validate"][1])["problems"] if p["severity"] == "error"]
    if code is None:
        assert told == []
        assert json.loads(met.runs["score"][1])["result"] == scores
    else:
        assert told == [code]
        assert met.runs["validate"][0] == met.runs["score"][0] == 1


@pytest.mark.parametrize("kind", KINDS)
def test_reading_a_strangers_folder_changes_nothing_and_ends(
    kind: str, commands: Process, places: dict[str, Path], scores: dict[str, Any]
) -> None:
    reads(commands, kind, {n: READING[n] for n in FAST}, places, scores)


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_no_command_changes_a_strangers_folder_that_it_reads(
    kind: str, commands: Process, places: dict[str, Path], scores: dict[str, Any]
) -> None:
    reads(commands, kind, READING, places, scores)


def writes(running: Process, kind: str, places: dict[str, Path]) -> None:
    """Commands that write leave alone what is no survey's, and the whole folder where a save or the lock is odd."""
    HOSTILE[kind][0](places["hostile"], places["outside"])
    kept = (places["outside"], places["good"], places["hostile"] / ".git")
    before, whole = state(*kept), state(places["hostile"])
    met = meet(running, WRITING, places)
    assert state(*kept) == before
    assert (places["hostile"] / "notes.txt").read_text() == "mine\n"
    if kind.startswith(("a save", "a deletion", "a manifest", "a lock", "a staged")):
        assert met.runs["assign"][0] == 1
        assert state(places["hostile"]) == whole


@pytest.mark.parametrize("kind", KINDS)
def test_writing_into_a_strangers_folder_changes_nothing_outside_of_a_survey(
    kind: str, commands: Process, places: dict[str, Path]
) -> None:
    writes(commands, kind, places)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [k for k in HOSTILE if k not in KINDS])
def test_writing_into_any_strangers_folder_changes_nothing_outside_of_a_survey(
    kind: str, commands: Process, places: dict[str, Path]
) -> None:
    writes(commands, kind, places)


# A save that was killed -----------------------------------------------------------------------------------

PUBLISHED = """\
format: 1
source: {citation: Nobody at all}
figures:
  - {figure: journals, printed: "3", decimals: 0, compute: {name: n_journals}}
"""


def killed_after_commit(folder: Path, goal: Path) -> None:
    """Give a folder the stage of a save, committed and not put into place, that makes it what another folder is."""
    (folder / STAGE).mkdir()
    moves: list[dict[str, str | None]] = []
    wanted = {p.relative_to(goal).as_posix() for p in goal.rglob("*") if p.is_file()}
    for number, name in enumerate(sorted(wanted)):
        shutil.copy(goal / name, folder / STAGE / f"{number:04d}")
        moves.append({"name": name, "staged": f"{number:04d}"})
    gone = {p.name for p in folder.glob("*.csv")} - wanted
    moves += [{"name": name, "staged": None} for name in sorted(gone)]
    (folder / STAGE / "committed.json").write_text(json.dumps(moves))


@pytest.mark.slow
def test_every_command_that_reads_sees_a_killed_save_whole(
    folder: Path, commands: Process, tmp_path: Path
) -> None:
    goal, good, pending = (tmp_path / n / "survey" for n in ("goal", "good", "pending"))
    shutil.copytree(folder, good)
    (good / "survey.yaml").write_text((good / "survey.yaml").read_text().replace("id: small", "id: good", 1))
    shutil.copytree(folder, goal)
    shutil.copytree(folder, pending)
    (pending / "policies.csv").write_text("policy_id\n")
    for name, old, new in (
        ("codebook.yaml", "title: ", "title: Other "),
        ("journals.csv", "Alpha Letters", "Alpha Reviews"),
        ("codings.csv", "gamma,c1,policy,no", "gamma,c1,policy,yes"),
    ):
        text = (goal / name).read_text()
        assert old in text
        (goal / name).write_text(text.replace(old, new, 1))
    (goal / "published.yaml").write_text(PUBLISHED)
    changes = goal / "sources/migrations/2026-01-01-0123456789ab/recode.csv"
    changes.parent.mkdir(parents=True)
    head = "table,journal_id,coder,round,item,to_item,old,new,action"
    changes.write_text(f"{head}\ncodings,beta,c1,main,data,data,1,1,review\n")
    killed_after_commit(pending, goal)
    before = state(pending)
    seen = []
    for hostile in (goal, pending):
        out = tmp_path / f"out-of-{hostile.parent.name}"
        out.mkdir()
        words = {"hostile": hostile, "good": good, "out": out}
        # a file that is named is the file as it lies there
        wanted = {n: [*n.split(), *filled(w, **words)] for n, w in READING.items() if n != "convert"}
        met = commands.meet(wanted, out)
        put = {p.name: p.read_bytes() for p in out.glob("*.xlsx")}
        assert set(put) == {"c1.xlsx"}
        runs = {
            n: [
                re.sub(r"token=[-\w]+", "", str(v).replace(str(hostile.parent), "").replace(str(out), ""))
                for v in r
            ]
            for n, r in met.runs.items()
        }
        seen.append((runs, put, {n: r[0] for n, r in met.runs.items()}))
    for name in seen[0][0]:
        assert seen[0][0][name] == seen[1][0][name], name
    assert seen[0] == seen[1]
    assert state(pending) == before
    assert "Alpha Reviews" in seen[1][0]["score"][1]
    assert "1 equal" in seen[1][0]["reproduce"][1]
    commit(pending, {})
    assert {p.name for p in pending.iterdir()} - {LOCK} == {p.name for p in goal.iterdir()}
    assert (pending / changes.relative_to(goal)).read_text() == changes.read_text()


# Names of what a save writes ------------------------------------------------------------------------------


@given(st.text(min_size=1, max_size=300))
@example("NUL")
@example(".csv")
@example("x" * 300)
@example("界" * 300)
def test_what_is_kept_gets_a_name_that_a_save_may_write(text: str) -> None:
    kept = names.fitting(text)
    assert names.fits(kept)
    assert names.is_own(f"sources/merged/a/{kept}")
    assert names.is_own(f"sources/{names.fitting(f'0123456789abcdef-{text}')}")
    assert kept == text or not names.fits(text)


@pytest.mark.parametrize("name", ["notes.txt", "../x.csv", ".git/config", "sources/x.csv", "Codings.csv"])
def test_no_save_writes_another_name(name: str, folder: Path) -> None:
    before = state(folder)
    with pytest.raises(ValueError, match="no save writes"):
        commit(folder, {"codings.csv": b"journal_id", name: b"mine"})
    (folder / LOCK).unlink()
    assert set(state(folder)) == set(before)


def test_no_save_deletes_what_is_no_table(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"no save deletes 'survey\.yaml'"):
        commit(folder, {"survey.yaml": None})


def test_an_imported_file_of_an_odd_name_is_kept_under_a_plain_one(folder: Path, tmp_path: Path) -> None:
    odd = tmp_path / "c2: final\u202e?.csv"
    odd.write_text("journal_id,coder,item,answer\ngamma,c2,policy,no\n")
    run = cli("import", folder, odd)
    assert run.status == 0, run.err
    (kept,) = (folder / "sources").glob("*-*.csv")
    assert re.fullmatch(r"-c2- final-[0-9a-f]{8}\.csv", kept.name[16:])
    assert kept.read_bytes() == odd.read_bytes()
    assert cli("import", folder, odd).said.endswith("nothingnew:thesurveyisasitwas")


def test_a_merged_survey_keeps_no_hidden_file_and_follows_no_link(
    folder: Path, places: dict[str, Path]
) -> None:
    out = places["out"] / "merged"
    (folder / "policy of 2025?.html").write_text("<p>")
    (folder / "link").symlink_to(places["outside"])
    run = cli("merge", out, places["good"], folder)
    assert run.status == 1
    assert "not_a_plain_file" in run.err
    assert not out.exists()
    (folder / "link").unlink()
    assert cli("merge", out, places["good"], folder).status == 0
    kept = {p.name for p in (out / "sources/merged/small").rglob("*")}
    assert {"notes.txt", "codings.csv"} <= kept
    assert [n for n in kept if re.fullmatch(r"policy of 2025-[0-9a-f]{8}\.html", n)]
    assert not any(n.startswith(".") for n in kept)


# Files that a person names --------------------------------------------------------------------------------

NAMED = {
    "score --scheme": "score {good} --scheme {file}.yaml",
    "codebook check": "codebook check {file}.yaml",
    "codebook show": "codebook show {file}",
    "codebook crosswalk": "codebook crosswalk {file}.yaml",
    "compare --crosswalk": "compare {good} {other} --resamples 20 --crosswalk {file}.yaml",
    "compare --matches": "compare {good} {other} --resamples 20 --matches {file}.csv",
    "check a workbook": "check {file}.xlsx",
    "check a table": "check {file}.csv --survey {good}",
    "import": "import {good} {file}.xlsx",
    "import --mapping": "import {out}/new --mapping {file}.yaml",
    "import --propose": "import {out}/new --propose {file}.csv",
    "init --codebook": "init {out}/new --codebook {file}.yaml",
    "migrate --to": "migrate {good} --to {file}.yaml",
    "migrate --recode": "migrate {good} --to {good} --recode {file}.yaml",
    "convert": "convert {file}.csv --output {out}/x.csv",
}


def test_no_file_that_a_person_names_is_waited_for_or_read_without_end(
    commands: Process, places: dict[str, Path], tmp_path: Path
) -> None:
    files = tmp_path / "named"
    files.mkdir()
    for suffix in ("", ".yaml", ".csv", ".xlsx"):
        os.mkfifo(files / f"pipe{suffix}")
        (files / f"device{suffix}").symlink_to("/dev/zero")
        with (files / f"giant{suffix}").open("w") as out:
            out.truncate(100_000_000_000)
    text = (places["hostile"] / "survey.yaml").read_text()
    (places["hostile"] / "survey.yaml").write_text(text.replace("id: small", "id: other", 1))
    where = {"good": places["good"], "other": places["hostile"], "out": places["out"]}
    wanted = {
        f"{name} {kind}": filled(words, file=files / kind, **where)
        for name, words in NAMED.items()
        for kind in ("pipe", "device", "giant")
    }
    before = state(files, places["good"])
    met = commands.meet(wanted, places["out"])
    for name, (status, out, err) in met.runs.items():
        same = name.startswith(
            "migrate --recode"
        )  # the survey is under that codebook: nothing to do, nothing read
        assert status == (0 if same else 1), (name, out, err)
        assert same or any(w in out + err for w in ("pipe", "device", "MB long")), (name, out, err)
    assert met.peak < MOST_MEMORY
    assert state(files, places["good"]) == before
    assert not (places["out"] / "new").exists()


def test_what_a_shell_hands_over_is_read(folder: Path) -> None:
    book = (folder / "codebook.yaml").read_text()
    command = [sys.executable, "-m", "rdpscore", "codebook", "check", "/dev/stdin", "--json"]
    done = subprocess.run(command, input=book, capture_output=True, text=True, timeout=60, check=False)
    assert json.loads(done.stdout)["result"]["id"] == "small"
    run = process("bash", "-c", f"{sys.executable} -m rdpscore codebook check <(cat {folder}/codebook.yaml)")
    assert run.status == 0


def test_a_pipe_that_was_handed_over_is_read_to_its_end_and_no_further_than_the_bound() -> None:
    for length, most in ((3_000_000, 3_000_000), (3_000_001, 3_000_000)):
        end, begin = os.pipe()

        def write(to: int = begin, n: int = length) -> None:
            with open(to, "wb") as out, suppress(BrokenPipeError):
                out.write(b"x" * n)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            if length <= most:
                assert read_plain(Path(f"/dev/fd/{end}"), most) == b"x" * length
            else:
                with pytest.raises(TooLarge):
                    read_plain(Path(f"/dev/fd/{end}"), most)
        finally:
            os.close(end)
            writer.join()


# Opening --------------------------------------------------------------------------------------------------


def test_a_file_is_read_up_to_its_bound(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    assert read_plain(path, 5) == b"12345"
    with pytest.raises(TooLarge, match="and at most"):
        read_plain(path, 4)
    path.write_bytes(b"")
    assert read_plain(path, 0) == b""


def test_a_file_that_the_kernel_makes_up_is_bounded_too() -> None:
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("no such files here")
    assert maps.stat().st_size == 0
    assert b"[stack]" in read_plain(maps, MAX_YAML)
    with pytest.raises(TooLarge, match="longer than"):
        read_plain(maps, 100)


def test_a_file_that_grows_while_it_is_read_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"x" * 10)
    with open_plain(path, 20) as stream:
        path.write_bytes(b"x" * 30)
        with pytest.raises(TooLarge):
            stream.read(1_000_000)


def test_a_device_is_not_even_opened(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    with pytest.raises(NotPlain, match="a device"):
        open_plain(Path("/dev/zero"), 10)


def test_a_folder_whose_lock_cannot_be_taken_is_still_read(folder: Path) -> None:
    (folder / LOCK).symlink_to("nowhere")
    assert len(rdpscore.load(folder).journals) == 3
    with pytest.raises(rdpscore.InvalidInput) as caught:
        rdpscore.save(rdpscore.load(folder), folder)
    (problem,) = caught.value.problems
    assert (problem.code, problem.place, problem.value) == ("odd_lock", LOCK, "a link")


def test_a_stage_that_names_a_survey_s_tables_is_completed(folder: Path) -> None:
    stage(folder, [{"name": "policies.csv", "staged": "0000"}], "policy_id\np1\n")
    assert rdpscore.load(folder).policies is not None
    assert not (folder / "policies.csv").exists()
    commit(folder, {})
    assert (folder / "policies.csv").read_text() == "policy_id\np1\n"
    assert not (folder / STAGE).exists()
