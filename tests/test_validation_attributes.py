"""What is known of journals, and addresses and dates: possible, well written, pointing at what exists."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from finding import find, of, place, sheet, the
from tables import SURVEY_YAML


def journals(column: str, value: str) -> str:
    """Two journals; the second has a value in one more column."""
    return sheet(
        f"journal_id | title | publisher | {column}",
        "alpha | Alpha Letters | North |",
        f"beta | Beta Reviews | South | {value}",
    )


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("impact", "-1", "a number of at least 0"),
        ("impact", "high", "a number of at least 0"),
        ("impact", "inf", "a number of at least 0"),
        ("impact", "nan", "a number of at least 0"),
        ("impact", "1e999", "a number of at least 0"),
        ("impact", "2,5", "a number of at least 0"),
        ("impact", "1_000", "a number of at least 0"),
        ("impact", "٣", "a number of at least 0"),
        ("year", "1999.5", "a whole number from 1500 to 2100"),
        ("year", "20260", "a whole number from 1500 to 2100"),
        ("access_model", "gold", "one of open_access, hybrid, subscription"),
        ("access_model", "Hybrid", "one of open_access, hybrid, subscription"),
        ("society_publisher", "yes", "true or false"),
        ("society_publisher", "1", "true or false"),
        ("issn_l", "0317-8472", "one ISSN (1234-567X) with a correct check digit"),
        ("issn_l", "317-8471", "one ISSN (1234-567X) with a correct check digit"),
        ("issn_l", "0317-847x", "one ISSN (1234-567X) with a correct check digit"),
    ],
)
def test_an_impossible_attribute_is_an_error_that_says_what_is_possible(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    problem = the(find(tmp_path, journals=journals(column, value)), "impossible_attribute")
    assert place(problem) == ("error", "journals.csv", 3, column, value)
    assert problem.journal == "beta"
    assert problem.what == f"{column} is '{value}', which is not {expected}"
    assert "leave the cell blank if it is not known" in problem.remedy


# 0317-8471 is the worked example of the ISSN manual, 2434-561X that of Wikipedia's "ISSN"; the others are
# Nature's and Physical Review B's, as their publishers print them.
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("impact", "0"),
        ("impact", "29.071066"),
        ("impact", "1e2"),
        ("year", "1665"),
        ("access_model", "subscription"),
        ("society_publisher", "TRUE"),
        ("society_publisher", "false"),
        ("issn_l", "0317-8471"),
        ("issn_l", "2434-561X"),
        ("issn_l", "0028-0836"),
        ("issn_l", "2469-9950"),
        ("field", "anything at all"),
    ],
)
def test_a_possible_attribute_is_no_problem(tmp_path: Path, column: str, value: str) -> None:
    assert not of(find(tmp_path, journals=journals(column, value)), "impossible_attribute")


DECLARED = f"""{SURVEY_YAML}\
attributes:
  share_open: {{kind: number, minimum: 0, maximum: 1}}
  founded: {{kind: integer, maximum: 2026}}
  members: {{kind: integer, minimum: 1}}
  field: {{kind: category, values: [physics, chemistry]}}
  access_model: {{kind: category, values: [diamond, gold]}}
"""


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("share_open", "1.5", "a number from 0 to 1"),
        ("founded", "2027", "a whole number of at most 2026"),
        ("members", "0", "a whole number of at least 1"),
        ("members", "2.5", "a whole number of at least 1"),
        ("field", "biology", "one of physics, chemistry"),
        ("access_model", "hybrid", "one of diamond, gold"),
    ],
)
def test_an_attribute_is_held_to_what_the_survey_declares(
    tmp_path: Path, column: str, value: str, expected: str
) -> None:
    problem = the(
        find(tmp_path, survey_yaml=DECLARED, journals=journals(column, value)), "impossible_attribute"
    )
    assert problem.what == f"{column} is '{value}', which is not {expected}"


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("share_open", "1"),
        ("founded", "1665"),
        ("members", "3"),
        ("field", "physics"),
        ("access_model", "diamond"),
    ],
)
def test_a_value_that_the_survey_declares_possible_is_no_problem(
    tmp_path: Path, column: str, value: str
) -> None:
    found = find(tmp_path, survey_yaml=DECLARED, journals=journals(column, value))
    assert not of(found, "impossible_attribute")


def test_an_attribute_that_is_declared_and_no_column_is_an_error(tmp_path: Path) -> None:
    yaml = f"{SURVEY_YAML}attributes:\n  impcat: {{kind: number}}\n"
    problem = the(find(tmp_path, survey_yaml=yaml, journals=journals("impact", "2")), "unknown_reference")
    assert place(problem) == ("error", "survey.yaml", None, "attributes.impcat", "impcat")
    assert "there is no column 'impcat'; nearest: 'impact'" in problem.what


def test_a_column_of_doubtful_values_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    yaml = f"{SURVEY_YAML}attributes:\n  impact: {{kind: number, doubtful: impact_doubtful}}\n"
    problem = the(find(tmp_path, survey_yaml=yaml, journals=journals("impact", "2")), "unknown_reference")
    assert problem.value == "impact_doubtful"


def test_a_declared_column_is_no_problem(tmp_path: Path) -> None:
    yaml = f"{SURVEY_YAML}attributes:\n  impact: {{kind: number}}\n"
    assert find(tmp_path, survey_yaml=yaml, journals=journals("impact", "2")).ok


def test_a_journal_without_publisher_is_a_warning(tmp_path: Path) -> None:
    found = find(
        tmp_path,
        journals="""
            | journal_id | title         | publisher |
            |------------|---------------|-----------|
            | alpha      | Alpha Letters | North     |
            | beta       | Beta Reviews  |           |
        """,
    )
    problem = the(found, "missing_publisher")
    assert place(problem) == ("warning", "journals.csv", 3, "publisher", "")
    assert problem.what == "beta has no publisher"
    assert "fill in the publisher" in problem.remedy


# Policies ----------------------------------------------------------------------------------------------

POLICIES = """
    | policy_id    | url                        | retrieved_on | archive_url |
    |--------------|----------------------------|--------------|-------------|
    | north-policy | https://example.org/policy | 2026-01-31   |             |
