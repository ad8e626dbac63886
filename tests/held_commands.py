"""What is held: command lines, and the surveys that they are run on.

Every file's command lines are run in a folder of their own, in which `survey` is the survey, `changed` the same with
the answers to one item passed on from journal to journal, `other` that with an id of its own, and `codebook.yaml` and
`codebook-2.yaml` the codebook and a next version.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import conformance
import odd_surveys
import pandas as pd
import yaml
from mappings import decided

from rdpscore.files import shipped
from rdpscore.published.proposal import propose

HELD = Path(__file__).parent / "held"
WORDS = "words.json"
"""What stands for the words in braces."""


def materials_science(folder: Path) -> Path:
    """The shipped survey, as a folder that may be written to."""
    return Path(shutil.copytree(shipped("data", "materials-science"), folder))


def two_publishers(folder: Path) -> Path:
    """Eight journals of two publishers."""
    return odd_surveys.publishers(folder, 8, 2)


SURVEYS: dict[str, Callable[[Path], Path]] = {
    "shipped": materials_science,
    "one-journal": odd_surveys.one_journal,
    "one-coder": odd_surveys.single_coded,
    "no-publisher": odd_surveys.no_publisher,
    "two-publishers": two_publishers,
    "conformance": conformance.write,
}
"""Name of the folder under tests/held → what writes the survey. One more line holds one more survey."""
FULL = "shipped"
"""The survey on which command lines that read none, and those that take long, are held."""


@dataclass(frozen=True)
class Held:
    """Command lines whose text stands in one file.

    Attributes
    ----------
    name : str
        Of the file: the command, and what is added to it.
    lines : tuple of str
        Without ``rdpscore``; ``{journal}`` and ``{item}`` are the ids of the first journal and of the second item.
    before : tuple of str
        Command lines that are run first and not held.
    on : tuple of str
        The surveys: one for what reads none, or asks for what the others do not have.
    quick : tuple of str
        Those on which it is held in the fast tests; on the others in the slow ones.
    narrow : bool
        Whether it is held in 80 columns, too.
    """

    name: str
    lines: tuple[str, ...]
    before: tuple[str, ...] = ()
    on: tuple[str, ...] = tuple(SURVEYS)
    quick: tuple[str, ...] = tuple(SURVEYS)
    narrow: bool = True


TEMPLATE = "template survey --coder c1"
ONE = ("two-publishers",)
"""Where what is not about results is held in the fast tests."""
EVERY = (
    Held("score", ("score survey", "score survey --scheme by-dimension --strict")),
    Held(
        "score-choices",
        (
            "score survey --compare by-dimension",
            "score survey --journals-only access_model=hybrid",
            "score survey --uncertainty coder,weights --draws 200 --seed 2",
            "score survey --uncertainty coder --draws 200 --one-reading",
        ),
        quick=ONE,
    ),
    Held("sensitivity", ("sensitivity survey --draws 100 --base 8",), quick=ONE),
    Held(
        "sensitivity-choices",
        (
            "sensitivity survey --draws 100 --base 8 --journal {journal} --weights dimension --cv 0.3",
            "sensitivity survey --draws 100 --base 8 --aggregation geometric --scheme by-dimension --seed 2 "
            "--one-reading",
            "sensitivity survey --draws 100 --base 8 --journals-only access_model=hybrid --strict",
        ),
        on=(FULL,),
        quick=(),
    ),
    Held("regress", ("regress survey --draws 999",)),
    Held(
        "regress-choices",
        (
            "regress survey --draws 999 --seed 2 --items --naive --scheme by-dimension --strict",
            "regress survey --draws 999 --item {item} --zeros half --cluster journal",
            "regress survey --draws 999 --journals-only access_model=hybrid --model score~log2(impact)",
            "regress survey --draws 999 --robust --specifications --power",
            "regress survey --draws 999 --predict",
        ),
        on=("one-coder",),
        quick=(),
    ),
    Held("regress-full", ("regress survey --draws 999 --full",), on=(FULL,), quick=(), narrow=False),
    Held("advise", ("advise {journal} survey", "advise {journal} survey --scheme by-dimension")),
    Held("validate", ("validate survey", "validate survey --strict")),
    Held("agreement", ("agreement survey", "agreement survey --full")),
    Held("agreement-difficulty", ("agreement survey --difficulty",), quick=("shipped", "one-coder")),
    Held(
        "agreement-choices",
        (
            "agreement survey --cluster policy --own-alpha --strict",
            "agreement survey --by access_model --method percentile --resamples 50 --seed 2",
            "agreement survey --journals-only access_model=hybrid --diagnosis cells.csv",
        ),
        on=(FULL,),
        quick=(),
    ),
    Held(
        "heterogeneity",
        ("heterogeneity survey", "heterogeneity survey --by access_model --scheme by-dimension"),
    ),
    Held(
        "heterogeneity-choices",
        (
            "heterogeneity survey --profiles --resamples 20 --seed 2",
            "heterogeneity survey --journals-only access_model=hybrid --strict",
        ),
        on=(FULL,),
        quick=(),
    ),
    Held(
        "figures",
        (
            "figures survey --output figures",
            "figures survey --output by --only heterogeneity --by access_model --scheme by-dimension --seed 2 "
            "--journals-only access_model=hybrid",
        ),
        on=("two-publishers",),
        quick=(),
        narrow=False,
    ),
    Held(
        "reproduce",
        ("reproduce survey", "reproduce survey --different --strict"),
        quick=("shipped", "two-publishers"),
    ),
    Held("reproduce-list", ("reproduce --list",), on=("shipped",)),
    Held(
        "compare",
        ("compare survey other --resamples 50 --seed 2", "compare survey other --resamples 0 --full"),
        quick=("shipped", "two-publishers"),
    ),
    Held(
        "compare-choices",
        (
            "compare survey other --cluster journal --resamples 50 --matches near.csv --figures pictures",
            "compare survey in-top --resamples 50 --crosswalk materials-science-to-top-2015",
        ),
        before=("codebook crosswalk materials-science-to-top-2015 --survey survey --save in-top",),
        on=(FULL,),
        quick=(),
    ),
    Held(
        "init",
        (
            "init new --codebook codebook.yaml",
            "init another --codebook materials-science --coders slots --title Another",
        ),
        quick=ONE,
    ),
    Held(
        "assign",
        (
            "assign survey --coders c1,c2,c3 --round third --double 50% --seed 2 --dry-run",
            "assign survey --coders c1,c2,c3 --round third --per-journal 2",
            "assign survey --coders c1,c2,c4 --round third --redraw",
            "assign survey --coders c1,c2,c4 --round third",
        ),
        quick=ONE,
    ),
    Held(
        "template",
        (
            f"{TEMPLATE} --layout wide --output wide.xlsx",
            f"{TEMPLATE} --same-policy --round third --output third.xlsx",
            f"{TEMPLATE} --recode --output recode.xlsx",
        ),
        quick=ONE,
    ),
    Held(
        "check",
        ("check c1.xlsx --annotate c1-checked.xlsx --strict", "check survey/codings.csv --survey survey"),
        before=(TEMPLATE,),
        quick=ONE,
    ),
    Held(
        "import",
        (
            "import survey c1.xlsx --dry-run",
            "import survey c1.xlsx --by somebody",
            "import changed c1.xlsx",
            "import changed c1.xlsx --replace",
        ),
        before=(TEMPLATE,),
        quick=ONE,
    ),
    Held(
        "import-mapping",
        (
            "import proposed --propose list.csv",
            "import made --mapping proposed/mapping.yaml list.csv",
            "import made --mapping decided/mapping.yaml list.csv --merges merges.yaml",
        ),
        on=(FULL,),
    ),
    Held("status", ("status survey",)),
    Held("names", ("names survey --dry-run", "names survey"), quick=ONE),
    Held("adjudicate", ("adjudicate survey", "adjudicate survey --blind --output blind.xlsx"), quick=ONE),
    Held(
        "migrate",
        (
            "migrate survey --to codebook-2.yaml --dry-run",
            "migrate survey --to codebook-2.yaml --recode recode.yaml",
        ),
        quick=ONE,
    ),
    Held("merge", ("merge both survey other", "merge all survey other --title Both"), quick=ONE),
    Held(
        "convert",
        ("convert cp1252.csv --output out.csv", "convert cp1252.csv --encoding cp1252 --delimiter ; --force"),
        on=(FULL,),
    ),
    Held(
        "codebook-show",
        ("codebook show survey/codebook.yaml", "codebook show materials-science --item data_fair"),
        quick=ONE,
    ),
    Held("codebook-check", ("codebook check codebook.yaml",), quick=ONE),
    Held(
        "codebook-diff",
        (
            "codebook diff codebook.yaml codebook-2.yaml",
            "codebook diff codebook.yaml codebook-2.yaml --survey survey",
        ),
        quick=ONE,
    ),
    Held(
        "codebook-crosswalk",
        (
            "codebook crosswalk materials-science-to-top-2015",
            "codebook crosswalk materials-science-to-top-2015 --survey survey --save in-top",
            "codebook crosswalk materials-science-to-top-2015 --from codebook.yaml --to top-2015",
        ),
        on=(FULL,),
    ),
    Held("codebook-schema", ("codebook schema", "codebook schema --mapping"), on=(FULL,)),
)

NOT_HELD = {"dashboard": "it serves until it is stopped"}
"""Commands without held text, and why."""
NOT_TEXT = {"--json", "--output", "--force", "--raw", "--processes", "--help"}
"""Options that are for programs, or of no influence on what is printed."""


def prepare(name: str, folder: Path) -> None:
    """Write what command lines name into a folder."""
    survey, changed, other = SURVEYS[name](folder / "survey"), folder / "changed", folder / "other"
    book = yaml.safe_load((survey / "codebook.yaml").read_text(encoding="utf-8"))
    shutil.copytree(survey, changed)
    _pass_on(changed, book["items"][0]["id"])
    shutil.copytree(changed, other)
    text = (other / "survey.yaml").read_text(encoding="utf-8")
    (other / "survey.yaml").write_text(re.sub(r"(?m)^id: .*", "id: other", text, count=1), encoding="utf-8")
    shutil.copy(survey / "codebook.yaml", folder)
    _next_version(folder, book)
    journals, codings = _read(survey / "journals.csv"), _read(survey / "codings.csv")
    wide = codings[codings["coder"] == "c1"].set_index(["journal_id", "item"])["answer"]
    wide = wide.unstack().reset_index()  # noqa: PD010
    listed = journals[["journal_id", "title", "publisher"]].merge(wide, on="journal_id")
    listed.drop(columns="journal_id").to_csv(folder / "list.csv", index=False)
    propose(folder / "decided", [folder / "list.csv"])
    decided(folder / "decided" / "mapping.yaml")
    (folder / "cp1252.csv").write_bytes("title;publisher\nAdvances – Größe;Müller\n".encode("cp1252"))
    words = {"journal": journals["journal_id"].iloc[0], "item": book["items"][1]["id"]}
    (folder / WORDS).write_text(json.dumps(words), encoding="utf-8")


def _pass_on(folder: Path, item: str) -> None:
    """The answers of each coder to an item passed on to the next journal, none adjudicated."""
    codings = _read(folder / "codings.csv")
    for _, own in codings[codings["item"] == item].groupby("coder"):
        codings.loc[own.index, "answer"] = [*own["answer"].iloc[1:], *own["answer"].iloc[:1]]
    codings.to_csv(folder / "codings.csv", index=False)
    if (folder / "adjudications.csv").exists():
        adjudications = _read(folder / "adjudications.csv")
        adjudications[adjudications["item"] != item].to_csv(folder / "adjudications.csv", index=False)


def _next_version(folder: Path, book: dict[str, Any]) -> None:
    """A codebook with a clearer question and another label, and the file that says what becomes of the answers."""
    old, first, second = book["version"], book["items"][0], book["items"][1]
    book["version"] = "2.0.0"
    first["question"] += " Look at the instructions for authors, too."
    second["options"][0]["label"] += " at all"
    (folder / "codebook-2.yaml").write_text(yaml.safe_dump(book, sort_keys=False), encoding="utf-8")
    recode = {
        "from": {"id": book["id"], "version": old},
        "to": {"id": book["id"], "version": "2.0.0"},
        "items": [{"item": second["id"], "keep_as_is": True}],
    }
    (folder / "recode.yaml").write_text(yaml.safe_dump(recode, sort_keys=False), encoding="utf-8")


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)
