"""Survey folders that a stranger may send, and a process in which commands meet them."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from rdpscore.files.transaction import LOCK, STAGE

COMMITTED = f"{STAGE}/committed.json"
EVIL = "malicious"

HOSTILE: dict[str, tuple[Callable[[Path, Path], object], str | None]] = {}
"""Kind → what makes a good survey's folder (beside a folder outside of it) hostile, and the problem that `validate`
tells; None where the folder reads as if nothing were wrong with it."""


# Saves that are none ------------------------------------------------------------------------------------


def stage(folder: Path, moves: object, content: str = EVIL) -> None:
    """A committed save with this manifest, and a few staged files."""
    (folder / STAGE).mkdir()
    for number in ("0000", "0001"):
        (folder / STAGE / number).write_text(content)
    text = moves if isinstance(moves, str) else json.dumps(moves)
    (folder / COMMITTED).write_text(text)


def names(*listed: str) -> Callable[[Path, Path], None]:
    """A save that writes these names, ``{outside}`` being the folder outside."""

    def make(folder: Path, outside: Path) -> None:
        filled = [n.replace("{outside}", str(outside)) for n in listed]
        stage(folder, [{"name": n, "staged": f"{i:04d}"} for i, n in enumerate(filled)])

    return make


def deletes(name: str) -> Callable[[Path, Path], None]:
    return lambda folder, outside: stage(
        folder, [{"name": name.replace("{outside}", str(outside)), "staged": None}]
    )


def manifest(text: str) -> Callable[[Path, Path], None]:
    return lambda folder, outside: stage(folder, text)


NAMES = {
    "the settings of git": ".git/config",
    "a hook of git": ".git/hooks/post-checkout",
    "a file above": "../outside/precious",
    "a file above, from within": "sources/../../outside/precious",
    "an absolute path": "{outside}/precious",
    "backslashes": "sources\\..\\..\\outside\\precious",
    "a drive": "C:precious",
    "a stream of a file": "survey.yaml:stream",
    "a hidden file": ".bashrc",
    "a hidden folder of the sources": "sources/merged/a/.git/config",
    "a file that no save writes": "notes.txt",
    "a program": "conftest.py",
    "a source without its hash": "sources/conftest.py",
    "no name": "",
    "the folder": ".",
    "the lock": LOCK,
    "the stage": COMMITTED,
    "another case": "Survey.YAML",
    "another case of a hidden folder": ".GIT/config",
    "an invisible character": "survey\u200b.yaml",
    "an invisible character in a hidden folder": ".g\u200cit/config",
    "an invisible character before a hidden folder": "sources/merged/a/\u200c.git/config",
    "full-width dots": "．．/outside/precious",
    "a turned name": "sources/0123456789abcdef-\u202evsc.exe",
    "a line end": "journals.csv\n",
    "a lone surrogate": "sources/0123456789abcdef-\ud800",
    "a name without end": "sources/0123456789abcdef-" + "x" * 5000,
    "a double slash": "sources//log.csv",
}
for _what, _name in NAMES.items():
    HOSTILE[f"a save of {_what}"] = names(_name), "foreign_save"

for _what, _name in {
    "the settings of git": ".git/config",
    "a file above": "../outside/precious",
    "a file of the user's": "notes.txt",
    "the description": "survey.yaml",
    "a log": "sources/log.csv",
}.items():
    HOSTILE[f"a deletion of {_what}"] = deletes(_name), "foreign_save"

for _what, _text in {
    "no list": '{"name": "journals.csv", "staged": "0000"}',
    "a list of names": '["journals.csv"]',
    "a further entry": '[{"name": "journals.csv", "staged": "0000", "mode": 511}]',
    "a number for a name": '[{"name": 1, "staged": "0000"}]',
    "a staged path": '[{"name": "journals.csv", "staged": "../../outside/precious"}]',
    "other digits": '[{"name": "journals.csv", "staged": "٠٠٠٠"}]',
    "one name twice": '[{"name": "journals.csv", "staged": "0000"}, {"name": "journals.csv", "staged": "0001"}]',
    "one file twice": '[{"name": "journals.csv", "staged": "0000"}, {"name": "codings.csv", "staged": "0000"}]',
    "a file below a file": '[{"name": "sources/merged/a/b", "staged": "0000"},'
    ' {"name": "sources/merged/a/b/c", "staged": "0001"}]',
    "endless nesting": "[" * 1_000_000,
    "no JSON": "PK\x03\x04",
    "nothing": "",
    "a giant": '[{"name": "journals.csv", "staged": "0000"}, ' + '{"a": 1}, ' * 900_000 + "1]",
}.items():
    HOSTILE[f"a manifest with {_what}"] = manifest(_text), "foreign_save"


def hostile(what: str, code: str | None) -> Callable[[Callable[[Path, Path], object]], Callable[..., object]]:
    def add(make: Callable[[Path, Path], object]) -> Callable[..., object]:
        HOSTILE[what] = make, code
        return make

    return add


ONE = [{"name": "codings.csv", "staged": "0000"}]


@hostile("a sparse manifest", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    os.truncate(folder / COMMITTED, 100_000_000_000)


@hostile("a stage that is a link", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    (folder / STAGE).rename(outside / "stage")
    (folder / STAGE).symlink_to(outside / "stage")


@hostile("a stage that is a file", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    (folder / STAGE).write_text(json.dumps(ONE))


@hostile("a manifest that is a link", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    (folder / COMMITTED).rename(outside / "committed.json")
    (folder / COMMITTED).symlink_to(outside / "committed.json")


@hostile("a manifest that is a folder", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    (folder / COMMITTED).mkdir(parents=True)


@hostile("a manifest that is a pipe", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    (folder / STAGE).mkdir()
    os.mkfifo(folder / COMMITTED)


@hostile("a staged file that is a link", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    (folder / STAGE / "0000").unlink()
    (folder / STAGE / "0000").symlink_to(outside / "precious")


@hostile("a staged file that is a pipe", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    (folder / STAGE / "0000").unlink()
    os.mkfifo(folder / STAGE / "0000")


@hostile("a staged file that is a sparse giant", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    stage(folder, ONE)
    os.truncate(folder / STAGE / "0000", 100_000_000_000)


@hostile("a save through a link", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    (folder / "sources").symlink_to(outside)
    stage(folder, [{"name": "sources/log.csv", "staged": "0000"}])


@hostile("a save over a link", "foreign_save")
def _(folder: Path, outside: Path) -> None:
    (folder / "policies.csv").symlink_to(outside / "precious")
    stage(folder, [{"name": "policies.csv", "staged": "0000"}])


@hostile("a stage that was not committed", None)
def _(folder: Path, outside: Path) -> None:
    names(".git/config")(folder, outside)
    (folder / COMMITTED).rename(folder / STAGE / "manifest.json")


# Files that are none ------------------------------------------------------------------------------------


def linked(name: str, to: str, keep: bool = False) -> Callable[[Path, Path], None]:
    """A link in place of a file; the file goes outside with `keep`."""

    def make(folder: Path, outside: Path) -> None:
        if keep:
            (folder / name).rename(outside / name)
        else:
            (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(to.replace("{outside}", str(outside)))

    return make


LINKS = {
    "a description that never ends": ("survey.yaml", "/dev/zero"),
    "a description by chance": ("survey.yaml", "/dev/urandom"),
    "a codebook of the terminal": ("codebook.yaml", "/dev/tty"),
    "journals that are this process": ("journals.csv", "/proc/self/environ"),
    "codings that are standard input": ("codings.csv", "/dev/stdin"),
    "policies that never end": ("policies.csv", "/dev/zero"),
    "a link to a secret": ("journals.csv", "{outside}/precious"),
    "a link to nothing": ("codebook.yaml", "{outside}/nothing"),
    "a link into a hidden folder": ("policies.csv", ".git/config"),
}
for _what, (_name, _to) in LINKS.items():
    HOSTILE[_what] = linked(_name, _to), "not_a_plain_file"
for _name in ("survey.yaml", "codebook.yaml", "codings.csv"):
    HOSTILE[f"{_name} outside"] = linked(_name, f"{{outside}}/{_name}", keep=True), "not_a_plain_file"
for _name in ("published.yaml", "sources", "texts", "readme.md"):
    HOSTILE[f"{_name} outside"] = linked(_name, "{outside}"), None
HOSTILE["names.yaml outside"] = linked("names.yaml", "{outside}"), "not_a_plain_file"
HOSTILE["a link to itself"] = linked("codings.csv", "codings.csv"), "unreadable_file"
HOSTILE["printed figures that never end"] = linked("published.yaml", "/dev/zero"), None
HOSTILE["a link that stays inside"] = linked("policies.csv", "policies-of-2025.csv"), "missing_column"


@hostile("a pipe for codings", "not_a_plain_file")
def _(folder: Path, outside: Path) -> None:
    (folder / "codings.csv").unlink()
    os.mkfifo(folder / "codings.csv")


@hostile("a pipe for a Parquet file", "not_a_plain_file")
def _(folder: Path, outside: Path) -> None:
    os.mkfifo(folder / "assignments.parquet")


@hostile("a pipe for printed figures", None)
def _(folder: Path, outside: Path) -> None:
    os.mkfifo(folder / "published.yaml")


@hostile("a pipe in what a migration kept", None)
def _(folder: Path, outside: Path) -> None:
    place = folder / "sources/migrations/2026-01-01-0123456789ab"
    place.mkdir(parents=True)
    os.mkfifo(place / "recode.csv")


@hostile("a link in what a migration kept", None)
def _(folder: Path, outside: Path) -> None:
    (folder / "sources/migrations").mkdir(parents=True)
    (folder / "sources/migrations/2026-01-01-0123456789ab").symlink_to(outside)


@hostile("a socket for journals", "not_a_plain_file")
def _(folder: Path, outside: Path) -> None:
    (folder / "journals.csv").unlink()
    there = os.getcwd()
    os.chdir(folder)  # the address of a socket is short
    with socket.socket(socket.AF_UNIX) as made:
        made.bind("journals.csv")
    os.chdir(there)


@hostile("a folder for policies", "unreadable_file")
def _(folder: Path, outside: Path) -> None:
    (folder / "policies.csv").mkdir()


@hostile("a sparse giant", "file_too_large")
def _(folder: Path, outside: Path) -> None:
    os.truncate(folder / "journals.csv", 100_000_000_000)


@hostile("a smaller sparse giant", "file_too_large")
def _(folder: Path, outside: Path) -> None:
    os.truncate(folder / "codings.csv", 3_000_000_000)


@hostile("a sparse codebook", "yaml_too_large")
def _(folder: Path, outside: Path) -> None:
    os.truncate(folder / "codebook.yaml", 6_000_000_000)


@hostile("a sparse Parquet file", "file_too_large")
def _(folder: Path, outside: Path) -> None:
    (folder / "policies.parquet").touch()
    os.truncate(folder / "policies.parquet", 6_000_000_000)


@hostile("a Parquet file that unpacks to a billion cells", "bad_parquet")
def _(folder: Path, outside: Path) -> None:
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 100_000, pa.int8()), pa.array(["p"]))
    with pq.ParquetWriter(folder / "policies.parquet", pa.schema([("policy_id", column.type)])) as out:
        for _ in range(200):
            out.write_table(pa.table({"policy_id": column}))


@hostile("a Parquet file that says one long text often", "bad_parquet")
def _(folder: Path, outside: Path) -> None:
    text = pa.DictionaryArray.from_arrays(pa.array([0] * 50_000, pa.int32()), pa.array(["x" * 100_000]))
    ids = pa.array([f"p{i}" for i in range(50_000)])
    pq.write_table(
        pa.table({"policy_id": ids, "what": text}), folder / "policies.parquet", compression="zstd"
    )


@hostile("a million columns", "too_many_columns")
def _(folder: Path, outside: Path) -> None:
    (folder / "policies.csv").write_text("policy_id" + "," * 1_000_000 + "\n" + "p" + "," * 1_000_000 + "\n")


@hostile("a line without end", "cell_too_long")
def _(folder: Path, outside: Path) -> None:
    with (folder / "codings.csv").open("a") as out:
        for _ in range(60):
            out.write("x" * 1_000_000)


# Locks --------------------------------------------------------------------------------------------------


@hostile("a lock that is a link", None)
def _(folder: Path, outside: Path) -> None:
    (folder / LOCK).symlink_to(outside / "precious")


@hostile("a lock that is a link to nothing", None)
def _(folder: Path, outside: Path) -> None:
    (folder / LOCK).symlink_to(outside / "new")


@hostile("a lock that is a second name", None)
def _(folder: Path, outside: Path) -> None:
    (folder / LOCK).hardlink_to(outside / "precious")


@hostile("a lock that is a pipe", None)
def _(folder: Path, outside: Path) -> None:
    os.mkfifo(folder / LOCK)


@hostile("a lock that is a folder", None)
def _(folder: Path, outside: Path) -> None:
    (folder / LOCK).mkdir()


# What is there ------------------------------------------------------------------------------------------


def state(*folders: Path) -> dict[str, tuple[object, ...]]:
    """All that can be told of everything below some folders: kind, place on the disk, times, content."""
    out: dict[str, tuple[object, ...]] = {}
    for top in folders:
        for path in [top, *sorted(top.rglob("*"))]:
            found = path.lstat()
            content: object = None
            if path.is_symlink():
                content = os.readlink(path)
            elif path.is_file() and found.st_size < 10_000_000:
                content = path.read_bytes()
            out[str(path)] = (
                found.st_mode,
                found.st_ino,
                found.st_nlink,
                found.st_size,
                found.st_mtime_ns,
                found.st_ctime_ns,
                content,
            )
    return out


# The process --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Met:
    """What commands did with a folder: name → status, standard output and standard error; and bytes at the most."""

    runs: Mapping[str, tuple[int, str, str]]
    peak: int


class Process:
    """A process that runs commands in a child of its own for every folder, so that each is measured alone."""

    def __init__(self, running: subprocess.Popen[str]) -> None:
        self._running = running
        self.loaded: set[str] = set()

    def load(self, commands: Mapping[str, list[str]]) -> None:
        """Run commands in the process itself, so that what they import is there in every child."""
        self._asked({"commands": {k: v for k, v in commands.items() if k not in self.loaded}})
        self.loaded |= set(commands)

    def meet(self, commands: Mapping[str, list[str]], folder: Path) -> Met:
        """Run commands in a folder; killed after a minute, and at four gigabytes."""
        found = self._asked({"commands": commands, "folder": str(folder)})
        assert found["status"] == 0, f"ended with {found['status']} after {list(found['runs'])}"
        return Met({k: tuple(v) for k, v in found["runs"].items()}, found["peak"])

    def _asked(self, what: object) -> Any:
        assert self._running.stdin is not None
        assert self._running.stdout is not None
        self._running.stdin.write(json.dumps(what) + "\n")
        self._running.stdin.flush()
        return json.loads(self._running.stdout.readline())


@contextmanager
def process_for_commands() -> Iterator[Process]:
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as running:
        yield Process(running)
        assert running.stdin is not None
        running.stdin.close()


def _serve() -> None:
    """Run what is asked for, line by line: in this process, or in a child where a folder is named."""
    from unittest.mock import patch

    import typer.main
    from running import cli

    from rdpscore.cli import commands, dashboard

    patch.object(dashboard, "serve").start()  # it would serve for ever
    patch.object(commands, "app", typer.main.get_command(commands.app)).start()  # made once, not each time
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        asked = json.loads(line)
        if "folder" in asked:
            answer = _apart(cli, asked["commands"], asked["folder"])
        else:
            answer = {n: cli(*words).status for n, words in asked["commands"].items()}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def _apart(cli: Callable[..., Any], commands: Mapping[str, list[str]], folder: str) -> dict[str, Any]:
    said = Path(folder) / "said.jsonl"
    child = os.fork()
    if child == 0:
        status = 1
        try:
            signal.alarm(60)
            resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
            os.chdir(folder)
            with said.open("w") as out:
                for name, words in commands.items():
                    run = cli(*words)
                    out.write(json.dumps([name, run.status, run.out, run.err]) + "\n")
                    out.flush()
            status = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(status)
    _, ended, used = os.wait4(child, 0)
    runs = [json.loads(line) for line in said.read_text().splitlines()]
    return {
        "status": os.waitstatus_to_exitcode(ended),
        "runs": {name: rest for name, *rest in runs},
        "peak": used.ru_maxrss * 1024,
    }


if __name__ == "__main__":
    _serve()
