"""Any terminal, any pipe: every command, in encodings that lack characters, cut off, interrupted, on a full disk."""

from __future__ import annotations

import ast
import csv
import errno
import io
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.cells import cell_len
from running import cli, contents, process
from tables import SMALL_CODEBOOK
from terminals import (
    COMMANDS,
    NAMES,
    OBEYED,
    PYTHON,
    STYLE,
    Wire,
    example,
    interruptible,
    left,
    make_workbooks,
    run,
    run_on,
    seen,
    started,
)
from test_cli_help import EVERY

import rdpscore
from rdpscore.cli.terminal import STAND_INS
from rdpscore.files import write_all_new, write_bytes_new
from rdpscore.files.writing import drop_unfinished, native, uninterrupted
from rdpscore.results import dump_json
from rdpscore.survey import load
from rdpscore.words import meant, visible

EVIL = "\x1b[31mred\x1b]0;title\x07\x9b2J\x08\r\u202eright\u200bnone\x1b]8;;http://x\x1b\\link [bold]b[/bold] :x:"
BAD_ARGUMENT = "no\x1b]0;such\x07\u202e\x9b31m[bold]"

each_command = pytest.mark.parametrize("path", COMMANDS, ids=NAMES)


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COLUMNS", "FORCE_COLOR", "NO_COLOR", "TTY_COMPATIBLE", "GITHUB_ACTIONS", "PY_COLORS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")


@pytest.fixture(scope="session")
def hostile_made(workplace_made: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `hostile` copies."""
    place = Path(shutil.copytree(workplace_made, tmp_path_factory.mktemp("hostile") / "workplace"))
    make_workbooks(place)
    make_evil(place / "my-survey", EVIL)
    return place


@pytest.fixture
def hostile(hostile_made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The workplace, its survey with what a terminal would obey in every text."""
    place = Path(shutil.copytree(hostile_made, tmp_path / "hostile"))
    monkeypatch.chdir(place)
    return place


def make_evil(folder: Path, evil: str) -> None:
    """Put `evil` into titles, publishers, passages, notes and labels of a survey's files."""
    codings = pd.read_csv(folder / "codings.csv", dtype=str, keep_default_na=False)
    codings.assign(evidence=evil, note=evil).to_csv(
        folder / "codings.csv", index=False, quoting=csv.QUOTE_ALL
    )
    journals = pd.read_csv(folder / "journals.csv", dtype=str, keep_default_na=False)
    journals["title"] = [f"{title} {evil} {n}" for n, title in enumerate(journals["title"])]
    journals["publisher"] = [f"{publisher} {evil}" for publisher in journals["publisher"]]
    journals.to_csv(folder / "journals.csv", index=False, quoting=csv.QUOTE_ALL)
    book = yaml.safe_load((folder / "codebook.yaml").read_text(encoding="utf-8"))
    for item in book["items"]:
        item["title"] = f"{item['id']} {evil}"[:40]
        for option in item.get("options", []):
            option["label"] = f"{option.get('label', '')} {evil}"
    (folder / "codebook.yaml").write_text(yaml.safe_dump(book), encoding="utf-8")
    meta = yaml.safe_load((folder / "survey.yaml").read_text(encoding="utf-8"))
    meta["title"] = f"{meta.get('title', '')} {evil}"
    meta["codebook"].pop("hashes", None)
    (folder / "survey.yaml").write_text(yaml.safe_dump(meta), encoding="utf-8")


# Encodings ----------------------------------------------------------------------------------------------


@each_command
def test_every_command_speaks_to_a_terminal_of_ascii(path: tuple[str, ...], workplace: Path) -> None:
    found = run(example(path, workplace), "ascii")
    assert found.status in (0, 1)
    assert found.out + found.err
    assert b"Traceback" not in found.err


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "koi8-r", "utf-16"])
@each_command
def test_every_command_speaks_in_every_encoding(
    path: tuple[str, ...],
    encoding: str,
    workplace: Path,
) -> None:
    found = run(example(path, workplace), encoding)
    assert found.status in (0, 1)
    (found.out + found.err).decode(encoding)


def test_the_tools_own_marks_have_stand_ins_and_other_letters_a_question_mark() -> None:
    found = run(["score", "materials-science", "--scheme", "é"], "ascii").err.decode("ascii")
    assert "scheme '?'" in found
    ranges = run(["score"], "ascii").out.decode("ascii")
    assert "0.21-0.61" in ranges
    assert "?" not in ranges


