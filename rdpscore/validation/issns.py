"""ISSNs: read in any usual form, told apart from placeholders and from one that stands at two journals."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import numpy as np

from rdpscore.problems import Batch
from rdpscore.survey import Survey
from rdpscore.validation.keys import at, cells

_ONE = re.compile(r"(?<!\d)(\d{4})[ \-]?(\d{3}[\dX])(?![\dX])", re.ASCII)
_NAMED = re.compile(r"^(?:[EPL]-?)?ISSN(?:-?L)?[ :]*", re.ASCII)
_RUNS = ("0123456", "1234567", "2345678", "3456789", "9876543", "8765432", "7654321", "6543210")
_WORDS = re.compile(r"X{4}[ \-]?X{4}", re.ASCII)


def read_issn(value: object) -> str | None:
    """An ISSN as ``1234-567X``; None where a cell holds no single one with a correct check digit.

    Blanks, any dash or none, a small x and "ISSN" before it are all usual. A placeholder is read, too: whether it
    means a journal is for `is_placeholder` to say.
    """
    if not isinstance(value, str):
        return None
    found = _ONE.fullmatch(_NAMED.sub("", _plain(value)).strip())
    issn = None if found is None else f"{found[1]}-{found[2]}"
    return issn if issn is not None and right_digit(issn) else None


def issns_in(value: object) -> list[str]:
    """Every ISSN in a cell that can identify a journal: with a correct check digit, and no placeholder."""
    found = _ONE.findall(_plain(value)) if isinstance(value, str) else []
    issns = [f"{first}-{last}" for first, last in found]
    return [i for i in issns if right_digit(i) and not is_placeholder(i)]


def is_issn(text: str) -> bool:
    """True for an ISSN in any usual form whose check digit is right."""
    return read_issn(text) is not None


def is_placeholder(text: str) -> bool:
    """True for what is written where there is no ISSN: 0000-0000, 9999-9999, 1234-5678, XXXX-XXXX."""
    plain = _NAMED.sub("", _plain(text)).strip()
    digits = plain.replace("-", "").replace(" ", "")
    if _WORDS.fullmatch(plain):
        return True
    return len(digits) == 8 and digits[:7].isdecimal() and (len(set(digits[:7])) == 1 or digits[:7] in _RUNS)


def right_digit(issn: str) -> bool:
    """Whether the check digit of ``1234-567X`` is right (ISO 3297: weights 8 to 2, modulo 11)."""
    digits = issn.replace("-", "")
    total = sum(w * int(d) for w, d in zip(range(8, 1, -1), digits, strict=False))
    return (total + (10 if digits[7] == "X" else int(digits[7]))) % 11 == 0


def _plain(text: str) -> str:
    """In capitals, dashes and blanks as ASCII has them, nothing invisible."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        kinds = {c: unicodedata.category(c) for c in set(text)}
        text = "".join(
            "" if kinds[c] == "Cf" else "-" if kinds[c] == "Pd" or c == "\u2212" else c for c in text
        )
    return re.sub(r"\s*-\s*", "-", re.sub(r"\s+", " ", text)).strip().upper()


def issn_columns(survey: Survey) -> list[str]:
    """Columns of the journals that hold ISSNs: declared so, or named so."""
    return [str(c) for c in survey.journals.columns if holds_issn(survey, str(c))]


def holds_issn(survey: Survey, column: str) -> bool:
    """Whether a column of the journals holds an ISSN: declared so, or named so."""
    spec = survey.attribute_spec(column)
    if spec is not None:
        return spec.kind == "issn"
    return bool(re.fullmatch(r"[ep]?[_-]?issn([_-]?\w+)?", column.casefold()))


def placeholders(survey: Survey) -> Iterator[Batch]:
    """Cells that say that there is no ISSN by one that looks like one."""
    frame = survey.journals
    for column in issn_columns(survey):
        values = frame[column].astype(object)
        where = np.flatnonzero([isinstance(v, str) and is_placeholder(v) for v in values])
        yield Batch(
            "placeholder_issn",
            survey.file("journals"),
            at(frame, where),
            column,
            fields={"value": cells(frame[column], where), "journal": cells(frame["journal_id"], where)},
        )


def repeated_issns(survey: Survey) -> Iterator[Batch]:
    """One ISSN at two journals."""
    frame = survey.journals
    titles = frame["title"].astype(object).where(frame["title"].notna(), "").tolist()
    first: dict[str, int] = {}
    for column in issn_columns(survey):
        pairs: list[tuple[int, int, str]] = []
        for k, value in enumerate(frame[column].astype(object)):
            for issn in issns_in(value):
                if (before := first.setdefault(issn, k)) != k:
                    pairs.append((k, before, issn))
        where = np.array([p[0] for p in pairs], int)
        firsts = np.array([p[1] for p in pairs], int)
        yield Batch(
            "repeated_issn",
            survey.file("journals"),
            at(frame, where),
            column,
            fields={
                "value": [p[2] for p in pairs],
                "title": [titles[k] for k in where],
                "other": [titles[k] for k in firsts],
                "first": at(frame, firsts),
                "journal": cells(frame["journal_id"], where),
            },
        )
