"""Two surveys of the same journals as tables of pairs, and as the codings of two coders."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.agreement.counted import Options as AgreementOptions
from rdpscore.agreement.report import AgreementResult, measure
from rdpscore.comparing import moved
from rdpscore.comparing.terms import Terms
from rdpscore.problems import Problems
from rdpscore.survey import CodebookRef, Survey, SurveyMeta


def journals_of(survey: Survey) -> pd.DataFrame:
    """journal_id, title, publisher in the order of `Survey.journal_ids`."""
    table = survey.journals
    once = (table["journal_id"].notna() & ~table["journal_id"].duplicated()).to_numpy()
    frame = table.loc[once, ["journal_id", "title", "publisher"]].astype(object)
    return frame.where(frame.notna(), None).reset_index(drop=True)


def beside(
    frames: tuple[pd.DataFrame, ...], a: npt.NDArray[np.intp], b: npt.NDArray[np.intp]
) -> pd.DataFrame:
    """Id, title and publisher of the journals at some places of two surveys, one row a pair."""
    columns = {}
    for end, frame, where in (("a", frames[0], a), ("b", frames[1], b)):
        for name, column in (("journal", "journal_id"), ("title", "title"), ("publisher", "publisher")):
            columns[f"{name}_{end}"] = frame[column].to_numpy(object)[where]
    return pd.DataFrame(columns)


def changes(
    terms: Terms, found: pd.DataFrame, matches: pd.DataFrame, publisher: npt.NDArray[np.object_]
) -> pd.DataFrame:
    """One row a cell of `rdpscore.comparing.moved.cells` in which the surveys differ."""
    differ = found[found["direction"] != moved.SAME]
    items = terms.codebook.items
    pair = differ["pair"].to_numpy()
    return pd.DataFrame(
        {
            "journal_a": matches["journal_a"].to_numpy(object)[pair],
            "journal_b": matches["journal_b"].to_numpy(object)[pair],
            "title": matches["title_a"].to_numpy(object)[pair],
            "publisher": publisher[pair],
            "item": [items[k].id for k in differ["item"]],
            "a": [items[k].codes[x] for k, x in zip(differ["item"], differ["a"], strict=True)],
            "b": [items[k].codes[y] for k, y in zip(differ["item"], differ["b"], strict=True)],
            "direction": differ["direction"].to_numpy(object),
            "shift": differ["shift"].to_numpy(),
        }
    )


def agreement_of_two(
    terms: Terms,
    answers: tuple[npt.NDArray[np.int16], npt.NDArray[np.int16]],
    matches: pd.DataFrame,
    publisher: npt.NDArray[np.object_],
    survey: Survey,
    where: npt.NDArray[np.intp],
    coders: tuple[str, str],
    options: AgreementOptions,
) -> AgreementResult:
    """The agreement of both surveys' answers, as a survey of two coders."""
    book = terms.codebook
    journals = matches[["journal_a", "title_a"]].set_axis(["journal_id", "title"], axis=1)
    journals = journals.assign(publisher=publisher)
    if "policy_id" in survey.journals:
        policy = survey.journals.drop_duplicates("journal_id")["policy_id"].astype(object)
        journals["policy_id"] = policy.to_numpy()[where]
    parts = []
    for coder, option in zip(coders, answers, strict=True):
        row, item = np.nonzero(option >= 0)
        codes = [book.items[k].codes[o] for k, o in zip(item, option[row, item], strict=True)]
        ids = np.array(book.item_ids, object)[item]
        journal = journals["journal_id"].to_numpy(object)[row]
        parts.append(pd.DataFrame({"journal_id": journal, "coder": coder, "item": ids, "answer": codes}))
    ref = CodebookRef(id=book.id, version=book.version)
    meta = SurveyMeta(format=1, id="comparison", title=" and ".join(coders), codebook=ref)
    two = Survey.from_frames(book, journals, pd.concat(parts, ignore_index=True), meta=meta)
    return measure(two, Problems(), options)