def test_every_mark_in_the_code_has_a_stand_in() -> None:
    """Derived: a new arrow in a message would come out as a question mark."""
    missing = {
        f"{path.name}: {c}"
        for path in [
            *Path(rdpscore.__file__).parent.glob("cli/*.py"),
            *Path(rdpscore.__file__).parent.glob("*.py"),
        ]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        for c in node.value
        if ord(c) > 127 and c.isprintable() and c not in STAND_INS and not OBEYED.search(c)
    }
    assert missing == set()


@each_command
def test_json_is_utf8_in_every_terminal(path: tuple[str, ...], hostile: Path) -> None:
    words = [*example(path, hostile), *([] if path == ("codebook", "schema") else ["--json"])]
    found = run(words, "ascii")
    if found.status == 2:
        assert b"No such option" in found.err  # figures, template and others print none
        return
    text = found.out.decode("utf-8")
    json.loads(text)
    assert not OBEYED.search(text)


def test_output_and_json_are_the_same_bytes_in_every_locale(folder: Path, tmp_path: Path) -> None:
    journals = (folder / "journals.csv").read_text(encoding="utf-8").replace("Beta", "Bêta")
    (folder / "journals.csv").write_text(journals, encoding="utf-8")
    made = []
    for name, environment in (("c", {"LC_ALL": "C", "PYTHONUTF8": "0"}), ("u", {"PYTHONUTF8": "1"})):
        target = tmp_path / f"{name}.csv"
        done = subprocess.run(
            [*PYTHON, "score", folder, "--json", "--output", target],
            env=os.environ | environment,
            capture_output=True,
            check=True,
        )
        made.append((done.stdout, target.read_bytes()))
    assert made[0] == made[1]
    assert "Bêta".encode() in made[0][0]
    assert "Bêta".encode() in made[0][1]


def test_what_is_typed_in_a_locale_without_its_letters_is_utf8(tmp_path: Path) -> None:
    there = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "utf-8"}
    survey = tmp_path / native("été")
    made = process(
        *PYTHON, "init", survey, "--codebook", "materials-science", "--title", native("Zoë"), **there
    )
    assert made.status == 0, made.err
    assert load(survey).meta.title == "Zoë"
    (survey / "journals.csv").write_text("journal_id,title,publisher\na,A,Société\n", encoding="utf-8")
    assert process(*PYTHON, "assign", survey, "--coders", native("Zoë,Bo"), **there).status == 0
    assert (
        process(
            *PYTHON, "template", survey, "--coder", native("Zoë"), "-o", tmp_path / native("é.xlsx"), **there
        ).status
        == 0
    )
    done = process(*PYTHON, "import", survey, tmp_path / native("é.xlsx"), "--by", native("Zoë"), **there)
    assert done.status == 0, done.err
    log = (survey / "sources" / "log.csv").read_text(encoding="utf-8")
    assert ",Zoë,é.xlsx," in log
    asked = process(*PYTHON, "score", survey, "--journals-only", native("publisher=Société"), **there)
    assert "1 journal, and no answers yet" in asked.out


# Control sequences ----------------------------------------------------------------------------------------


@each_command
def test_no_command_sends_what_a_terminal_obeys(path: tuple[str, ...], hostile: Path) -> None:
    found = run(example(path, hostile))
    for sent in (found.out, found.err):
        assert not OBEYED.search(sent.decode("utf-8"))


@each_command
def test_on_a_terminal_nothing_but_the_tools_own_styling_is_sent(
    path: tuple[str, ...], hostile: Path
) -> None:
    found = run(example(path, hostile), terminal=True)
    assert not OBEYED.search(STYLE.sub("", found.out.decode("utf-8")))


@each_command
def test_error_boxes_show_what_they_echo(path: tuple[str, ...], workplace: Path) -> None:
    arguments = [[BAD_ARGUMENT], [f"--{BAD_ARGUMENT}"], ["--output", f"{BAD_ARGUMENT}.doc"]]
    for words in ([*path, *a] for a in arguments[: 2 if path == ("figures",) else 3]):  # which has folders
        for terminal in (False, True):
            found = run(words, terminal=terminal)
            for sent in (found.out, found.err):
                text = STYLE.sub("", sent.decode("utf-8")) if terminal else sent.decode("utf-8")
                assert not OBEYED.search(text)
    assert "[bold]" in visible(BAD_ARGUMENT)


