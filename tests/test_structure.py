"""The rooms of the code: who imports whom, what is loaded, what is public, which problems are known."""

from __future__ import annotations

import ast
import re
import string
import sys
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from running import process
from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey
from test_workbook_damage import CASES as DAMAGES

import rdpscore
from rdpscore.codebook import load_codebook
from rdpscore.codebook.crosswalk_store import read_crosswalk
from rdpscore.moving.recode import read_recode
from rdpscore.problems import CATALOGUE, Batch, Kind

PACKAGE = Path(rdpscore.__file__).parent
DOCS = Path(__file__).parents[1] / "docs"

ROOMS = (
    "words",
    "problems",
    "arguments",
    "files",
    "readers",
    "results",
    "means",
    "codebook",
    "survey",
    "validation",
    "coding",
    "published",
    "moving",
    "scoring",
    "inference",
    "agreement",
    "uncertainty",
    "heterogeneity",
    "predictors",
    "comparing",
    "computed",
    "reproduction",
    "figures",
    "report",
    "cli",
)
"""In the order the data flows: a room imports from those before it only."""

DOORS = ("__init__", "__main__")
"""Modules of the package itself, which belong to no room: they may import any."""


@cache
def modules() -> list[tuple[str, str, ast.Module]]:
    """Room, dotted name and syntax tree of every module."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if "_shipped" not in parts:
            found.append((parts[0], ".".join(parts), ast.parse(path.read_text(encoding="utf-8"))))
    return found


def imported_rooms(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and room of every import from this package, in functions and for type checkers, too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"line {node.lineno}: a relative import"
            below = [f"rdpscore.{alias.name}" for alias in node.names]
            names = below if node.module == "rdpscore" else [node.module or ""]
        else:
            continue
        for name in names:
            package, _, rest = name.partition(".")
            if package == "rdpscore" and rest:
                yield node.lineno, rest.partition(".")[0]


# Rooms --------------------------------------------------------------------------------------------------


def test_every_module_is_in_a_room() -> None:
    assert {room for room, _, _ in modules()} <= {*ROOMS, *DOORS}


def test_imports_run_upward_only() -> None:
    downward = [
        f"{name}, line {line}: {room} imports {other}"
        for room, name, tree in modules()
        if room not in DOORS
        for line, other in imported_rooms(tree)
        if ROOMS.index(other) > ROOMS.index(room)
    ]
    assert downward == []


def test_the_check_sees_imports_wherever_they_stand() -> None:
    tree = ast.parse(
        "import rdpscore.cli.app\n"
        "from rdpscore import scoring, load_codebook\n"
        "if TYPE_CHECKING:\n    from rdpscore.survey.model import Survey\n"
        "def f():\n    from rdpscore.agreement import agreement\n"
        "import numpy, rdpscore\n"
    )
    assert list(imported_rooms(tree)) == [
        (1, "cli"),
        (2, "scoring"),
        (2, "load_codebook"),
        (4, "survey"),
        (6, "agreement"),
    ]


def test_no_module_shares_its_name_with_what_it_holds() -> None:
    """`from rdpscore.room import name` has one meaning: a module, or a function."""
    shared = [
        f"{name}.{node.name}"
        for room, name, tree in modules()
        if room != "cli"  # modules of commands hold commands
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name.rpartition(".")[2]
    ]
    assert shared == []


def test_no_room_is_named_like_a_public_function_and_none_is_called() -> None:
    assert set(rdpscore.__all__).isdisjoint(ROOMS)
    for room in ROOMS:
        exported = getattr(import_module(f"rdpscore.{room}"), "__all__", ())
        below = {path.stem for path in (PACKAGE / room).glob("*.py")}
        assert below.isdisjoint(exported), room
        assert not callable(import_module(f"rdpscore.{room}"))


@pytest.mark.parametrize("name", ["agreement", "heterogeneity", "uncertainty"])
def test_old_names_of_functions_warn(name: str) -> None:
    room = import_module(f"rdpscore.{name}")
    with pytest.warns(DeprecationWarning, match=f"{name} is now measure_{name}"):
        old = getattr(room, name)
    assert old is getattr(rdpscore, f"measure_{name}")
    with pytest.raises(AttributeError):
        _ = room.nothing


def test_the_map_of_the_code_names_every_room() -> None:
    told = re.findall(
        r"^\| `([a-z_]+)/?` \|", (DOCS / "architecture.md").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert tuple(told) == ROOMS


def test_nothing_is_printed_but_by_the_command_line() -> None:
    printing = [
        f"{name}, line {node.lineno}"
        for room, name, tree in modules()
        if room != "cli"
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []


# Sentences ----------------------------------------------------------------------------------------------

SILENT = (
    "scoring",
    "inference",
    "agreement",
    "uncertainty",
    "heterogeneity",
    "predictors",
    "comparing",
    "figures",
    "cli",
)
"""Rooms, beside the app, that build no sentence from a result; those before them tell of input, through problems."""

NOT_ABOUT_RESULTS = {
    "InvalidInput", "Problems", "Batch", "Option", "Argument", "BadParameter", "warn", "working",
}  # fmt: skip
"""Calls whose words are help texts, problems, warnings and progress."""


def literal(node: ast.AST) -> tuple[str, bool]:
    """The fixed text of a joined string, and whether a value is put into it."""
    match node:
        case ast.Constant(value=str(text)):
            return text, False
        case ast.JoinedStr(values=parts):
            fixed = [p.value for p in parts if isinstance(p, ast.Constant)]
            return " ".join(map(str, fixed)), len(fixed) < len(parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            (one, first), (other, second) = literal(left), literal(right)
            return f"{one} {other}", first or second
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            return text, True
    return "", True


def sentences(tree: ast.AST) -> Iterator[int]:
    """Lines where a value is put among four words or more, outside of errors, help and progress."""
    if isinstance(tree, ast.Raise):
        return
    if isinstance(tree, ast.Call) and set(called_names(tree.func)) & NOT_ABOUT_RESULTS:
        return
    if isinstance(tree, ast.JoinedStr | ast.BinOp | ast.Call):
        text, filled = literal(tree)
        if filled and len(re.findall(r"[A-Za-z]{2,}", re.sub(r"<[^>]*>", " ", text))) >= 4:
            yield tree.lineno
            return
    for child in ast.iter_child_nodes(tree):
        yield from sentences(child)


def called_names(node: ast.AST) -> Iterator[str]:
    """``Problems.one`` gives both names."""
    while isinstance(node, ast.Attribute):
        yield node.attr
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


SENTENCES_LEFT = {
    "agreement.items": 3,
    "cli.check": 1,
    "cli.common": 1,
    "cli.compare": 1,
    "cli.dashboard": 4,
    "cli.guard": 1,
    "cli.import_": 3,
    "cli.init": 3,
    "figures.agreement": 4,
    "figures.behind": 5,
    "figures.choices": 2,
    "figures.coefficients": 3,
    "figures.disagreement": 1,
    "figures.heterogeneity": 3,
    "figures.moves": 2,
    "figures.peers": 6,
    "figures.predictors": 3,
    "figures.scores": 5,
    "figures.specifications": 2,
    "figures.strips": 3,
    "predictors.attributes": 1,
    "predictors.finding": 10,
    "predictors.least_effects": 4,
    "predictors.predictor": 1,
    "predictors.robust_words": 8,
    "predictors.rows": 1,
    "predictors.specification": 3,
    "scoring.journal": 1,
    "uncertainty.among_peers": 3,
    "app.board.choose": 1,
    "app.board.pages.agreement": 1,
    "app.board.pages.codebook": 1,
    "app.board.pages.data": 1,
    "app.board.pages.journal": 1,
    "app.board.pages.journals": 1,
    "app.board.pages.lab": 3,
    "app.board.pages.overview": 4,
    "app.board.pages.predictors": 1,
    "app.board.pages.upload": 3,
    "app.board.parts": 2,
    "app.board.shell": 1,
}
"""Modules whose sentences have not gone to report/ yet, with how many they may have at most: numbers here only fall.
Some are no findings and may stay: notes of a chart on its n and marks, and what a command wrote where."""


def test_sentences_about_results_are_made_in_report_only() -> None:
    app = Path(__file__).parents[1] / "app"
    pages = [
        (
            "app",
            ".".join(("app", *path.relative_to(app).with_suffix("").parts)),
            ast.parse(path.read_text("utf-8")),
        )
        for path in sorted(app.rglob("*.py"))
    ]
    assert pages
    more = [
        f"{name}, lines {', '.join(map(str, lines))}: at most {SENTENCES_LEFT.get(name, 0)}"
        for room, name, tree in [*modules(), *pages]
        if room in (*SILENT, "app") and len(lines := list(sentences(tree))) > SENTENCES_LEFT.get(name, 0)
    ]
    assert more == []


def test_no_module_is_allowed_sentences_that_is_gone() -> None:
    gone = [
        name
        for name in SENTENCES_LEFT
        if not name.startswith("app.") and name not in {n for _, n, _ in modules()}
    ]
    assert gone == []


@pytest.mark.parametrize(
    ("code", "n"),
    [
        ("x = f'it rests on one publisher, {who}'", 1),
        ("x = 'it rests on one publisher, ' + who", 1),
        ("x = 'of {} journals there are many'.format(n)", 1),
        ("say(f'it rests on one publisher, {who}')", 1),
        ("x = f'without {who}'", 0),
        ("x = 'it rests on one publisher'", 0),
        ("x = 'it rests on ' + 'one publisher'", 0),
        ("raise ValueError(f'it rests on one publisher, {who}')", 0),
        ("Problems.one('k', text=f'it rests on one publisher, {who}')", 0),
        ("x = typer.Option(help=f'it rests on one publisher, {who}')", 0),
    ],
)  # fmt: skip
def test_the_check_sees_sentences_that_hold_a_value(code: str, n: int) -> None:
    assert len(list(sentences(ast.parse(code)))) == n


# What is loaded -----------------------------------------------------------------------------------------

HEAVY = ("pandas", "numpy", "rdpscore.survey", "rdpscore.codebook", "rdpscore.files")


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("import rdpscore", id="import rdpscore"),
        pytest.param("import rdpscore.cli", id="import rdpscore.cli"),
        pytest.param("main('--help')", id="rdpscore --help"),
        pytest.param("main('score', '--help')", id="rdpscore score --help"),
        pytest.param("main('--version')", id="rdpscore --version"),
    ],
)
def test_what_computes_nothing_loads_nothing_heavy(code: str) -> None:
    program = (
        "import sys\n"
        "def main(*arguments):\n"
        "    from rdpscore.cli import main\n"
        "    sys.argv[1:] = arguments\n"
        "    try:\n        main()\n"
        "    except SystemExit as leave:\n        assert not leave.code\n"
        f"{code}\n"
        "print(*sys.modules, file=sys.stderr)\n"
    )
    run = process(sys.executable, "-c", program)
    assert run.status == 0
    loaded = run.err.split()
    assert "rdpscore" in loaded
    assert [name for name in HEAVY if name in loaded] == []


# Public names -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", rdpscore.__all__)
def test_a_public_name_resolves_to_what_it_says(name: str) -> None:
    found = getattr(rdpscore, name)
    assert callable(found)
    assert found.__doc__


def test_the_public_names_are_those_told_to_type_checkers_and_to_dir() -> None:
    tree = ast.parse((PACKAGE / "__init__.py").read_text(encoding="utf-8"))
    checked = [
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.If)
        for statement in node.body
        if isinstance(statement, ast.ImportFrom)
        for alias in statement.names
    ]
    assert sorted(checked) == sorted(rdpscore.__all__)
    assert set(rdpscore.__all__) <= set(dir(rdpscore))


def test_an_unknown_public_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        rdpscore.nothing  # noqa: B018


@pytest.mark.parametrize("room", [r for r in ROOMS if (PACKAGE / r).is_dir()])
def test_what_a_room_offers_is_there(room: str) -> None:
    module = __import__(f"rdpscore.{room}", fromlist=["x"])
    assert [name for name in module.__all__ if not hasattr(module, name)] == []


# The catalogue of problems ------------------------------------------------------------------------------


def fields_of(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}


def strings() -> Iterator[str]:
    """Every string in the code outside the catalogue."""
    for _, name, tree in modules():
        if name != "problems.catalogue":
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value


def test_every_kind_of_problem_is_used() -> None:
    assert set(CATALOGUE) - set(strings()) == set()


def test_every_kind_of_problem_is_in_the_docs() -> None:
    text = (DOCS / "problems.md").read_text(encoding="utf-8")
    assert [code for code in CATALOGUE if not re.search(rf"\b{code}\b", text)] == []


def test_every_test_that_the_page_on_trust_names_is_there() -> None:
    text = (DOCS / "trust.md").read_text(encoding="utf-8")
    named = re.findall(r"`tests/(\w+\.py)(?:::(\w+))?`", text)
    assert len(named) > 15
    for file, test in named:
        source = (Path(__file__).parent / file).read_text(encoding="utf-8")
        assert not test or f"def {test}(" in source, (file, test)


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_a_kind_of_problem_says_what_it_means_and_what_to_do(kind: Kind) -> None:
    assert kind.meaning.endswith((".", "?"))
    assert kind.what
    assert kind.remedy
    assert not kind.what.endswith(".")


def called(node: ast.Call) -> str:
    """Name of the function or method that is called."""
    return getattr(node.func, "attr", None) or getattr(node.func, "id", "")


def reports() -> Iterator[tuple[str, str, set[str]]]:
    """Place, code and fields of every report of a problem whose code and fields stand in the call itself."""
    for _, name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            code = node.args[0].value
            if code not in CATALOGUE:
                continue
            where = f"{name}, line {node.lineno}"
            if isinstance(node.func, ast.Attribute) and node.func.attr == "one":
                places = {"column", "row", "line"}
                yield where, code, {k.arg or "**" for k in node.keywords} - places
            elif called(node) in (
                "fault",
                "at",
                "batches",
                "Undecodable",
            ):  # of a cell, a mapping, rows, bytes
                yield where, code, {k.arg or "**" for k in node.keywords}
            elif isinstance(node.func, ast.Name) and node.func.id == "Batch":
                given = [k.value for k in node.keywords if k.arg == "fields"] + node.args[5:6]
                if not given:
                    yield where, code, set()
                elif isinstance(given[0], ast.Dict):
                    yield where, code, {str(k.value) for k in given[0].keys if isinstance(k, ast.Constant)}


FREE = {"value", "column"}
"""Fields that a report may leave out: they are blank, or the column of the report."""


def test_a_report_gives_every_field_that_its_sentences_need() -> None:
    lacking = [
        f"{where}: {code} lacks {sorted(missing)}"
        for where, code, given in reports()
        if (missing := (fields_of(CATALOGUE[code].what) | fields_of(CATALOGUE[code].remedy)) - given - FREE)
    ]
    assert lacking == []


EVERYTHING_WRONG = {
    "codebook": SMALL_CODEBOOK.replace(
        "evidence: optional\n    applies_if", "evidence: required\n    applies_if", 1
    ),
    "survey_yaml": SURVEY_YAML.replace('version: "1"', 'version: "2"'),
    "journals": """
        | journal_id | title         | publisher | policy_id | impact |
        |------------|---------------|-----------|-----------|--------|
        | alpha      | Alpha Letters | North     | p1        | high   |
        | beta       | Alpha Leters  |           | p9        |        |
        | gamma      | Gamma Reviews | South     |           |        |
        | delta      | Delta Reports | South     |           |        |
        | epsilon    | Epsilon Notes | SOUTH     |           |        |
    """,
    "policies": """
        | policy_id | url  |
        |-----------|------|
        | p1        | none |
    """,
    "assignments": """
        | journal_id | coder |
        |------------|-------|
        | gamma      | c1    |
    """,
    "codings": """
        | journal_id | coder | item   | answer | state | coded_on |
        |------------|-------|--------|--------|-------|----------|
        | alpha      | c1    | policy | no     | fine  | 1.1.2026 |
        | alpha      | c1    | data   | 2      |       |          |
        | alpha      | c2    | policy | yes    |       |          |
        | alpha      | c2    | data   |        |       |          |
        | alpha      | c3    | policy | maybe  |       |          |
        | alpha      | c3    | data   | no     |       |          |
        | alpha      | c3    | data   | 1      |       |          |
        | alpha      | c3    | cod    | 1      |       |          |
        | zeta       | c1    | policy | yes    |       |          |
        | beta       | c1    | data   | 1      |       |          |
        | beta       | c1    | code   | 1      |       |          |
        | beta       | c2    | data   | 1      |       |          |
        | beta       | c2    | code   | 1      |       |          |
        | delta      | c1    | policy | yes    |       |          |
        | epsilon    | c1    | data   | 2      |       |          |
        | epsilon    | c2    | data   | 1      |       |          |
        | epsilon    | c1    | code   | 0      |       |          |
        | epsilon    | c2    | code   | 1      |       |          |
    """,
    "adjudications": """
        | journal_id | item   | answer | reason  | mode |
        |------------|--------|--------|---------|------|
        | alpha      | policy | no     | whim    | dice |
        | alpha      | data   | 2      |         |      |
        | alpha      | code   |        |         |      |
        | beta       | data   | 2      |         |      |
        | beta       | code   | 1      | wording |      |
        | delta      | code   | 1      |         |      |
        | epsilon    | data   | 0      |         |      |
    """,
}


FAULTY_CROSSWALK = """\
format: 1
id: faulty
title: Between versions of one codebook, of which one is not there
from: {id: small, version: "0"}
to: {id: small, version: "1"}
items:
  - {item: policy, note: Items that nobody speaks of., rules: [{answer: "maybe"}]}
