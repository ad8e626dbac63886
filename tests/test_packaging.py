"""Wheel, sdist and editable copy are built and installed without network, and score the shipped survey."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import tarfile
import tomllib
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from email.parser import Parser
from pathlib import Path

import pytest
from dashboard import fetched, server
from packaging.requirements import Requirement
from running import Run, process

pytestmark = pytest.mark.packaging

ROOT = Path(__file__).parents[1]
SHIPPED = ("codebook", "data", "app")


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own, which borrows the dependencies of the running one."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def run(self, *command: object, cwd: Path, privileged: bool = True) -> Run:
        """Run one of its programs."""
        program, *arguments = command
        found = self.folder / "bin" / str(program)
        return process(found, *arguments, cwd=cwd, privileged=privileged, PYTHONPATH="", PYTHONNOUSERSITE="1")

    def home(self, cwd: Path) -> tuple[Path, Path]:
        """Where its rdpscore comes from: the package, and the record of its installation."""
        program = (
            "import rdpscore, importlib.metadata as m;"
            "print(rdpscore.__file__); print(m.distribution('rdpscore').locate_file(''))"
        )
        package, record = self.run("python", "-c", program, cwd=cwd).out.splitlines()
        return Path(package).parent, Path(record)


def hatchling(source: Path, target: Path, *formats: str) -> None:
    words = [sys.executable, "-m", "hatchling", "build", "-d", str(target)]
    subprocess.run(
        [*words, *(w for f in formats for w in ("-t", f))], cwd=source, check=True, capture_output=True
    )


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout."""
    target = tmp_path_factory.mktemp("dist")
    hatchling(ROOT, target, "wheel", "sdist")
    return target


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    (found,) = built.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def sdist(built: Path) -> Path:
    (found,) = built.glob("*.tar.gz")
    return found