"""


def test_a_policy_that_is_not_in_the_list_is_an_error_with_the_nearest_one(tmp_path: Path) -> None:
    found = find(tmp_path, journals=journals("policy_id", "nort-policy"), policies=POLICIES)
    problem = the(found, "unknown_policy")
    assert place(problem) == ("error", "journals.csv", 3, "policy_id", "nort-policy")
    assert "not in policies.csv; nearest: 'north-policy'" in problem.what
    assert "correct the policy_id, or add the policy" in problem.remedy


def test_a_known_or_blank_policy_is_no_problem(tmp_path: Path) -> None:
    assert not of(
        find(tmp_path, journals=journals("policy_id", "north-policy"), policies=POLICIES), "unknown_policy"
    )


def test_policies_need_no_table_of_their_own(tmp_path: Path) -> None:
    assert not of(find(tmp_path, journals=journals("policy_id", "any")), "unknown_policy")


# Addresses ---------------------------------------------------------------------------------------------


def codings(column: str, value: str) -> str:
    """One record; its second coding has a value in one more column."""
    return sheet(
        f"journal_id | coder | item | answer | {column}",
        "alpha | c1 | policy | yes |",
        f"alpha | c1 | data | 2 | {value}",
        "alpha | c1 | code | 1 |",
    )


@pytest.mark.parametrize(
    "value",
    [
        "example.org/policy",
        "www.example.org",
        "ftp://example.org",
        "javascript:alert(1)",
        "https://",
        "https:///policy",
        "https://example",
        "https://.",
        "https://example.org/a policy",
        "http://[::1",
        "see above",
    ],
)
def test_an_address_that_is_none_is_a_warning(tmp_path: Path, value: str) -> None:
    problem = the(find(tmp_path, codings=codings("source_url", value)), "bad_url")
    assert place(problem) == ("warning", "codings.csv", 3, "source_url", value)
    assert (problem.journal, problem.coder, problem.item) == ("alpha", "c1", "data")
    assert problem.what == f"'{value}' is not a web address"
    assert "beginning with https://" in problem.remedy


@pytest.mark.parametrize(
    "value",
    [
        "https://example.org",
        "HTTP://Example.ORG/Policy",
        "https://example.org:8080/a%20policy?x=1#data",
        "https://www.springernature.com/gp/authors/research-data-policy",
        "https://web.archive.org/web/2026/https://example.org/",
        "https://müller.example/größe",
    ],
)
def test_a_web_address_is_no_problem(tmp_path: Path, value: str) -> None:
    assert not of(find(tmp_path, codings=codings("source_url", value)), "bad_url")


@pytest.mark.parametrize("column", ["url", "archive_url"])
def test_addresses_of_policies_are_checked(tmp_path: Path, column: str) -> None:
    found = find(tmp_path, policies=sheet(f"policy_id | {column}", "p | example"))
    assert place(the(found, "bad_url")) == ("warning", "policies.csv", 2, column, "example")


# Dates -------------------------------------------------------------------------------------------------

IN_A_WEEK = (datetime.date.today() + datetime.timedelta(days=7)).isoformat()


@pytest.mark.parametrize(
    "value",
    [
        "2026-02-30",
        "2025-02-29",
        "01/02/2026",
        "2026-1-5",
        "20260105",
        "2026-01-05T10:00",
        "1926-01-05",
        IN_A_WEEK,
    ],
)
def test_a_date_that_is_none_or_to_come_is_a_warning(tmp_path: Path, value: str) -> None:
    problem = the(find(tmp_path, codings=codings("coded_on", value)), "bad_date")
    assert place(problem) == ("warning", "codings.csv", 3, "coded_on", value)
    assert (problem.journal, problem.coder, problem.item) == ("alpha", "c1", "data")
    assert "not a day that has been, written YYYY-MM-DD" in problem.what
    assert "for example" in problem.remedy


@pytest.mark.parametrize("value", ["2024-02-29", "1990-01-01", datetime.date.today().isoformat()])
def test_a_day_that_has_been_is_no_problem(tmp_path: Path, value: str) -> None:
    assert not of(find(tmp_path, codings=codings("coded_on", value)), "bad_date")


@pytest.mark.parametrize(
    ("table", "sheet", "column"),
    [
        (
            "adjudications",
            sheet("journal_id | item | answer | adjudicated_on", "beta | policy | no | May 2025"),
            "adjudicated_on",
        ),
        ("policies", sheet("policy_id | retrieved_on", "p | May 2025"), "retrieved_on"),
    ],
)
def test_dates_of_other_tables_are_checked(tmp_path: Path, table: str, sheet: str, column: str) -> None:
    problem = the(find(tmp_path, **{table: sheet}), "bad_date")
    assert place(problem) == ("warning", f"{table}.csv", 2, column, "May 2025")