"""


def test_every_kind_is_checked_where_it_is_reported_or_made_to_speak_here(tmp_path: Path) -> None:
    folder = write_survey(tmp_path / "content", **EVERYTHING_WRONG)
    spoken = {p.code for p in rdpscore.validate(folder).problems if p.what and p.remedy}
    structure = {**EVERYTHING_WRONG, "policies": "| policy_id |\n|-|\n| a | b |"}
    structure["codebook"] = SMALL_CODEBOOK.replace("level: ordinal", "", 1).replace(
        '"1", label: Asked', '"00", label: Asked'
    )
    folder = write_survey(tmp_path / "structure", **structure)
    spoken |= {p.code for p in rdpscore.validate(folder).problems if p.what and p.remedy}
    (tmp_path / "codebook.yaml").write_text(SMALL_CODEBOOK)
    book, recode = load_codebook(tmp_path / "codebook.yaml"), tmp_path / "recode.yaml"
    recode.write_text('{from: {id: small, version: "1"}, to: {id: small, version: "2"}, new_items: [none]}')
    spoken |= {p.code for p in read_recode(recode, book, book)[1] if p.what and p.remedy}
    recode.write_text(FAULTY_CROSSWALK)
    spoken |= {p.code for p in read_crosswalk(recode, book, book)[1] if p.what and p.remedy}
    # each of these is looked at with its place in the tests of damaged workbooks
    spoken |= {expected.split(" | ")[0] for damage in DAMAGES for expected in damage.expected}
    assert set(CATALOGUE) - spoken - {code for _, code, _ in reports()} == set()


@pytest.mark.parametrize("kind", CATALOGUE.values(), ids=CATALOGUE.keys())
def test_the_sentences_of_a_kind_take_their_fields(kind: Kind) -> None:
    needed = fields_of(kind.what) | fields_of(kind.remedy)
    (problem,) = Batch(kind.code, "x.csv", [2], "answer", None, {name: f"<{name}>" for name in needed})
    said = f"{problem.what}; {problem.remedy}"
    assert [name for name in needed - {"column"} if f"<{name}>" not in said] == []
    assert "{" not in said
