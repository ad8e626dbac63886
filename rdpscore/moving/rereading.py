"""What coders must read again, or may review, after a survey moved to another codebook."""

from __future__ import annotations

from pathlib import PurePosixPath

import pandas as pd

from rdpscore.files import Folder, read_settled, read_table
from rdpscore.moving.recode import READ_AGAIN
from rdpscore.survey import Survey

MIGRATIONS = "sources/migrations"
"""Where a survey keeps what migrations replaced."""

REVIEW = "review"
TO_DISCUSS = "to_discuss"
NOTE = "read again under "
"""How the line begins that a migration leaves in the note of a coding that it made blank."""

CHANGE_COLUMNS = ["table", "journal_id", "coder", "round", "item", "to_item", "old", "new", "action"]
LIST_COLUMNS = ["journal_id", "coder", "round", "item", "why", "was"]


def recode_list(survey: Survey) -> pd.DataFrame:
    """What coders must read again, or may review, since the survey moved to its codebook.

    Returns
    -------
    DataFrame
        journal_id, coder, round, item; why: ``read_again`` (blank until it is answered) or ``review`` (the
        answer stands, and there is a new option); was: the answer before. An answer that was changed, or was
        coded after the day of the migration, counts as reviewed. Reviews are known only where the survey has
        a folder.

    Raises
    ------
    InvalidInput
        What a migration left in the folder cannot be read.
    """
    parts = [again(survey)]
    if survey.path is not None:
        parts += read_settled(survey.path, lambda folder: _reviews_kept(survey, folder))
    return pd.concat(parts, ignore_index=True).drop_duplicates(
        ["journal_id", "coder", "round", "item", "why"], ignore_index=True
    )


def again(survey: Survey) -> pd.DataFrame:
    """Codings that a migration left blank, as long as they are."""
    table = survey.codings
    line = rf"(?m)^{NOTE}[^\n]*? was '([^\n]*)'$"
    blank = (table["answer"].isna() & (table["state"] == TO_DISCUSS)).to_numpy()
    rows = table[blank & table["note"].notna().to_numpy()]
    was = rows["note"].astype(object).str.findall(line).str[-1]
    found = rows.assign(why=READ_AGAIN, was=was)[was.notna().to_numpy()]
    return found[LIST_COLUMNS].astype(object).reset_index(drop=True)


def reviews(changes: pd.DataFrame) -> pd.DataFrame:
    """The reviews that a migration asks for, in the columns of `recode_list`."""
    listed = changes.assign(item=changes["to_item"], why=REVIEW, was=changes["new"])
    return listed[LIST_COLUMNS].astype(object).reset_index(drop=True)


def _reviews_kept(survey: Survey, folder: Folder) -> list[pd.DataFrame]:
    """The open reviews of every migration of which the folder keeps what it changed."""
    lists = [PurePosixPath(name) for name in folder.under(MIGRATIONS) if name.endswith("/recode.csv")]
    return [_open_reviews(survey, folder, name) for name in lists if str(name.parents[1]) == MIGRATIONS]


def _open_reviews(survey: Survey, folder: Folder, name: PurePosixPath) -> pd.DataFrame:
    """Reviews that a migration asked for, if the survey still has their items and answers."""
    path, frame = folder.find(str(name)), None
    if path is not None:
        frame, problems = read_table(path, required=CHANGE_COLUMNS, label=str(name))
        problems.raise_errors()
    if frame is None:
        return pd.DataFrame(columns=LIST_COLUMNS)
    listed = reviews(frame[frame["action"] == REVIEW])
    key = ["journal_id", "coder", "round", "item"]
    now = survey.codings[[*key, "answer", "coded_on"]].astype(object)
    both = listed.merge(now, on=key, how="left")
    later = (both["coded_on"].fillna("") > name.parent.name[:10]).to_numpy()
    still = (both["answer"] == both["was"]).to_numpy() & ~later
    return listed[still]
