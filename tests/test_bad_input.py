"""Bad input ends in sentences: where, what stands there, what is wrong, what to do; never in a traceback.

Each fault is made in a small good survey, and `score` and `validate` are run on it, for people and as JSON.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from running import cli, contents, process, squeeze

import rdpscore
from rdpscore.files import to_parquet_bytes

Break = Callable[[Path], None]


@dataclass(frozen=True)
class Fault:
    """A problem that a broken survey must show.

    In `place`, ``{line}`` stands for the line of the file in which `mark` stands first; a `value` of None
    is what a library says, and only must not be blank.
    """

    code: str
    place: str
    value: str | None = ""
    says: str = ""
    mark: str = ""


# Ways to break a survey -------------------------------------------------------------------------------


def replace(name: str, old: str, new: str) -> Break:
    """Put `new` in the place of the first `old`."""

    def apply(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    return apply


def append(name: str, text: str) -> Break:
    """Add to the end of a file."""

    def apply(folder: Path) -> None:
        with (folder / name).open("a", encoding="utf-8") as stream:
            stream.write(text)

    return apply


def write(name: str, content: str | bytes) -> Break:
    """Write a whole file."""

    def apply(folder: Path) -> None:
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return apply


def recode(name: str, encoding: str = "utf-8", delimiter: str = ",") -> Break:
    """Save a table as other programs do, with a letter beyond A–Z in it."""

    def apply(folder: Path) -> None:
        text = (folder / name).read_text(encoding="utf-8").replace("Beta Reviews", "Bêta Reviews")
        (folder / name).write_bytes(text.replace(",", delimiter).encode(encoding))

    return apply


def delete(name: str) -> Break:
    return lambda folder: (folder / name).unlink()


def as_folder(name: str) -> Break:
    def apply(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).mkdir()

    return apply


def as_parquet(name: str, *, keep_csv: bool = False, damage: slice = slice(None)) -> Break:
    def apply(folder: Path) -> None:
        frame = getattr(rdpscore.load(folder), name)
        (folder / f"{name}.parquet").write_bytes(to_parquet_bytes(frame)[damage])
        if not keep_csv:
            (folder / f"{name}.csv").unlink()

    return apply


def refused(target: Path, fault: Fault, *, untouched: Path | None = None) -> None:
    """Check that `score` and `validate` refuse the target for the fault and leave every byte as it was."""
    folder = untouched or target
    before, place = contents(folder), fault.place
    if fault.mark:
        text = (folder / place.partition(",")[0]).read_text(encoding="utf-8")
        place = place.format(line=text[: text.index(fault.mark)].count("\n") + 1)
    for verb in ("score", "validate"):
        told, machine = cli(verb, target), cli(verb, target, "--json")
        assert (told.status, machine.status) == (1, 1)
        assert "Traceback" not in told.out + told.err + machine.err
        problems = machine.json()["problems"]
        found = next((p for p in problems if (p["code"], p["place"]) == (fault.code, place)), None)
        assert found is not None, problems
        assert found["value"] == fault.value if fault.value is not None else found["value"]
        assert fault.says in f"{found['what']}; {found['remedy']}"
        for part in ("place", "what", "remedy"):
            assert squeeze(found[part]) in told.said
    assert contents(folder) == before


# Tables -----------------------------------------------------------------------------------------------

CELLS = [
    pytest.param(
        replace("codings.csv", "alpha,c1,policy,yes", "alpha,c1,policy,yess"),
        Fault(
            "unknown_option",
            "codings.csv, row 2, column answer",
            "yess",
            "nearest: 'yes' (There is one); use one of no, yes",
        ),
        id="an option misspelt",
    ),
    pytest.param(
        replace("adjudications.csv", "alpha,data,2", "alpha,data,3"),
        Fault("unknown_option", "adjudications.csv, row 2, column answer", "3", "use one of 0, 1, 2"),
        id="an adopted answer that is no option",
    ),
    pytest.param(
        replace("codings.csv", "beta,c1,data", "betta,c1,data"),
        Fault("unknown_journal", "codings.csv, row 9, column journal_id", "betta", "nearest: 'beta'"),
        id="an unknown journal",
    ),
    pytest.param(
        replace("codings.csv", "alpha,c2,code", "alpha,c2,codes"),
        Fault("unknown_item", "codings.csv, row 7, column item", "codes", "nearest: 'code'"),
        id="an unknown item",
    ),
    pytest.param(
        append("journals.csv", "alpha,Alpha Letters (new),North,,\n"),
        Fault("duplicate_key", "journals.csv, row 5, column journal_id", "alpha", "stands in row 2"),
        id="a journal twice",
    ),
    pytest.param(
        append("codings.csv", "alpha,c1,data,1\n"),
        Fault(
            "duplicate_key",
            "codings.csv, row 17, column journal_id / coder / round / item",
            "alpha / c1 / main / data",
            "stands in row 3",
        ),
        id="a coding twice",
    ),
    pytest.param(
        append("codings.csv", "alpha,,data,1\n"),
        Fault("blank_key", "codings.csv, row 17, column coder", "coder", "fill it in, or delete the row"),
        id="a blank key",
    ),
    pytest.param(
        replace("journals.csv", ",2.5", ",2.5x"),
        Fault(
            "impossible_attribute", "journals.csv, row 2, column impact", "2.5x", "not a number of at least 0"
        ),
        id="an impossible attribute",
    ),
]

STRUCTURE = [
    pytest.param(
        replace("codings.csv", "item,answer", "item,anwser"),
        Fault("missing_column", "codings.csv, row 1", "answer", "nearest: 'anwser'"),
        id="a missing column",
    ),
    pytest.param(
        replace("journals.csv", "access_model,impact", "impact,impact"),
        Fault("duplicate_column", "journals.csv, row 1", "impact", "rename or delete one"),
        id="a column twice",
    ),
    pytest.param(
        replace("journals.csv", "Beta Reviews", "Beta, Reviews"),
        Fault(
            "ragged_row",
            "journals.csv, row 3",
            "6",
            "the header has 5; look for a missing or an unquoted comma",
        ),
        id="a comma without quotation marks",
    ),
    pytest.param(
        write("journals.csv", ""),
        Fault("empty_file", "journals.csv", "", "its header line"),
        id="an empty file",
    ),
    pytest.param(
        write("journals.csv", " \r\n,,,\r\n"),
        Fault("empty_file", "journals.csv"),
        id="a file of commas and blanks",
    ),
    pytest.param(
        recode("journals.csv", "cp1252"),
        Fault(
            "not_utf8",
            "journals.csv, line 3",
            "",
            "byte 0xEA at position 95 is not UTF-8 (the file looks like cp1252)",
        ),
        id="a cp1252 file",
    ),
    pytest.param(
        recode("journals.csv", "utf-16"),
        Fault("not_utf8", "journals.csv, line 1", "", "(the file looks like utf-16)"),
        id="a UTF-16 file",
    ),
    pytest.param(
        recode("codings.csv", delimiter=";"),
        Fault("wrong_delimiter", "codings.csv, row 1", "semicolons", "not by a comma"),
        id="a semicolon file",
    ),
    pytest.param(
        recode("codings.csv", delimiter="\t"),
        Fault("wrong_delimiter", "codings.csv, row 1", "tabs", "not by a comma"),
        id="a tab file",
    ),
    pytest.param(
        replace("journals.csv", "Beta Reviews", '"Beta Reviews'),
        Fault(
            "broken_quoting",
            "journals.csv, row 3",
            "unexpected end of data",
            "the quotation marks do not pair up",
        ),
        id="an unclosed quotation mark",
    ),
    pytest.param(
        replace("journals.csv", "Beta Reviews", '"Beta" Reviews'),
        Fault("broken_quoting", "journals.csv, row 3", "',' expected after '\"'", "double those inside"),
        id="a quotation mark inside a quoted cell",
    ),
    pytest.param(
        replace("journals.csv", "Beta Reviews", "Beta\0Reviews"),
        Fault("binary_content", "journals.csv, row 3", "", "a NUL byte"),
        id="a NUL byte",
    ),
    pytest.param(
        write("journals.csv", b"PK\x03\x04\x14\x00\x06\x00\x08\x00\xe1\x28\x81"),
        Fault("binary_content", "journals.csv", "", "a workbook has to be imported, not renamed"),
        id="a workbook renamed",
    ),
    pytest.param(
        replace("codings.csv", "alpha,c1,data,2", "alpha,c1,data," + 2_000_001 * "2"),
        Fault("cell_too_long", "codings.csv, row 3", "2,000,000", "a quotation mark that is never closed"),
        id="a cell of two million characters",
    ),
    pytest.param(
        as_parquet("codings", keep_csv=True),
        Fault("two_files", "codings.csv", "codings.csv and codings.parquet", "keep one of the two"),
        id="a table twice",
    ),
    pytest.param(
        as_parquet("codings", damage=slice(None, 500)),
        Fault("bad_parquet", "codings.parquet", None, "write it again"),
        id="a Parquet file cut short",
    ),
    pytest.param(
        as_parquet("codings", damage=slice(4, None)),
        Fault("bad_parquet", "codings.parquet", None, "write it again"),
        id="a Parquet file without its head",
    ),
    pytest.param(
        as_folder("codings.csv"),
        Fault("unreadable_file", "codings.csv", "Is a directory", "check that it is a file"),
        id="a folder in place of a table",
    ),
    pytest.param(
        as_folder("codebook.yaml"),
        Fault("unreadable_file", "codebook.yaml", "Is a directory", "check that it is a file"),
        id="a folder in place of the codebook",
    ),
    pytest.param(
        delete("codings.csv"),
        Fault("missing_file", "codings.csv", "codings.csv", "restore codings.csv"),
        id="no codings",
    ),
    pytest.param(
        delete("codebook.yaml"),
        Fault("missing_file", "codebook.yaml", "codebook.yaml", "restore codebook.yaml"),
        id="no codebook",
    ),
]

# YAML -------------------------------------------------------------------------------------------------

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha]", *(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 30))]
)
RATHER_DEEP = "\n".join(" " * i + "a:" for i in range(3_000))

YAML = [
    pytest.param(
        write("codebook.yaml", LAUGHS),
        Fault(
            "yaml_too_large",
            "codebook.yaml, line 7",
            "expands to more than 500,000 entries",
            "write the entries out",
        ),
        id="a billion laughs",
    ),
    pytest.param(
        write("codebook.yaml", f"a: &a {'ha' * 100_000}\nb: [{'*a, ' * 10_000}]\n"),
        Fault("yaml_too_large", "codebook.yaml, line 2", "expands to more than 500,000 entries"),
        id="a long text ten thousand times",
    ),
    pytest.param(
        append("codebook.yaml", "extra: &loop [*loop]\n"),
        Fault("yaml_too_large", "codebook.yaml, line {line}", "contains itself (*loop)", mark="extra:"),
        id="an entry that contains itself",
    ),
    pytest.param(
        write("codebook.yaml", RATHER_DEEP),
        Fault("yaml_too_large", "codebook.yaml, line 51", "nests more than 50 levels deep"),
        id="three thousand levels",
    ),
    pytest.param(
        write("survey.yaml", "[" * 200_000),
        Fault("yaml_too_large", "survey.yaml, line 1", "nests more than 50 levels deep"),
        id="levels that overflow the stack of the C parser",
    ),
    pytest.param(
        append("codebook.yaml", "extra: !!python/object/apply:os.system [echo pwned]\n"),
        Fault(
            "bad_yaml",
            "codebook.yaml, line {line}",
            "the tag 'tag:yaml.org,2002:python/object/apply:os.system' is refused; "
            "only plain text, numbers, lists and mappings are read",
            mark="extra:",
        ),
        id="a tag that would run a command",
    ),
    pytest.param(
        append("codebook.yaml", "extra: !!python/name:os.system ''\n"),
        Fault(
            "bad_yaml",
            "codebook.yaml, line {line}",
            "the tag 'tag:yaml.org,2002:python/name:os.system' is refused; "
            "only plain text, numbers, lists and mappings are read",
            mark="extra:",
        ),
        id="a tag that names a function",
    ),
    pytest.param(
        replace("codebook.yaml", 'version: "1"', "version: 2026-13-45"),
        Fault("bad_yaml", "codebook.yaml, line {line}", "'2026-13-45' is no timestamp", mark="version:"),
        id="a date that is none",
    ),
    pytest.param(
        replace("survey.yaml", "format: 1", "format: !!bool maybe"),
        Fault("bad_yaml", "survey.yaml, line 1", "'maybe' is no bool"),
        id="a tag that does not fit its value",
    ),
    pytest.param(
        append("codebook.yaml", "title: Another title\n"),
        Fault(
            "yaml_duplicate_key",
            "codebook.yaml, line {line}, title",
            "title",
            "twice",
            mark="title: Another title",
        ),
        id="a key twice",
    ),
    pytest.param(
        append("codebook.yaml", "source:\n\tcitation: A tab\n"),
        Fault(
            "bad_yaml",
            "codebook.yaml, line {line}",
            "the line is indented by a tab; YAML takes blanks only",
            mark="\tcitation",
        ),
        id="a tab as indentation",
    ),
    pytest.param(
        append("codebook.yaml", "description: a\0b\n"),
        Fault(
            "bad_yaml",
            "codebook.yaml, line {line}",
            "the character U+0000 is not allowed",
            mark="description: a",
        ),
        id="a NUL byte",
    ),
    pytest.param(
        replace("codebook.yaml", "items:", "items: [:"),
        Fault("bad_yaml", "codebook.yaml, line {line}", None, mark="items: [:"),
        id="YAML that cannot be parsed",
    ),
    pytest.param(
        write("codebook.yaml", "# nothing\n"), Fault("empty_file", "codebook.yaml"), id="only a comment"
    ),
    pytest.param(
        write("codebook.yaml", "- a list\n"),
        Fault("bad_field", "codebook.yaml, line 1"),
        id="a list at the top",
    ),
    pytest.param(
        write("survey.yaml", "title: Donn\xe9es\n".encode("latin-1")),
        Fault("not_utf8", "survey.yaml, line 1", says="byte 0xE9 at position 11 is not UTF-8"),
        id="a cp1252 survey.yaml",
    ),
]

CODEBOOK = [
    pytest.param(
        replace("codebook.yaml", "- id: code\n    dimension", "- id: data\n    dimension"),
        Fault(
            "duplicate_id",
            "codebook.yaml, line {line}, items.2.id",
            "data",
            "item id 'data'",
            mark="- id: data\n    dimension: code",
        ),
        id="two items of one id",
    ),
    pytest.param(
        replace("codebook.yaml", 'code: "1", label: Encouraged', 'code: "0", label: Encouraged'),
        Fault(
            "duplicate_id",
            "codebook.yaml, line {line}, items.1.options.1.code",
            "0",
            "option code",
            mark="label: Encouraged",
        ),
        id="two options of one code",
    ),
    pytest.param(
        replace("codebook.yaml", "score: 0.5", "score: 1.5"),
        Fault(
            "bad_field",
            "codebook.yaml, line {line}",
            "1.5",
            "item 'data', items.1.options.1.score",
            mark="score: 1.5",
        ),
        id="a score outside 0 to 1",
    ),
    pytest.param(
        replace("codebook.yaml", "score: 0.5", "score: .nan"),
        Fault("bad_field", "codebook.yaml, line {line}", "nan", "finite", mark="score: .nan"),
        id="a score that is no number",
    ),
    pytest.param(
        replace("codebook.yaml", 'code: "no"', "code: no"),
        Fault(
            "bad_field",
            "codebook.yaml, line {line}",
            "no",
            'was read as a boolean (no), and must be text; put it in quotation marks: "no"',
            mark="code: no",
        ),
        id="an unquoted boolean as a code",
    ),
    pytest.param(
        replace("codebook.yaml", 'code: "1", label: Encouraged', "code: 1, label: Encouraged"),
        Fault(
            "bad_field",
            "codebook.yaml, line {line}",
            "1",
            'was read as a number (1), and must be text; put it in quotation marks: "1"',
            mark="code: 1",
        ),
        id="an unquoted number as a code",
    ),
    pytest.param(
        replace("codebook.yaml", 'version: "1"', "version: 2026-03-16"),
        Fault(
            "bad_field",
            "codebook.yaml, line {line}",
            "2026-03-16",
            'was read as a date (2026-03-16), and must be text; put it in quotation marks: "2026-03-16"',
            mark="version:",
        ),
        id="an unquoted date as a version",
    ),
    pytest.param(
        replace("codebook.yaml", "question: Must data", "quesiton: Must data"),
        Fault(
            "bad_field",
            "codebook.yaml, line {line}",
            "Must data be shared?",
            "nearest: 'question'",
            mark="quesiton",
        ),
        id="an unknown field",
    ),
    pytest.param(
        replace("survey.yaml", "title:", "titel:"),
        Fault("bad_field", "survey.yaml, line {line}", "A small survey", "nearest: 'title'", mark="titel"),
        id="an unknown field of survey.yaml",
    ),
    pytest.param(
        replace(
            "codebook.yaml", "title: Code\n    question", "title: Code\n    dimesion: code\n    question"
        ),
        Fault("bad_field", "codebook.yaml, line {line}", "code", "nearest: 'dimension'", mark="dimesion"),
        id="an unknown field beside the right one",
    ),
    pytest.param(
        replace("codebook.yaml", "dimension: code", "dimension: coding"),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, items.2.dimension",
            "coding",
            "nearest: 'code'",
            mark="dimension: coding",
        ),
        id="an unknown dimension",
    ),
    pytest.param(
        replace("codebook.yaml", "default_scheme: equal", "default_scheme: equals"),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, default_scheme",
            "equals",
            "nearest: 'equal'",
            mark="default_scheme",
        ),
        id="an unknown scheme",
    ),
    pytest.param(
        replace("codebook.yaml", 'applies_if: {policy: ["yes"]}', 'applies_if: {polcy: ["yes"]}'),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, items.1.applies_if.polcy",
            "polcy",
            "nearest: 'policy'",
            mark="polcy",
        ),
        id="a condition on an unknown item",
    ),
    pytest.param(
        replace("codebook.yaml", 'applies_if: {policy: ["yes"]}', 'applies_if: {policy: ["yess"]}'),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, items.1.applies_if.policy",
            "yess",
            "nearest: 'yes'",
            mark="yess",
        ),
        id="a condition on an unknown option",
    ),
    pytest.param(
        replace("codebook.yaml", "    applies_if", "    maps_to: {rda: [data_citation]}\n    applies_if"),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, items.1.maps_to.rda",
            "rda",
            "framework 'rda'",
            mark="maps_to",
        ),
        id="an unknown framework",
    ),
    pytest.param(
        replace(
            "codebook.yaml",
            "items:\n  - id: policy\n",
            "frameworks:\n  - {id: rda, title: RDA, citation: RDA 2020, terms: {data_citation: Citation}}\n"
            "items:\n  - id: policy\n    maps_to: {rda: [data_citaton]}\n",
        ),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, items.0.maps_to.rda.0",
            "data_citaton",
            "nearest: 'data_citation'",
            mark="data_citaton",
        ),
        id="an unknown term of a framework",
    ),
    pytest.param(
        replace("codebook.yaml", "by: dimensions", "weights: {dta: 2}"),
        Fault(
            "unknown_reference",
            "codebook.yaml, line {line}, schemes.1.weights.dta",
            "dta",
            "nearest: 'data'",
            mark="dta",
        ),
        id="a weight of an unknown item",
    ),
    pytest.param(
        replace("codebook.yaml", "label: Not mentioned, score: 0", "label: Not mentioned, score: 0.75"),
        Fault(
            "bad_codebook",
            "codebook.yaml, line {line}, items.1.options",
            "",
            "item 'data' is ordinal, but its scores do not rise from option to option; put the options",
            mark='options:\n      - {code: "0", label: Not mentioned',
        ),
        id="ordinal scores that fall",
    ),
]


@pytest.mark.parametrize(("break_it", "fault"), [*CELLS, *STRUCTURE, *YAML, *CODEBOOK])
def test_a_fault_is_told_with_its_place_value_and_remedy(folder: Path, break_it: Break, fault: Fault) -> None:
    break_it(folder)
    refused(folder, fault)


@pytest.mark.parametrize(
    "name",
    ["nowhere", "empty", "small/codings.csv"],
    ids=["a path that does not exist", "a folder that is no survey", "a file instead of a folder"],
)
def test_what_is_no_survey_is_told(tmp_path: Path, folder: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    target = tmp_path / name
    fault = Fault("not_a_survey", "", str(target), "name a folder that holds survey.yaml")
    refused(target, fault, untouched=tmp_path)


# All at once ------------------------------------------------------------------------------------------


def told(folder: Path) -> list[tuple[str, str]]:
    """Code and place of every error that `score` tells as JSON."""
    problems = cli("score", folder, "--json").json()["problems"]
    return [(p["code"], p["place"]) for p in problems if p["severity"] == "error"]


def test_all_ragged_rows_are_told_at_once(folder: Path) -> None:
    lines = (folder / "codings.csv").read_text().splitlines()
    for row in (3, 5, 9, 14, 16):
        lines[row - 1] += ",1"
    (folder / "codings.csv").write_text("\n".join(lines))
    assert told(folder) == [("ragged_row", f"codings.csv, row {row}") for row in (3, 5, 9, 14, 16)]


def test_five_faults_in_the_content_come_at_once(folder: Path) -> None:
    replace("codings.csv", "alpha,c1,policy,yes", "alpha,c1,policy,yess")(folder)
    replace("codings.csv", "beta,c1,data", "betta,c1,data")(folder)
    replace("codings.csv", "alpha,c2,code", "alpha,c2,codes")(folder)
    append("journals.csv", "alpha,Alpha Letters again,North,,\n")(folder)
    replace("journals.csv", ",2.5", ",-2.5")(folder)
    assert set(told(folder)) == {
        ("unknown_option", "codings.csv, row 2, column answer"),
        ("unknown_journal", "codings.csv, row 9, column journal_id"),
        ("unknown_item", "codings.csv, row 7, column item"),
        ("duplicate_key", "journals.csv, row 5, column journal_id"),
        ("impossible_attribute", "journals.csv, row 2, column impact"),
    }


def test_five_faults_in_five_files_come_at_once(folder: Path) -> None:
    replace("survey.yaml", "title:", "titel:")(folder)
    replace("codebook.yaml", "default_scheme: equal", "default_scheme: equals")(folder)
    replace("journals.csv", "publisher", "publishr")(folder)
    replace("codings.csv", "alpha,c1,data,2", "alpha,c1,data,2,2")(folder)
    write("adjudications.csv", "")(folder)
    assert {(code, place.partition(",")[0]) for code, place in told(folder)} == {
        ("bad_field", "survey.yaml"),
        ("unknown_reference", "codebook.yaml"),
        ("missing_column", "journals.csv"),
        ("ragged_row", "codings.csv"),
        ("empty_file", "adjudications.csv"),
    }


def test_faults_in_the_structure_of_one_table_come_at_once(folder: Path) -> None:
    replace("journals.csv", "title,publisher,access_model", "titel,publisher,publisher")(folder)
    replace("journals.csv", "Alpha Letters", "Alpha, Letters")(folder)
    replace("journals.csv", "Gamma Materials", '"Gamma Materials')(folder)
    assert set(told(folder)) == {
        ("missing_column", "journals.csv, row 1"),
        ("duplicate_column", "journals.csv, row 1"),
        ("ragged_row", "journals.csv, row 2"),
        ("broken_quoting", "journals.csv, row 4"),
    }


def test_faults_in_one_codebook_come_at_once(folder: Path) -> None:
    replace("codebook.yaml", 'code: "no"', "code: no")(folder)
    replace("codebook.yaml", 'applies_if: {policy: ["yes"]}', 'applies_if: {polcy: ["yes"]}')(folder)
    replace("codebook.yaml", "default_scheme: equal", "default_scheme: equals")(folder)
    assert sorted(code for code, _ in told(folder)) == ["bad_field", "unknown_reference", "unknown_reference"]


# Convert ----------------------------------------------------------------------------------------------

FOREIGN = [
    pytest.param("journals.csv", "cp1252", ",", id="cp1252"),
    pytest.param("journals.csv", "utf-16", "\t", id="UTF-16 with tabs"),
    pytest.param("codings.csv", "utf-8", ";", id="semicolons"),
    pytest.param("codings.csv", "utf-8-sig", "\t", id="tabs"),
    pytest.param("codebook.yaml", "cp1252", ",", id="cp1252 YAML"),
]


@pytest.mark.slow
@pytest.mark.parametrize("reader", ["people", "programs"])
@pytest.mark.parametrize(("name", "encoding", "delimiter"), FOREIGN)
def test_the_one_command_that_is_printed_repairs_the_file(
    folder: Path, name: str, encoding: str, delimiter: str, reader: str
) -> None:
    replace("codebook.yaml", "A small codebook", "Un carnet « à codes », bêta")(folder)
    good = cli("score", folder, "--json").json()["result"]
    text = (folder / name).read_text(encoding="utf-8")
    text = text.replace("Beta Reviews", "Bêta Reviews").replace(",", delimiter)
    survey = folder.rename(folder.with_name(f"{'a folder; with blanks ' * 6}and a long name"))
    (survey / name).write_bytes(text.encode(encoding))
    assert cli("score", survey).status == 1
    printed = cli("score", survey).err
    if reader == "programs":
        printed = cli("score", survey, "--json").json()["problems"][0]["remedy"]
    command = re.search(r"rdpscore convert .*?--force", printed, re.DOTALL)
    assert command is not None, printed
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    subprocess.run(command[0], shell=True, check=True, env=os.environ | {"PATH": path}, capture_output=True)
    repaired = cli("score", survey, "--json").json()["result"]
    assert repaired is not None
    for journal in (*good["journals"], *repaired["journals"]):
        journal.pop("title")
    assert repaired == good


# Size -------------------------------------------------------------------------------------------------

MEASURED = """\
import re, sys, time
from pathlib import Path
from rdpscore.cli import main
try:
    main()
