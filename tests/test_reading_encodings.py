"""Text is decoded as it was meant or told line by line; delimiters are found whatever stands above; nothing unseen."""

from __future__ import annotations

from pathlib import Path

import pytest
from mappings import made, refused
from running import cli
from workbooks import cell_at, edited, filled_completely, make_survey, texts, workbook_of

from rdpscore.coding.read import read_workbook
from rdpscore.files.delimited import detect_delimiter, named_delimiter
from rdpscore.files.encodings import TWO, Undecodable, decode, guess_encoding
from rdpscore.problems import Batch
from rdpscore.words import folded, is_blank, unseen_named

TEXT = "Journal;Policy\nÖlmühle;ja\n"
NOTED = """
    sources: {main: %s}
    journals: {title: Journal}
    coders: {value: ann}
    items: {policy: {column: Policy, note: Note}}
    not_asked: [data, code]
"""


def study(main: str = "study.csv") -> str:
    return NOTED % main


def notes(folder: Path, content: bytes, main: str = "study.csv") -> list[str]:
    """Titles of journals with their notes."""
    survey = made(folder, study(main), study=content).survey
    titles = survey.journals.set_index("journal_id")["title"]
    table = survey.codings
    return [f"{titles[j]}: {n}" for j, n in zip(table["journal_id"], table["note"].fillna(""), strict=True)]


# One encoding ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
)
def test_encodings_that_programs_write_are_told_apart(encoding: str) -> None:
    raw = TEXT.encode(encoding)
    assert decode(raw).text == TEXT
    assert guess_encoding(raw) == encoding


@pytest.mark.parametrize(
    "text", ["雑誌;方針\n甲;あり\n乙;なし\n", "Журнал;Политика\r\nАльфа;да\r\n", "a,b\r1,2\r", "a;b"]
)
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_known_by_its_zero_bytes_in_any_script(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)).text == text


@pytest.mark.parametrize(
    "raw", [b"a,b\n1,\x002\n", b"a,b\n1,2\x00\n3,4\n", bytes(range(256)) * 20, b"\0" * 64]
)
def test_a_zero_byte_in_other_text_makes_it_no_utf16(raw: bytes) -> None:
    assert not (guess_encoding(raw) or "").startswith("utf-16")


def test_what_no_encoding_fits_is_refused_with_its_lines(tmp_path: Path) -> None:
    content = b"Journal,Policy,Note\nAlpha,yes,\x8d\nBeta,no,plain\nGamma,yes,\x81\x9d\n"
    (problem,) = refused(tmp_path, study(), study=content)
    assert problem.code == "bad_encoding"
    assert "lines 2 and 4 cannot be read as UTF-8 nor as cp1252" in problem.what
    spoken = notes(tmp_path, content, "{file: study.csv, encoding: latin-1}")
    assert spoken == ["Alpha: \x8d", "Beta: plain", "Gamma: \x81\x9d"]  # it was said, and so it is done


def test_an_encoding_that_does_not_fit_is_refused_with_the_line(tmp_path: Path) -> None:
    content = "Journal,Policy,Note\nAlpha,yes,Öl\n".encode("cp1252")
    (problem,) = refused(tmp_path, study("{file: study.csv, encoding: utf-8}"), study=content)
    assert "line 2, byte 0xD6" in problem.what
    (problem,) = refused(tmp_path, study("{file: study.csv, encoding: klingon}"), study=content)
    assert "klingon" in problem.what


# Two encodings -------------------------------------------------------------------------------------------------

HEAD = b"Journal,Policy,Note\n"
UTF8 = "Alpha,yes,“must” – Öl\n".encode()
CP1252 = "Beta,no,the journal’s “own” Ärger\n".encode("cp1252")
PLAIN = b"Gamma,yes,plain\n"
NOTES = ["Alpha: “must” – Öl", "Beta: the journal’s “own” Ärger", "Gamma: plain"]


def test_a_file_of_two_encodings_is_refused_with_its_lines(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, study(), study=HEAD + UTF8 + CP1252 + PLAIN)
    assert (problem.code, "line 3 cannot be read as UTF-8" in problem.what) == ("mixed_encodings", True)
    assert "encoding: [utf-8, cp1252]" in problem.remedy
    (problem,) = refused(tmp_path, study(), study=HEAD + CP1252 + UTF8 + PLAIN)
    assert "line 2 cannot" in problem.what  # the lines follow the file


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_mapping_may_name_two_encodings_and_the_lines_are_counted(mark: bytes, tmp_path: Path) -> None:
    main = "{file: study.csv, encoding: [utf-8, cp1252]}"
    content = mark + HEAD + UTF8 + CP1252 + PLAIN
    assert notes(tmp_path, content, main) == NOTES
    problems = made(tmp_path, study(main), study=content).report.problems
    (told,) = (p for p in problems if p.code == "second_encoding")
    assert (told.value, "1 line of the file" in told.what, "(line 3)" in told.what) == ("cp1252", True, True)