def test_marks_stand_where_the_characters_stood(hostile: Path) -> None:
    told = run(["score", "my-survey"]).out.decode("utf-8")
    assert r"\x1b[31mred\x1b]0;title\x07\x9b2J\x08\x0d\u202eright\u200bnone" in told
    assert "[bold]b[/bold] :x:" in told


TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-8"),
        st.sampled_from(
            "\x00\x07\x08\t\r\n\x1b\x7f\x85\x9b\x9d\u200b\u200e\u2028\u202e\u2066\ufeff[]\U000e0041"
        ),
        st.characters(min_codepoint=0x80, max_codepoint=0x9F),
    ),
    max_size=40,
)


@given(TEXTS | st.text())
def test_visible_text_has_nothing_that_is_obeyed_and_stays_as_it_is(text: str) -> None:
    found = visible(text)
    assert not OBEYED.search(found)
    assert visible(found) == found
    assert found.count("\n") == text.count("\n")
    if not OBEYED.search(text) and all(unicodedata.category(c) != "Zs" or c == " " for c in text):
        assert found == text


def test_no_control_or_format_character_of_unicode_is_left_out() -> None:
    obeyed = {
        chr(c) for c in range(0x110000) if unicodedata.category(chr(c)) in ("Cc", "Cf", "Cs", "Zl", "Zp")
    }
    assert {c for c in obeyed if not OBEYED.search(c)} == {"\n"}


@given(TEXTS)
def test_json_keeps_every_character_and_sends_none_that_is_obeyed(text: str) -> None:
    found = dump_json({"a": text})
    assert json.loads(found) == {"a": text}
    assert not OBEYED.search(found)
    found.encode("utf-8")


def test_bytes_that_a_locale_could_not_read_are_utf8_or_marks() -> None:
    typed = "é".encode().decode("ascii", "surrogateescape")
    assert (visible(typed), meant(typed), visible("\udcff"), visible("\ud800")) == (
        "é",
        "é",
        r"\xff",
        r"\ud800",
    )
    assert json.loads(dump_json(typed)) == "é"


@pytest.mark.slow
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(evil=TEXTS, argument=TEXTS)
def test_any_text_in_any_place_is_shown(evil: str, argument: str, folder: Path) -> None:
    target = folder.parent / "any"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    make_evil(target, evil)
    for words in (
        ["score", target],
        ["validate", target],
        ["agreement", target],
        ["status", target],
        ["score", argument],
    ):
        for as_json in ([], ["--json"]):
            if "\x00" in argument:
                continue  # the system passes none
            found = run([*words[:1], *as_json, "--", *words[1:]])
            for sent in (found.out, found.err):
                assert not OBEYED.search(sent.decode("utf-8"))
                assert b"Traceback" not in sent


# Pipes ----------------------------------------------------------------------------------------------------


@each_command
def test_a_reader_that_has_left_ends_every_command_well(path: tuple[str, ...], workplace: Path) -> None:
    words = example(path, workplace)
    with left() as out:
        err = Wire()
        assert run_on(words, out, err) == 0
        err.flush()
    told = err.held.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    assert "Traceback" not in told
    assert "Error" not in told


