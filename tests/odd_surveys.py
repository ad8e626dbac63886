"""Surveys that lack something, or have too much of it, for whatever must bear them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tables import SMALL_CODEBOOK, SURVEY_YAML, write_survey

import rdpscore

HOSTILE = {
    "script": "<script>document.title='taken'</script>",
    "image": "<img src=x onerror=\"document.title='taken'\">",
    "markdown": "**bold** [link](javascript:alert(1)) `code` $x^2$ :smile: ![p](http://127.0.0.1/x.png)",
    "rtl": "\u202ereversed\u202c \u200fmarks\u2066",
    "formula": '=HYPERLINK("http://127.0.0.1","x")',
    "long": "Annals of very long titles " * 400,
}
"""Names that try to be more than names."""
COLUMNS = "| journal_id | title | publisher | access_model | impact | kind |\n|-|-|-|-|-|-|\n"
CODINGS = "| journal_id | coder | item | answer |\n|-|-|-|-|\n"
ANSWERS = (("yes", "2", "1"), ("yes", "1", "0"), ("no", "0", "0"), ("yes", "0", "1"))


def one_journal(folder: Path) -> Path:
    """One journal, two coders."""
    return publishers(folder, 1, 1)


def one_publisher(folder: Path) -> Path:
    """Eight journals of one publisher."""
    return publishers(folder, 8, 1)


def single_coded(folder: Path) -> Path:
    """Twelve journals, each with one coder, none adjudicated."""
    return publishers(folder, 12, 6, coders=("c1",), adjudicated=False)


def no_impact(folder: Path) -> Path:
    """Nothing but ids, titles and publishers."""
    journals = "| journal_id | title | publisher |\n|-|-|-|\n"
    journals += "".join(f"| j{k} | Journal {k} | P{k % 3} |\n" for k in range(9))
    return write_survey(folder, journals=journals, codings=_codings(9, ("c1", "c2")))


def no_adjudications(folder: Path) -> Path:
    """Coders who differ, and nobody who settled it."""
    return publishers(folder, 12, 6, adjudicated=False)


def no_answers(folder: Path) -> Path:
    """Journals that nobody has coded."""
    return write_survey(folder, journals=COLUMNS + _journal(0, 1) + _journal(1, 1), codings=CODINGS)


def no_publisher(folder: Path) -> Path:
    """Journals without a publisher."""
    journals = COLUMNS + "".join(f"| j{k} | Journal {k} | | hybrid | 2 | journal |\n" for k in range(6))
    return write_survey(folder, journals=journals, codings=_codings(6, ("c1", "c2")))


def hostile(folder: Path) -> Path:
    """Names, passages, notes and addresses that are markup, code, formulas, or 10 kB long."""
    names = [t.replace("|", "") for t in HOSTILE.values()]
    journals = COLUMNS + "".join(
        f"| j{k} | {name} | {name[:3000]} | hybrid | {k + 1} | journal |\n" for k, name in enumerate(names)
    )
    codings = "| journal_id | coder | item | answer | evidence | source_url | note |\n|-|-|-|-|-|-|-|\n"
    for k, name in enumerate(names):
        for coder in ("c1", "c2"):
            answers = ANSWERS[(k + (coder == "c2")) % len(ANSWERS)]
            for item, answer in zip(("policy", "data", "code"), answers, strict=True):
                codings += (
                    f"| j{k} | {coder} | {item} | {answer} | {name} | javascript:alert({k}) | {name} |\n"
                )
    title = SURVEY_YAML.replace("A small survey", "'<b>A</b> [survey](javascript:alert(1))'")
    return write_survey(folder, survey_yaml=title, journals=journals, codings=codings)


def policies(folder: Path) -> Path:
    """Nine journals under three policies."""
    journals = "| journal_id | title | publisher | policy_id |\n|-|-|-|-|\n"
    journals += "".join(f"| j{k} | Journal {k} | P{k % 2} | p{k // 3} |\n" for k in range(9))
    table = "| policy_id | url |\n|-|-|\n" + "".join(
        f"| p{k} | https://example.org/{k} |\n" for k in range(3)
    )
    return write_survey(folder, journals=journals, codings=_codings(9, ("c1", "c2")), policies=table)


def large(folder: Path, n: int = 10_000) -> Path:
    """Copies of the shipped survey's journals, of some 250 publishers."""
    import pandas as pd

    whole = rdpscore.load()
    times = -(-n // len(whole.journals))

    def many(frame: pd.DataFrame) -> pd.DataFrame:
        copies = [frame.assign(journal_id=frame["journal_id"].astype(str) + f"-{k}") for k in range(times)]
        return pd.concat(copies, ignore_index=True)

    journals = many(whole.journals)
    journals["title"] = [f"{t} {k}" for k, t in enumerate(journals["title"])]
    journals["publisher"] = [
        f"{p} {k // (4 * len(whole.journals))}" for k, p in enumerate(journals["publisher"])
    ]
    journals = journals.head(n)
    codings, adjudications = (
        frame[frame["journal_id"].isin(journals["journal_id"])]
        for frame in (many(whole.codings), many(whole.adjudications))
    )
    made = rdpscore.Survey.from_frames(whole.codebook, journals, codings, adjudications, meta=whole.meta)
    folder.parent.mkdir(parents=True, exist_ok=True)
    rdpscore.save(made, folder)
    return folder


ODD: dict[str, Callable[[Path], Path]] = {
    f.__name__: f
    for f in (
        one_journal,
        one_publisher,
        single_coded,
        no_impact,
        no_adjudications,
        no_answers,
        no_publisher,
        hostile,
        policies,
    )
}
"""Name → what writes the survey; `large` stands apart, for it takes a minute."""


def publishers(
    folder: Path, n: int, n_publishers: int, coders: tuple[str, ...] = ("c1", "c2"), adjudicated: bool = True
) -> Path:
    """So many journals of so many publishers."""
    journals = COLUMNS + "".join(_journal(k, n_publishers) for k in range(n))
    tables = {"journals": journals, "codings": _codings(n, coders)}
    if adjudicated:
        rows = "".join(f"| j{k} | data | {ANSWERS[k % 4][1]} | interpretation |\n" for k in range(n))
        tables["adjudications"] = "| journal_id | item | answer | reason |\n|-|-|-|-|\n" + rows
    return write_survey(folder, SMALL_CODEBOOK, **tables)


def _journal(k: int, n_publishers: int) -> str:
    access = ("hybrid", "open_access")[k % 2]
    return f"| j{k} | Journal {k} | Publisher {k % n_publishers} | {access} | {1 + 0.5 * k} | journal |\n"


def _codings(n: int, coders: tuple[str, ...]) -> str:
    out = CODINGS
    for k in range(n):
        for c, coder in enumerate(coders):
            answers = ANSWERS[(k + (c if k % 3 == 0 else 0)) % len(ANSWERS)]
            for item, answer in zip(("policy", "data", "code"), answers, strict=True):
                out += f"| j{k} | {coder} | {item} | {answer} |\n"
    return out