def test_a_quoted_cell_of_several_lines_is_of_one_encoding(tmp_path: Path) -> None:
    cell = 'Beta,no,"plain\nÄrger, “and”\r\nmore"\n'.encode("cp1252")
    content = HEAD + UTF8 + cell + 'Gamma,yes,"naïve\n– “yes”"\n'.encode()
    main = "{file: study.csv, encoding: [utf-8, cp1252]}"
    assert notes(tmp_path, content, main)[1:] == ["Beta: plain\nÄrger, “and”\nmore", "Gamma: naïve\n– “yes”"]
    (problem,) = refused(tmp_path, study(), study=content)
    assert "line 3 cannot" in problem.what


def test_a_line_of_both_encodings_is_refused_whatever_is_named(tmp_path: Path) -> None:
    torn = "Beta,no,Öl and ".encode() + "the journal’s\n".encode("cp1252")
    for main in ("study.csv", "{file: study.csv, encoding: [utf-8, cp1252]}"):
        (problem,) = refused(tmp_path, study(main), study=HEAD + UTF8 + torn)
        assert (problem.code, "in line 3" in problem.what) == ("torn_line", True)


def test_three_encodings_are_too_many(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, study("{file: study.csv, encoding: [utf-8, cp1252, cp437]}"), study=HEAD)
    assert problem.code == "bad_field"


def test_records_of_yaml_and_json_have_lines_too() -> None:
    raw = '{"a": "Öl"}\n'.encode() + '{"a": "Ärger"}\n'.encode("cp1252")
    assert guess_encoding(raw) == TWO
    with pytest.raises(Undecodable, match="line 2"):
        decode(raw)
    assert decode(raw, ["utf-8", "cp1252"]).foreign == {"cp1252": (2,)}


# convert --------------------------------------------------------------------------------------------------------