@pytest.fixture(scope="module")
def wheel_of_sdist(sdist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel built from the unpacked sdist, as an installer does."""
    folder = tmp_path_factory.mktemp("unpacked")
    careful = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}  # not in Python 3.11.0 to 3.11.3
    with tarfile.open(sdist) as archive:
        archive.extractall(folder, **careful)
    (source,) = folder.iterdir()
    hatchling(source, folder, "wheel")
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture
def install(tmp_path: Path) -> Callable[..., Environment]:
    """A function that installs something into a fresh environment."""

    def make(*what: object) -> Environment:
        environment = Environment(tmp_path / "environment")
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment.folder], check=True)
        borrowed = sysconfig.get_path("purelib")
        (environment.packages / "borrowed.pth").write_text(f"{borrowed}\n")
        pip = [sys.executable, "-m", "pip", "--python", environment.python, "install", "--quiet"]
        local = ["--no-index", "--no-deps", "--no-build-isolation", "--ignore-installed"]
        subprocess.run([*pip, *local, *map(str, what)], check=True)
        return environment

    return make


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    folder = tmp_path / "empty"
    folder.mkdir()
    return folder


def scores_the_shipped_survey(environment: Environment, cwd: Path, *, privileged: bool = True) -> None:
    run = environment.run("rdpscore", "score", cwd=cwd, privileged=privileged)
    assert (run.status, run.err) == (0, "")
    assert "171 journals" in run.out
    assert list(cwd.iterdir()) == []


def test_the_installed_wheel_scores(install: Callable[..., Environment], wheel: Path, empty: Path) -> None:
    environment = install(wheel)
    scores_the_shipped_survey(environment, empty)
    assert environment.home(empty) == (environment.packages / "rdpscore", environment.packages)


def test_the_wheel_built_from_the_sdist_scores(
    install: Callable[..., Environment], wheel_of_sdist: Path, empty: Path
) -> None:
    environment = install(wheel_of_sdist)
    scores_the_shipped_survey(environment, empty)
    assert environment.home(empty) == (environment.packages / "rdpscore", environment.packages)


def test_the_sdist_itself_installs_and_scores(
    install: Callable[..., Environment], sdist: Path, empty: Path
) -> None:
    environment = install(sdist)
    scores_the_shipped_survey(environment, empty)
    assert environment.home(empty) == (environment.packages / "rdpscore", environment.packages)


def test_the_editable_copy_scores(install: Callable[..., Environment], empty: Path) -> None:
    environment = install("--editable", ROOT)
    scores_the_shipped_survey(environment, empty)
    assert environment.home(empty) == (ROOT / "rdpscore", environment.packages)


def test_the_wheel_scores_where_nothing_may_be_written(
    install: Callable[..., Environment], wheel: Path, empty: Path
) -> None:
    environment = install(wheel)
    protected = [*environment.packages.rglob("*"), environment.packages, empty]
    for path in protected:
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        scores_the_shipped_survey(environment, empty, privileged=False)
        probe = environment.run("python", "-c", "open('x', 'w')", cwd=empty, privileged=False)
        assert "PermissionError" in probe.err  # the test can fail: here really nothing may be written
    finally:
        for path in protected:
            path.chmod(path.stat().st_mode | 0o200)


@pytest.mark.parametrize("what", ["wheel", "checkout"])
def test_the_dashboard_of_an_installation_answers(
    what: str, install: Callable[..., Environment], wheel: Path, empty: Path
) -> None:
    environment = install(wheel) if what == "wheel" else install("--editable", ROOT)
    command = environment.folder / "bin" / "rdpscore"
    with server(program=[str(command)], cwd=empty, PYTHONPATH="", PYTHONNOUSERSITE="1") as address:
        assert b"<html" in fetched(address)
    assert list(empty.iterdir()) == []


def test_the_module_runs_as_the_command_does(
    install: Callable[..., Environment], wheel: Path, empty: Path
) -> None:
    environment = install(wheel)
    command = environment.run("rdpscore", "score", "--json", cwd=empty)
    module = environment.run("python", "-m", "rdpscore", "score", "--json", cwd=empty)
    assert module == command


# What is inside -----------------------------------------------------------------------------------------


def content(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_code_the_codebooks_and_the_surveys(wheel: Path) -> None:
    inside = {name: raw for name, raw in content(wheel).items() if ".dist-info/" not in name}
    code = {str(p.relative_to(ROOT)): p.read_bytes() for p in (ROOT / "rdpscore").rglob("*.py")}
    data = {
        f"rdpscore/_shipped/{p.relative_to(ROOT)}": p.read_bytes()
        for kind in SHIPPED
        for p in (ROOT / kind).rglob("*")
        if p.is_file() and "__pycache__" not in p.parts
    }
    assert inside == code | data | {"rdpscore/py.typed": b""}


def test_the_wheel_built_from_the_sdist_is_the_wheel(wheel: Path, wheel_of_sdist: Path) -> None:
    assert content(wheel_of_sdist) == content(wheel)


def test_the_wheel_names_its_command_its_licence_and_what_it_needs(wheel: Path) -> None:
    inside = {
        name.partition(".dist-info/")[2]: raw.decode()
        for name, raw in content(wheel).items()
        if ".dist-info/" in name
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    about = Parser().parsestr(inside["METADATA"])
    needed = {Requirement(r) for r in about.get_all("Requires-Dist", []) if "extra ==" not in r}
    assert needed == {Requirement(d.lower()) for d in project["dependencies"]}  # bounds in any order
    assert (about["License-Expression"], about["Requires-Python"]) == ("MIT", project["requires-python"])
    assert inside["entry_points.txt"].split() == ["[console_scripts]", "rdpscore", "=", "rdpscore.cli:main"]
    assert inside["licenses/LICENSE"] == (ROOT / "LICENSE").read_text(encoding="utf-8")


def test_the_sdist_holds_what_tests_and_builds_need_and_nothing_made(sdist: Path) -> None:
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    top = {name.partition("/")[0] for name in names}
    assert {
        "rdpscore",
        "codebook",
        "data",
        "app",
        "docs",
        "tests",
        "pyproject.toml",
        "README.md",
        "LICENSE",
    } <= top
    assert "tests/test_packaging.py" in names
    assert [n for n in names if "__pycache__" in n or ".rdpscore-" in n or "/_shipped/" in n] == []