@pytest.mark.parametrize(
    "words", [["score"], ["score", "--json"], ["--help"], ["--version"], ["codebook", "schema"]]
)
def test_a_closed_pipe_is_no_error(words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PYTHON, *words], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_reader_may_leave_in_the_middle_of_much() -> None:
    with subprocess.Popen(
        [*PYTHON, "agreement", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline() == b"{\n"
        running.stdout.close()
        told = running.stderr.read()
    assert (running.returncode, told) == (0, b"")


def test_who_reads_no_errors_gets_the_output_all_the_same(folder: Path, tmp_path: Path) -> None:
    out = Wire()
    with left() as err:
        assert run_on(["score", folder, "--json", "--output", tmp_path / "s.csv"], out, err) == 0
    out.flush()
    assert json.loads(out.held.getvalue())["problems"] is not None  # type: ignore[attr-defined]


@pytest.mark.parametrize("closed", [0, 1, 2, (0, 1, 2)])
def test_closed_descriptors_are_nothing_to_fail_at(
    closed: int | tuple[int, ...], folder: Path, tmp_path: Path
) -> None:
    numbers = (closed,) if isinstance(closed, int) else closed
    done = subprocess.run(
        [*PYTHON, "score", folder, "--output", tmp_path / "s.csv"],
        check=False,
        capture_output=True,
        preexec_fn=lambda: [os.close(n) for n in numbers],
    )
    assert done.returncode == 0
    assert b"Traceback" not in done.stderr
    assert (tmp_path / "s.csv").read_bytes().startswith(b"journal_id,")


def test_streams_that_are_none_are_nothing_to_fail_at(folder: Path) -> None:
    """As on Windows without a console."""
    code = "import sys; sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None; "
    code += f"sys.argv = ['rdpscore', 'score', {str(folder)!r}]; from rdpscore.cli import main; main()"
    assert process(sys.executable, "-c", code) == process(sys.executable, "-c", "pass")


# Full disks -----------------------------------------------------------------------------------------------


@each_command
def test_a_full_standard_output_is_told(path: tuple[str, ...], workplace: Path) -> None:
    err = Wire()
    words = example(path, workplace)
    with open("/dev/full", "w", encoding="utf-8") as out:
        status = run_on(words, out, err)
    err.flush()
    told = err.held.getvalue().decode("utf-8")  # type: ignore[attr-defined]
    if path in (("adjudicate",), ("template",)):  # print on standard error only
        assert (status, "standard output" in told) == (0, False)
    else:
        assert status == 1
        assert told.splitlines()[-1] == f"rdpscore: standard output: {os.strerror(errno.ENOSPC)}"


@contextmanager
def small_disk(most: int) -> Iterator[None]:
    """No file may grow beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def without_locks(files: dict[str, bytes | None]) -> dict[str, bytes | None]:
    return {n: c for n, c in files.items() if not n.endswith(".rdpscore-lock")}


@each_command
def test_a_full_disk_names_the_file_and_leaves_nothing_behind(path: tuple[str, ...], workplace: Path) -> None:
    words = example(path, workplace)
    if path == ("migrate",):
        words.remove("--dry-run")
    before = seen(workplace)
    with small_disk(0):
        failed = run(words)
    assert seen(workplace) == before
    worked = run(words)
    changed = {name for name, content in seen(workplace).items() if before.get(name) != content}
    if worked.status == 0 and changed:
        assert failed.status == 1
        *_, line = failed.err.decode("utf-8").splitlines()
        assert line.startswith("rdpscore: ")
        assert line.endswith(f": {os.strerror(errno.EFBIG)}")
        named = line.removeprefix("rdpscore: ").rpartition(": ")[0]
        assert os.path.relpath(workplace / named, workplace) in changed
    else:
        assert failed.status == worked.status


def test_files_that_belong_together_are_written_all_or_none(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"old")

    def files() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "a", b"new"
        raise OSError(errno.ENOSPC, "full", "b")

    with pytest.raises(OSError, match="full"):
        write_all_new(files(), force=True)
    assert contents(tmp_path) == {"a": b"old"}


def test_a_device_is_never_replaced_by_a_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.csv")
    with pytest.raises(OSError, match="no regular file"):
        write_bytes_new(tmp_path / "pipe.csv", b"", force=True)
    assert (tmp_path / "pipe.csv").is_fifo()


# Ctrl-C ---------------------------------------------------------------------------------------------------

STUB = "import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nimport time\ntime.sleep(30)\n"


@pytest.mark.parametrize("module", ["typer", "rich", "numpy", "pandas", "yaml", "pydantic"])
def test_ctrl_c_in_the_middle_of_an_import_is_one_line(module: str, tmp_path: Path) -> None:
    (tmp_path / f"{module}.py").write_text(STUB)
    there = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(tmp_path), str(Path(rdpscore.__file__).parents[1])])
    }
    done = subprocess.run(
        [*PYTHON, "score"], check=False, capture_output=True, env=there, preexec_fn=interruptible, timeout=60
    )
    assert (done.returncode, done.stderr) == (130, b"rdpscore: stopped\n")


def test_a_write_that_has_begun_is_finished_before_ctrl_c(tmp_path: Path) -> None:
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            assert came == []
        assert came == [signal.SIGINT]
    finally:
        signal.signal(signal.SIGINT, before)


def test_temporary_files_go_when_the_process_ends(tmp_path: Path) -> None:
    def files() -> Iterator[tuple[Path, bytes]]:
        yield tmp_path / "a", b"new"
        assert len(contents(tmp_path)) == 1
        drop_unfinished()
        assert contents(tmp_path) == {}
        raise OSError(errno.ENOSPC, "full", "b")

    with pytest.raises(OSError, match="full"):
        write_all_new(files())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "moments", "seconds"),
    [
        (["score"], 30, 2.0),
        (["score", "--json"], 8, 2.0),
        (["figures", "--output", "figures"], 8, 8.0),
        (["score", "--uncertainty", "coder,weights", "--draws", "20000", "--processes", "2"], 12, 5.0),
        (["sensitivity", "--processes", "2"], 12, 5.0),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_ctrl_c_at_any_moment_is_one_line_and_status_130(
    words: list[str], moments: int, seconds: float, tmp_path: Path
) -> None:
    """Also Python's own start, which is not ours: the first moments come when it has begun to load the package."""
    for moment in range(moments):
        running = started(words, cwd=tmp_path, bufsize=0)
        wait_for_start(running)
        try:
            running.wait(seconds * moment / moments)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGINT)
        _, told = running.communicate(timeout=60)
        if running.returncode == 0:  # it was done before
            shutil.rmtree(tmp_path / "figures", ignore_errors=True)
            continue
        assert (running.returncode, told) == (130, "rdpscore: stopped\n")
        assert contents(tmp_path) == {}


def wait_for_start(running: subprocess.Popen[str]) -> None:
    """Until Python itself has started and its main module runs: the kernel tells that the command line is open."""
    caught = 1 << (signal.SIGINT - 1)
    while running.poll() is None:
        with suppress(OSError, IndexError):
            status = Path(f"/proc/{running.pid}/status").read_text()
            if int(status.partition("SigCgt:")[2].split()[0], 16) & caught:
                time.sleep(0.15)  # what Python does on its own, and cannot be told about
                return


@pytest.mark.slow
def test_ctrl_c_in_an_import_leaves_the_survey_old_or_new(workplace: Path) -> None:
    words = example(("import",), workplace)
    before = seen(workplace)
    for moment in range(12):
        running = started(words, cwd=workplace)
        wait_for_start(running)
        try:
            running.wait(0.25 * moment)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGINT)
        _, told = running.communicate(timeout=60)
        assert (running.returncode, told) in [(130, "rdpscore: stopped\n"), (0, "")]
        if running.returncode == 130 and not (workplace / "my-survey" / "sources").exists():
            assert seen(workplace) == before
    assert rdpscore.validate(workplace / "my-survey").problems.ok