def test_convert_refuses_two_encodings_until_they_are_named(tmp_path: Path) -> None:
    file, out = tmp_path / "a.csv", tmp_path / "b.csv"
    file.write_bytes(HEAD + UTF8 + CP1252)
    run = cli("convert", file, "--output", out)
    assert (run.status, out.exists(), "line 3" in run.err) == (1, False, True)
    run = cli("convert", file, "--output", out, "--encoding", "utf-8,cp1252")
    assert (run.status, "1 line as cp1252: line 3" in run.out) == (0, True)
    assert out.read_bytes() == HEAD + UTF8 + CP1252.decode("cp1252").encode()


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16"])
def test_convert_of_utf16_writes_no_zero_bytes(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(TEXT.encode(encoding))
    assert cli("convert", tmp_path / "a.csv", "--output", tmp_path / "b.csv").status == 0
    assert (tmp_path / "b.csv").read_bytes() == TEXT.replace(";", ",").encode()


def test_convert_leaves_out_the_line_that_names_the_delimiter(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"sep=;\r\nJournal;Impact\r\nAlpha;2,5\r\n")
    assert cli("convert", tmp_path / "a.csv", "--output", tmp_path / "b.csv").status == 0
    assert (tmp_path / "b.csv").read_bytes() == b'Journal,Impact\nAlpha,"2,5"\n'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [("a.csv", b"a,b\0c\n", "NUL"), ("a.pdf", b"%PDF-1.7", "a PDF"), ("a.csv", b'a,"b\n', "--delimiter")],
)
def test_convert_writes_nothing_of_what_is_no_text(
    name: str, content: bytes, said: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    run = cli("convert", tmp_path / name, "--output", tmp_path / "b.csv")
    assert (run.status, said in run.err, (tmp_path / "b.csv").exists()) == (1, True, False)


# Delimiters and what stands above a table ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "delimiter"),
    [
        ("sep=;", ";"), ("SEP=;", ";"), ('"sep=;"', ";"), ("sep=,", ","), ("sep=\t", "\t"), ("sep=|", "|"),
        ("\ufeffsep=;", ";"), ("sep=;;;;", ";"), ("sep=", None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_the_line_of_excel_that_names_the_delimiter(first: str, delimiter: str | None, end: str) -> None:
    assert named_delimiter(f"{first}{end}a{end}") == (delimiter, f"{end}a{end}")


def test_other_first_lines_name_none() -> None:
    for text in ("separate;b\n", "sep=;b\n1\n", "a;sep=;\n", "\nsep=;\n"):
        assert named_delimiter(text) == (None, text)


@pytest.mark.parametrize("above", ["", "sep=;\r\n", "sep=,\r\n"])
def test_a_table_is_read_by_the_delimiter_that_makes_its_columns(above: str, tmp_path: Path) -> None:
    """A file that was saved anew may say the delimiter that it had before."""
    content = f"{above}Journal;Policy;Note\r\nAlpha, Beta;yes;a, b, c\r\nGamma;no;d, e\r\n".encode()
    assert notes(tmp_path, content) == ["Alpha, Beta: a, b, c", "Gamma: d, e"]


def test_rows_keep_their_numbers_below_the_line_that_names_the_delimiter(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, study(), study=b"sep=;\nJournal;Policy;Note\nAlpha;perhaps;x\n")
    assert problem.row == 3


ABOVE = ["A survey of policies, by N., N. and N.\n", "\n\n", "Title, 2021\n\nTable 1, as published\n\n"]


@pytest.mark.parametrize("above", ABOVE)
@pytest.mark.parametrize("skip", [False, True])
def test_titles_and_blank_lines_say_nothing_of_the_delimiter(above: str, skip: bool, tmp_path: Path) -> None:
    body = "Journal;Policy;Note\nAlpha;yes;x, y, z\nBeta;no;\n"
    n = above.count("\n")
    main = f"{{file: study.csv, skip: {n}}}" if skip else "study.csv"
    assert notes(tmp_path, (above + body).encode(), main) == ["Alpha: x, y, z", "Beta: "]
    problems = made(tmp_path, study(main), study=(above + body).encode()).report.problems
    assert bool([p for p in problems if p.code == "title_rows"]) == (not skip and bool(above.strip()))


def test_a_table_of_one_column_has_no_title() -> None:
    assert detect_delimiter("Journal\nAlpha\nBeta\n") == ","


def test_the_draft_of_a_file_with_a_named_delimiter_has_its_columns(tmp_path: Path) -> None:
    (tmp_path / "study.csv").write_bytes(b"sep=;\nJournal;Policy\nAlpha;yes\nBeta;no\n")
    assert cli("import", tmp_path / "draft", "--propose", tmp_path / "study.csv").status == 0
    assert 'title: "Journal"' in (tmp_path / "draft" / "mapping.yaml").read_text()


# What nobody sees ---------------------------------------------------------------------------------------------------

UNSEEN = ["\u200b", "\u200e", "\xad", "\ufeff", "\u2060", "\u200d", "\ufe0f", "\u202a"]


@pytest.mark.parametrize("mark", UNSEEN)
def test_invisible_characters_change_no_answer(mark: str, tmp_path: Path) -> None:
    content = edited(
        filled_completely(workbook_of(make_survey(tmp_path / "s"))),
        lambda book: setattr(cell_at(book, "alpha", "policy"), "value", f"{mark} y{mark}es\xa0"),
    )
    filled, problems = read_workbook(content, "c1.xlsx")
    assert texts(filled)["alpha", "policy"] == "yes"
    assert problems.ok
    assert notes(tmp_path / "t", f"Journal,{mark}Policy,Note\nAlpha,{mark}yes,\n".encode()) == ["Alpha: "]


@pytest.mark.parametrize("mark", UNSEEN)
def test_they_are_named_where_something_else_is_wrong(mark: str, tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, study(), study=f"Journal,Policy,Note\nAlpha,may{mark}be,\n".encode())
    assert f"may[U+{ord(mark):04X}]be" in problem.what
    assert problem.value == f"may{mark}be"


@pytest.mark.parametrize("mark", UNSEEN)
def test_a_cell_of_nothing_to_be_seen_is_blank(mark: str, tmp_path: Path) -> None:
    assert is_blank(f" {mark}\xa0")
    table = made(tmp_path, study(), study=f"Journal,Policy,Note\nAlpha,yes,{mark}\n".encode()).survey.codings
    assert table["note"].isna().all()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It doesn’t say", "it  doesn't say"), ("“yes”", '"YES"'), ("a – b", "a - b"), ("no\xa0policy", "No policy"),
        ("Cafe\u0301", "café"), ("Ｙｅｓ１", "yes1"), ("journal´s", "journal's"), ("a\u3000b", "A b"),
    ],
)  # fmt: skip
def test_what_looks_alike_is_compared_as_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_what_differs_to_the_eye_stays_apart() -> None:
    assert len({folded(t) for t in ("yes", "yes.", "ye s", "no", "x²", "x2", "é", "e")}) == 8
    assert unseen_named("naïve “x”") == "naïve “x”"
    (told,) = Batch("unreadable_file", "a.csv", fields={"value": "x\u200by"})
    assert told.what.endswith("x[U+200B]y")
