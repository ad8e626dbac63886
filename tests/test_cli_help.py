"""Every command explains itself with an example, and every example runs."""

from __future__ import annotations

import shlex
import shutil
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from running import cli, commands, process, squeeze

EVERY = {path: command.epilog or "" for path, command in commands()}
IDS = [" ".join(path) for path in EVERY]


def test_the_commands_of_the_design_are_there() -> None:
    for name in ("validate", "agreement", "score", "reproduce", "convert", "codebook show", "codebook check"):
        assert name in IDS


@pytest.mark.parametrize("path", EVERY, ids=IDS)
def test_help_shows_an_example(path: tuple[str, ...]) -> None:
    assert EVERY[path].startswith(f"Example: rdpscore {' '.join(path)}")
    found = cli(*path, "--help")
    assert found.status == 0
    assert squeeze(EVERY[path]) in found.said


@pytest.mark.parametrize("path", EVERY, ids=IDS)
def test_help_explains_every_option(path: tuple[str, ...]) -> None:
    for parameter in dict(commands())[path].params:
        assert parameter.name == "help" or getattr(parameter, "help", None), parameter.name


@pytest.mark.parametrize("path", EVERY, ids=IDS)
def test_the_example_of_the_help_runs(
    path: tuple[str, ...], workplace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("rdpscore.cli.dashboard.serve", lambda *_: None)  # it would run until stopped
    if path == ("init",):
        shutil.rmtree(workplace / "my-survey")
    if path[0] in ("check", "import"):
        from terminals import make_workbooks  # which imports the commands from here

        make_workbooks(workplace)
    words = shlex.split(EVERY[path].removeprefix("Example: rdpscore "))
    redirected = words.index(">") if ">" in words else len(words)
    found = cli(*words[:redirected])
    assert found.status == 0, found.err
    for option, name in pairwise(words):
        if option == "--output":
            assert (workplace / name).stat().st_size > 0
    if redirected < len(words):
        assert found.out


@pytest.mark.parametrize("arguments", [[], ["codebook"]], ids=["rdpscore", "rdpscore codebook"])
def test_without_a_command_the_help_is_shown(arguments: list[str]) -> None:
    assert "Usage" in cli(*arguments).out + cli(*arguments).err


def test_the_help_names_every_command() -> None:
    said = cli("--help").said
    for path in EVERY:
        assert path[0] in said


def test_the_version_is_that_of_the_package() -> None:
    from importlib.metadata import version

    assert cli("--version").out == f"rdpscore {version('rdpscore')}\n"


@pytest.mark.parametrize(
    "arguments", [["scroe"], ["score", "--schem", "x"], ["codebook", "shw"], ["codebook", "check"]]
)
def test_wrong_use_ends_with_status_2(arguments: list[str]) -> None:
    found = cli(*arguments)
    assert found.status == 2
    assert found.out == ""
    assert "Usage" in found.err


def test_help_imports_neither_pandas_nor_numpy() -> None:
    code = (
        "import sys\nfrom rdpscore.cli import app\n"
        "try:\n    app(['score', '--help'])\nexcept SystemExit:\n    pass\n"
        "print(sorted({'pandas', 'numpy', 'scipy'} & set(sys.modules)), file=sys.stderr)"
    )
    assert process(sys.executable, "-c", code).err.strip() == "[]"
