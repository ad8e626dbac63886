"""YAML is read as data only, each entry with its line; whatever the text, the answer is data or a problem."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tables import SMALL_CODEBOOK

from rdpscore.files import YamlDocument, read_yaml, yamls
from rdpscore.files.yamls import KeyPath, parse_yaml
from rdpscore.problems import Problem

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"))
)
DATA = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc-_ é", max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.fixture(params=["C", "Python"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the parser of libyaml, and with that of PyYAML where libyaml is absent."""
    monkeypatch.setattr(yamls, "_Loader", yaml.CSafeLoader if request.param == "C" else yaml.SafeLoader)


def parsed(text: str) -> YamlDocument:
    document, problems = parse_yaml(dedent(text), "x.yaml")
    assert document is not None, [str(p) for p in problems]
    return document


def problem_of(text: str) -> Problem:
    document, problems = parse_yaml(dedent(text), "x.yaml")
    assert document is None
    (problem,) = problems
    return problem


@given(data=DATA)
@settings(deadline=None)
def test_plain_data_return_as_they_were_written(data: object) -> None:
    if data is not None:
        assert parsed(yaml.safe_dump(data, allow_unicode=True)).data == data


@given(
    text=st.text()
    | st.text("ab:-[]{}&*!|>'\"#%@`\n\t ,?<=~01.")
    | st.lists(st.sampled_from(SMALL_CODEBOOK.splitlines(keepends=True))).map("".join)
)
@example(text="a: !!bool maybe")
@example(text="a: !!timestamp x")
@example(text='a: !!int ""')
@example(text="? [a]\n: b")
@example(text="? {a: b}\n: c")
@settings(deadline=None, max_examples=500)
def test_no_text_raises_an_exception(text: str) -> None:
    document, problems = parse_yaml(text, "x.yaml")
    assert (document is None) == bool(problems.errors.batches)
    assert all(p.place and p.what and p.remedy for p in problems)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ((), 1),
        (("a",), 1),
        (("items",), 3),
        (("items", 0), 4),
        (("items", 0, "id"), 4),
        (("items", 0, "options"), 5),
        (("items", 0, "options", 1, "code"), 7),
        (("items", 1, "id"), 9),
        (("items", 1, "absent", 3), 9),
        (("absent",), 1),
    ],
)
def test_an_entry_has_its_line_or_that_of_what_holds_it(path: KeyPath, line: int) -> None:
    document = parsed(
        """\
        a: 1

        items:
          - id: x
            options:
              - code: y
              - {label: z, code: z}

          - id: y
        """
    )
    assert document.line(path) == line


def test_what_is_no_text_is_remembered_as_it_is_written() -> None:
    document = parsed("a: no\nb: 010\nc: 2026-03-16\nd: 'no'\ne: [1.50]\nf:\n")
    assert document.spelled == {
        ("a",): "no",
        ("b",): "010",
        ("c",): "2026-03-16",
        ("e", 0): "1.50",
        ("f",): "",
    }


def test_all_duplicate_keys_are_told_each_with_its_line() -> None:
    document, problems = parse_yaml("a: 1\nb: {c: 1, c: 2}\na: 2\na: 3\n", "x.yaml")
    assert document is None
    assert [(p.place, p.value) for p in problems] == [
        ("x.yaml, line 2, b.c", "c"),
        ("x.yaml, line 3, a", "a"),
        ("x.yaml, line 4, a", "a"),
    ]


def test_an_alias_stands_for_what_it_names() -> None:
    assert parsed("a: &x {b: 1}\nc: [*x, *x]\n").data == {"a": {"b": 1}, "c": [{"b": 1}, {"b": 1}]}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: !!python/tuple [1]", "python/tuple", id="a list"),
        pytest.param("a: !!python/object:os.system {}", "python/object:os.system", id="a mapping"),
        pytest.param("a: !!python/name:os.system ''", "python/name:os.system", id="a text"),
        pytest.param("!!python/none a: 1", "python/none", id="a key"),
        pytest.param("a: !mine 1", "!mine", id="a private one"),
        pytest.param("a: !!set {b, c}", "set", id="a set"),
    ],
)
def test_a_tag_is_refused(text: str, value: str) -> None:
    problem = problem_of(text)
    assert problem.code == "bad_yaml"
    assert problem.line == 1
    assert f"{value}' is refused" in problem.value


def test_a_merge_key_is_refused() -> None:
    problem = problem_of("a: &a {b: 1}\nc:\n  <<: *a\n")
    assert (problem.line, problem.value) == (3, "'<<' is refused; write the entries out")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\n".join(" " * i + "a:" for i in range(60)), id="blocks"),
        pytest.param("[" * 60 + "]" * 60, id="flows"),
        pytest.param("[" * 1_000_000, id="more than any stack holds"),
        pytest.param(
            "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 60)), id="aliases"
        ),
    ],
)
def test_deep_nesting_is_refused_before_it_is_built(text: str) -> None:
    problem = problem_of(text)
    assert (problem.code, problem.value) == ("yaml_too_large", "nests more than 50 levels deep")


def test_nesting_of_fifty_levels_is_read() -> None:
    data = parsed("[" * 50 + "]" * 50).data
    for _ in range(49):
        (data,) = data
    assert data == []


def test_more_than_20_megabytes_are_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    with path.open("wb") as stream:
        stream.truncate(21_000_000)
    document, problems = read_yaml(path, "x.yaml")
    assert document is None
    assert [(p.code, p.value) for p in problems] == [
        ("yaml_too_large", "is 21 MB long, and at most 20 MB are read")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_byte_order_mark_changes_nothing(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "x.yaml").write_text("a: é\n", encoding=encoding)
    document, _ = read_yaml(tmp_path / "x.yaml")
    assert document is not None
    assert document.data == {"a": "é"}


@pytest.mark.parametrize(("encoding", "looks_like"), [("cp1252", "cp1252"), ("utf-16", "utf-16")])
def test_another_encoding_is_named(tmp_path: Path, encoding: str, looks_like: str) -> None:
    (tmp_path / "x.yaml").write_text("a: b\nb: é\n", encoding=encoding)
    _, problems = read_yaml(tmp_path / "x.yaml", "x.yaml")
    (problem,) = problems
    assert problem.code == "not_utf8"
    assert f"looks like {looks_like}" in problem.what