# Warnings -------------------------------------------------------------------------------------------------

NOISY = """
import logging, sys, warnings
import rdpscore.scoring as room
from rdpscore.cli import main
quiet = room.score
def noisy(*arguments, **options):
    warnings.simplefilter("always")
    warnings.warn("deep inside", RuntimeWarning)
    logging.getLogger("library").warning("deeper inside")
    return quiet(*arguments, **options)
room.score = noisy
main()
"""


def test_librarys_warnings_do_not_reach_users_unless_they_ask(folder: Path) -> None:
    quiet = process(sys.executable, "-c", NOISY, "score", folder, PYTHONWARNINGS="")
    assert (quiet.status, quiet.err) == (0, "")
    asked = process(sys.executable, "-c", NOISY, "score", folder, PYTHONWARNINGS="default")
    assert "deep inside" in asked.err


COUNTING = """
import sys, warnings
import numpy as np, pandas as pd, sklearn.ensemble, joblib
warnings.simplefilter("error")
if sys.argv[1] == "joblib":
    joblib.cpu_count(only_physical_cores=True)
from rdpscore.predictors.prediction import predict
rng = np.random.default_rng(1)
x = pd.DataFrame({"a": rng.normal(size=60)})
predict(x["a"].to_numpy(), x, np.repeat(list("ABCDEF"), 10).astype(object), n_permutations=9, n_boosted=9)
"""


def test_physical_cores_are_not_counted_on_a_bare_system(tmp_path: Path) -> None:
    """There is no ``lscpu``: joblib itself warns there."""
    bare = {"PATH": str(tmp_path)}
    assert "number of physical cores" in process(sys.executable, "-c", COUNTING, "joblib", **bare).err
    found = process(sys.executable, "-c", COUNTING, "ours", **bare)
    assert (found.status, found.err) == (0, "")


