"""ISSNs: read in any usual form, never an identity where they are a placeholder, told where two journals have one."""

from __future__ import annotations

from pathlib import Path

import pytest
from tables import write_survey

import rdpscore
from rdpscore.validation.issns import is_placeholder, issns_in, read_issn


@pytest.mark.parametrize(
    ("text", "issn"),
    [
        # the example of ISSN's own manual, and one whose check digit is X
        ("0378-5955", "0378-5955"),
        ("2434-561X", "2434-561X"),
        ("2434-561x", "2434-561X"),
        ("03785955", "0378-5955"),
        ("0378 5955", "0378-5955"),
        ("0378\u20135955", "0378-5955"),
        ("0378\u2011\u200b5955", "0378-5955"),
        (" ISSN 0378-5955 ", "0378-5955"),
        ("ISSN-L: 0378-5955", "0378-5955"),
        ("eISSN 2434-561X", "2434-561X"),
        ("0378-5954", None),
        ("545-7885", None),
        ("0378-59556", None),
        ("0378-5955; 2434-561X", None),
        ("n/a", None),
        (3785955.0, None),
    ],
)
def test_usual_forms_are_one(text: object, issn: str | None) -> None:
    assert read_issn(text) == issn


def test_a_wrong_digit_anywhere_is_found() -> None:
    """Weights 8 to 2, modulo 11: every change of one digit is (ISO 3297)."""
    right = "03785955"
    for place in range(8):
        for digit in "0123456789":
            if digit != right[place]:
                assert read_issn(right[:place] + digit + right[place + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["0000-0000", "00000000", "9999-9999", "1234-5678", "XXXX-XXXX", "1111-1111"]
)
def test_placeholders_identify_nothing(text: str) -> None:
    assert is_placeholder(text)
    assert issns_in(text) == []


@pytest.mark.parametrize("text", ["0378-5955", "2434-561X", "0028-0836"])
def test_issns_are_no_placeholders(text: str) -> None:
    assert not is_placeholder(text)
    assert issns_in(text) == [text]


def test_all_issns_of_a_cell_count() -> None:
    assert issns_in("0378-5955 (print), 2434-561x (online), 0000-0000") == ["0378-5955", "2434-561X"]


JOURNALS = """
    | journal_id | title         | publisher | issn      |
    |------------|---------------|-----------|-----------|
    | alpha      | Alpha Letters | North     | 0378-5955 |
    | beta       | Omega Annals  | West      | {beta}    |
    | gamma      | Gamma Reports | South     | 2434-561X |
"""
CODINGS = """
    | journal_id | coder | item   | answer |
    |------------|-------|--------|--------|
    | alpha      | c1    | policy | no     |
    | beta       | c1    | policy | no     |
    | gamma      | c1    | policy | no     |
"""


@pytest.mark.parametrize(
    ("beta", "expected"),
    [
        ("0028-0836", []),
        ("03785955", [("repeated_issn", 3, "0378-5955")]),
        ("0378-5955", [("repeated_issn", 3, "0378-5955")]),
        ("0000-0000", [("placeholder_issn", 3, "0000-0000")]),
    ],
)
def test_a_survey_tells_of_them(tmp_path: Path, beta: str, expected: list[tuple[str, int, str]]) -> None:
    folder = write_survey(tmp_path / "s", journals=JOURNALS.format(beta=beta), codings=CODINGS)
    found = rdpscore.validate(folder).problems
    assert [(p.code, p.row, p.value) for p in found if "issn" in p.code] == expected