finally:
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]
    print(peak, time.process_time(), file=sys.stderr)
"""
"""Runs the command line and tells the most memory that it used, in kB, and its seconds of work."""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "code"), [("codings.csv", "cell_too_long"), ("codebook.yaml", "yaml_too_large")]
)
def test_a_line_of_200_megabytes_is_refused_in_little_time_and_memory(
    folder: Path, name: str, code: str
) -> None:
    before = process(sys.executable, "-c", MEASURED, "score", folder, "--json")
    with (folder / name).open("ab") as stream:
        for _ in range(200):
            stream.write(b"x" * 1_000_000)
    run = process(sys.executable, "-c", MEASURED, "score", folder, "--json")
    peaks, seconds = zip(*(map(float, r.err.split()) for r in (before, run)), strict=True)
    assert peaks[1] - peaks[0] < 50_000
    assert seconds[1] - seconds[0] < 2
    assert run.status == 1
    assert [p["code"] for p in run.json()["problems"]] == [code]


# Permission -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("name", ["codings.csv", "codebook.yaml", "survey.yaml", "codings.parquet"])
def test_a_file_that_may_not_be_read_is_told(folder: Path, name: str) -> None:
    if name == "codings.parquet":
        as_parquet("codings")(folder)
    (folder / name).chmod(0)
    before = contents(folder)
    people = process(sys.executable, "-m", "rdpscore", "score", folder, privileged=False)
    machine = process(sys.executable, "-m", "rdpscore", "validate", folder, "--json", privileged=False)
    assert (people.status, machine.status) == (1, 1)
    assert squeeze(f"{name}: the file cannot be read: Permission denied") in people.said
    assert "Traceback" not in people.err + machine.err
    (problem,) = machine.json()["problems"]
    assert (problem["code"], problem["place"]) == ("unreadable_file", name)
    assert problem["remedy"] == "check that it is a file and that you may read it"
    assert contents(folder) == before


@pytest.mark.slow
def test_a_folder_that_may_not_be_entered_is_told(folder: Path) -> None:
    folder.chmod(0)
    people = process(sys.executable, "-m", "rdpscore", "score", folder, privileged=False)
    machine = process(sys.executable, "-m", "rdpscore", "score", folder, "--json", privileged=False)
    folder.chmod(0o755)
    assert (people.status, machine.status) == (1, 1)
    assert squeeze("Permission denied") in people.said
    assert "Traceback" not in people.err + machine.err
    assert [p["code"] for p in machine.json()["problems"]] == ["unreadable_file"]


def test_a_process_of_its_own_ends_in_status_1_without_a_traceback(folder: Path) -> None:
    replace("codings.csv", "alpha,c1,policy,yes", "alpha,c1,policy,yess")(folder)
    run = process(sys.executable, "-m", "rdpscore", "score", folder)
    assert run.status == 1
    assert run.out == ""
    assert squeeze("codings.csv, row 2, column answer: 'yess' is not an option of policy") in run.said
    assert "Traceback" not in run.err


# What is no fault -------------------------------------------------------------------------------------


def test_a_survey_without_codings_scores_nothing_and_notes_every_journal(folder: Path) -> None:
    write("codings.csv", "journal_id,coder,item,answer\n")(folder)
    write("adjudications.csv", "journal_id,item,answer,reason\n")(folder)
    run = cli("score", folder, "--json")
    assert run.status == 0
    assert [j["score"] for j in run.json()["result"]["journals"]] == [None, None, None]
    found = [(p["severity"], p["code"], p["journal"]) for p in run.json()["problems"]]
    assert found == [("note", "missing_journal", j) for j in ("alpha", "beta", "gamma")]
    assert cli("score", folder).status == cli("validate", folder).status == 0


def between_lines(name: str, text: str) -> Break:
    def apply(folder: Path) -> None:
        lines = (folder / name).read_text().splitlines(keepends=True)
        (folder / name).write_text(text.join(lines) + text)

    return apply


def reencode(change: Callable[[bytes], bytes]) -> Break:
    def apply(folder: Path) -> None:
        for path in folder.iterdir():
            path.write_bytes(change(path.read_bytes()))

    return apply


def add_column(name: str, head: str, cell: str) -> Break:
    def apply(folder: Path) -> None:
        first, *rest = (folder / name).read_text().splitlines()
        (folder / name).write_text("\n".join([first + head, *(line + cell for line in rest)]))

    return apply


BENIGN = [
    pytest.param(reencode(lambda raw: b"\xef\xbb\xbf" + raw), id="byte-order marks"),
    pytest.param(reencode(lambda raw: raw.replace(b"\n", b"\r\n")), id="CRLF"),
    pytest.param(reencode(lambda raw: raw.replace(b"\n", b"\r")), id="CR"),
    pytest.param(reencode(lambda raw: raw.removesuffix(b"\n")), id="no line end at the end"),
    pytest.param(add_column("codings.csv", ",remark", ',"one, two"'), id="an extra column"),
    pytest.param(add_column("codings.csv", ",,", ",,"), id="empty columns at the right"),
    pytest.param(between_lines("codings.csv", "\n\n"), id="blank lines between rows"),
    pytest.param(append("codings.csv", ",,,\n" * 5), id="rows of commas at the end"),
    pytest.param(append("codings.csv", ",,,,,,\n \n,,\n"), id="longer and shorter rows of commas"),
    pytest.param(append("codings.csv", ' ,\t,"\n",\u00a0\n'), id="a row of white space"),
    pytest.param(replace("codings.csv", "gamma,c1,data,", "gamma,c1,data, \t "), id="white space for blank"),
    pytest.param(replace("journals.csv", "Beta Reviews", '"Beta Reviews"'), id="quotation marks"),
    pytest.param(as_parquet("codings"), id="Parquet"),
]


@pytest.mark.slow
@pytest.mark.parametrize("change", BENIGN)
def test_what_means_the_same_scores_the_same(folder: Path, change: Break) -> None:
    before = cli("score", folder, "--json").json()
    change(folder)
    run = cli("score", folder, "--json")
    assert run.status == 0
    assert run.json()["result"] == before["result"]
    assert [p["code"] for p in run.json()["problems"]] == [p["code"] for p in before["problems"]]


def test_an_extra_column_of_the_journals_is_kept_in_the_scores(folder: Path) -> None:
    add_column("journals.csv", ",founded", ",1999")(folder)
    assert {j["founded"] for j in cli("score", folder, "--json").json()["result"]["journals"]} == {"1999"}


def test_rows_are_counted_as_a_spreadsheet_counts_them(folder: Path) -> None:
    between_lines("codings.csv", "\n")(folder)
    replace("codings.csv", "alpha,c2,policy,yes", "alpha,c2,policy,yess")(folder)
    assert told(folder) == [("unknown_option", "codings.csv, row 9, column answer")]