def test_a_list_on_another_sheet_is_no_warning(tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "study.xlsx") as book:
        sheet, lists = book.add_worksheet("Coding"), book.add_worksheet("Lists")
        sheet.write_row(0, 0, ["Journal", "Policy"])
        sheet.write_row(1, 0, ["Alpha", "yes"])
        lists.write_column(0, 0, ["yes", "no"])
    with_extension(tmp_path / "study.xlsx")
    content = io.BytesIO((tmp_path / "study.xlsx").read_bytes())
    with pytest.warns(UserWarning, match="extension is not supported"):
        list(openpyxl.load_workbook(content, read_only=True).worksheets[0].rows)
    (tmp_path / "codebook.yaml").write_text(SMALL_CODEBOOK, encoding="utf-8")
    (tmp_path / "mapping.yaml").write_text(
        "format: 1\ncodebook: codebook.yaml\nsurvey: {id: x, title: X}\nsources: {main: study.xlsx}\n"
        "journals: {title: Journal}\ncoders: {value: ann}\nitems: {policy: Policy}\nnot_asked: [data, code]\n",
        encoding="utf-8",
    )
    words = ["import", tmp_path / "out", "--mapping", tmp_path / "mapping.yaml", tmp_path / "study.xlsx"]
    found = cli(*words)
    assert (found.status, found.err) == (0, "")
    assert cli("import", tmp_path / "new", "--propose", tmp_path / "study.xlsx").status == 0


def with_extension(path: Path) -> None:
    """Put Excel's own form of a list that stands on another sheet into the first sheet."""
    import zipfile

    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    extension = (
        b'<extLst><ext uri="{CCE6A557-97BC-4b89-ADB6-D9C93CAAB3DF}" '
        b'xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"><x14:dataValidations count="1"/>'
        b"</ext></extLst></worksheet>"
    )
    sheet = "xl/worksheets/sheet1.xml"
    parts[sheet] = parts[sheet].replace(b"</worksheet>", extension)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


# Widths and styling -----------------------------------------------------------------------------------------


@each_command
def test_at_80_columns_no_line_is_wider(
    path: tuple[str, ...],
    workplace: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = STYLE.sub("", run(example(path, workplace), terminal=True).out.decode("utf-8"))
    wide = [line for line in found.splitlines() if cell_len(line.rstrip()) > 80]
    if path in (("codebook", "schema"),):  # for programs
        return
    assert [
        line for line in wide if not line.strip().startswith(("→", "wrote", "1.", "2.", "3."))
    ] == []  # to be copied


@pytest.mark.parametrize("columns", ["0", "1", "20", "1000000000000"])
@pytest.mark.parametrize(
    "words", [["score"], ["validate"], ["agreement"], ["--help"], ["nosuch"], ["codebook", "show"]]
)
def test_any_number_of_columns_is_a_page(
    words: list[str], columns: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    for terminal in (False, True):
        found = run(words, terminal=terminal)
        assert found.status in (0, 2)
        assert len(found.out) + len(found.err) < 1_000_000


def test_marks_of_scores_fit_a_page_of_80_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    found = STYLE.sub("", run(["score"], terminal=True).out.decode("utf-8")).splitlines()
    head = next(n for n, line in enumerate(found) if line.startswith("Publisher"))
    assert found[head].split() == ["Publisher", "Journals", "Mean", "Range", "0", "0.5", "1"]
    assert [line.split()[0] for line in found[head + 1 : head + 3]] == ["Open", "Springer"]


@pytest.mark.parametrize(
    ("environment", "terminal", "styled", "coloured"),
    [
        ({}, False, False, False),
        ({}, True, True, True),
        ({"NO_COLOR": "1"}, True, True, False),
        ({"TERM": "dumb"}, True, False, False),
        ({"FORCE_COLOR": "1"}, False, True, True),
    ],
    ids=["pipe", "terminal", "NO_COLOR", "TERM=dumb", "FORCE_COLOR"],
)
def test_styling_is_for_terminals_that_want_it(
    environment: dict[str, str], terminal: bool, styled: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    found = run(["validate"], terminal=terminal).out.decode("utf-8")
    codes = {code for sent in STYLE.findall(found) for code in sent[2:-1].split(";")}
    assert bool(codes) == styled
    assert ("33" in codes) == coloured  # warnings are yellow


@pytest.mark.parametrize("path", [(), *EVERY], ids=["rdpscore", *(" ".join(p) for p in EVERY)])
def test_help_keeps_its_styling_on_a_terminal(path: tuple[str, ...]) -> None:
    assert STYLE.search(run([*path, "--help"], terminal=True).out.decode("utf-8"))
    assert not OBEYED.search(run([*path, "--help"]).out.decode("utf-8"))
