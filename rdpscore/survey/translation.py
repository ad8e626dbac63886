"""A survey in terms of another codebook, through a crosswalk; what is lost on the way is counted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.codebook import Codebook
from rdpscore.codebook.crosswalk import NO_COUNTERPART, Crosswalk, option_table
from rdpscore.problems import Problems
from rdpscore.results import Result, records, versions
from rdpscore.survey.meta import CodebookRef
from rdpscore.survey.model import Survey
from rdpscore.survey.records import MISSING, applicable

Options = npt.NDArray[np.int16]
RULE = "rule"
"""Mode of adjudications that a crosswalk makes."""


def translate_options(crosswalk: Crosswalk, source: Codebook, target: Codebook, option: Options) -> Options:
    """Answers under one codebook as answers under another.

    Parameters
    ----------
    crosswalk : Crosswalk
        Checked against both codebooks.
    source, target : Codebook
    option : int16 array, shape (n_rows, n_source_items)
        As `Records.option` or `Resolved.option`.

    Returns
    -------
    int16 array, shape (n_rows, n_target_items)
        `MISSING` where missing answers would decide or where the item has no counterpart at all;
        `rdpscore.codebook.crosswalk.NO_COUNTERPART` where the rules say that these answers have none.

    Notes
    -----
    An ordinal item that does not apply and has no answer counts as its lowest option, which is "nothing there":
    a journal without a policy demands nothing under the other codebook either.
    """
    known = np.maximum(option, np.int16(MISSING))
    ordinal = np.array([i.level == "ordinal" and i.closed for i in source.items])
    known = np.where((known == MISSING) & ~applicable(source, option) & ordinal, np.int16(0), known)
    out = np.full((len(option), len(target.items)), MISSING, np.int16)
    for derived in crosswalk.items:
        columns = [known[:, source.item_ids.index(s)] for s in derived.sources]
        table = option_table(derived, source, target)
        out[:, target.item_ids.index(derived.item)] = table[tuple(columns)] if columns else table
    return out


@dataclass(frozen=True)
class Translation(Result):
    """A survey under another codebook; see `translate`.

    Attributes
    ----------
    crosswalk : Crosswalk
    survey : Survey
        The view: answers of coders where the crosswalk tells them, and adjudications where the answers that were
        adopted lead elsewhere than those of the coders.
    option : int16 array, shape (n_journals, n_items)
        The resolved answers, translated; what counts where the view's own resolution differs.
    items : DataFrame
        One row a closed item of the target: item, title, derived (whether the crosswalk speaks of it), and of journals
        (``n_``) and of coders' records (``coded_``): answered (the source answers something that the rules look at),
        told, no_counterpart, undetermined.
    lost : DataFrame
        One row an item of the source that nothing is told from: item, title, note, n_journals and n_codings with an
        answer.
    """

    crosswalk: Crosswalk
    survey: Survey = field(repr=False)
    option: Options = field(repr=False)
    items: pd.DataFrame = field(repr=False)
    lost: pd.DataFrame = field(repr=False)

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"items": self.items, "lost": self.lost}

    def body(self) -> Any:
        return {
            "crosswalk": self.crosswalk.id,
            "title": self.crosswalk.title,
            "note": self.crosswalk.note,
            "items": records(self.items),
            "lost": records(self.lost),
        }


def translate(
    survey: Survey, crosswalk: Crosswalk, target: Codebook, problems: Problems | None = None
) -> Translation:
    """A survey in terms of another codebook.

    Parameters
    ----------
    survey : Survey
    crosswalk : Crosswalk
        From the survey's codebook to `target`, checked against both.
    target : Codebook
    problems : Problems, optional
        On the crosswalk, such as another version of a codebook.

    Returns
    -------
    Translation

    Examples
    --------
    >>> import rdpscore
    >>> from rdpscore.codebook import load_codebook
    >>> from rdpscore.codebook.crosswalk_store import load_crosswalk
    >>> found = translate(rdpscore.load(), load_crosswalk("materials-science-to-top-2015"), load_codebook("top-2015"))
    >>> int(found.items.set_index("item").loc["data_transparency", "n_told"])
    171
    """
    source, recs = survey.codebook, survey.records
    resolved = translate_options(crosswalk, source, target, survey.resolved.option)
    coded = translate_options(crosswalk, source, target, recs.option)
    told = np.maximum(resolved, np.int16(MISSING))
    settings = {
        **survey.settings,
        "crosswalk": crosswalk.id,
        "to": {"id": target.id, "version": target.version, "hashes": target.hashes.model_dump()},
        "versions": versions(),
    }
    return Translation(
        settings,
        problems or Problems(),
        crosswalk,
        _view(survey, crosswalk, target, told, np.maximum(coded, np.int16(MISSING))),
        told,
        _items(survey, crosswalk, target, resolved, coded),
        _lost(survey, crosswalk),
    )


def _view(
    survey: Survey, crosswalk: Crosswalk, target: Codebook, resolved: Options, coded: Options
) -> Survey:
    silent = [s.item for s in crosswalk.no_counterpart.target]
    meta = survey.meta.model_copy(
        update={
            "id": f"{survey.meta.id}-in-{target.id}",
            "title": f"{survey.meta.title}, in terms of {target.id}",
            "codebook": CodebookRef(id=target.id, version=target.version, hashes=target.hashes),
            "not_recorded": ["evidence", "source_url", *silent],
        }
    )
    view = Survey.from_frames(
        target,
        survey.journals.reset_index(drop=True),
        _codings(survey, target, coded),
        meta=meta,
        policies=survey.policies,
    )
    adopted = resolved != view.resolved.option
    journal, item = np.nonzero(adopted & (resolved >= 0))
    rows = pd.DataFrame(
        {
            "journal_id": survey.journal_ids[journal],
            "item": np.array(target.item_ids, object)[item],
            "answer": _codes(target, resolved, journal, item),
            "mode": RULE,
            "note": f"by the crosswalk {crosswalk.id} from the answers that were adopted",
        }
    )
    return Survey.from_frames(
        target,
        survey.journals.reset_index(drop=True),
        view.codings.reset_index(drop=True),
        rows,
        meta=meta,
        policies=survey.policies,
    )


def _codings(survey: Survey, target: Codebook, coded: Options) -> pd.DataFrame:
    """One row a record and item that the crosswalk tells."""
    recs = survey.records
    record, item = np.nonzero((coded >= 0) & (recs.journal >= 0)[:, None])
    begin = recs.begin[record]
    columns = {
        "journal_id": np.asarray(survey.journal_ids[recs.journal[record]], object),
        "coder": np.array(recs.coders, object)[recs.coder[record]],
        "item": np.array(target.item_ids, object)[item],
        "answer": _codes(target, coded, record, item),
        "round": np.array(recs.rounds, object)[recs.round[record]],
    }
    for name in ("coded_on", "reading_id"):
        columns[name] = survey.codings[name].astype(object).to_numpy()[begin]
    return pd.DataFrame(columns)


def _codes(
    book: Codebook, option: Options, row: npt.NDArray[np.intp], item: npt.NDArray[np.intp]
) -> npt.NDArray[np.object_]:
    width = max(len(i.codes) for i in book.items)
    codes = np.array([[*i.codes, *[""] * (width - len(i.codes))] for i in book.items], object)
    return np.asarray(codes[item, option[row, item]], object)


def _items(
    survey: Survey, crosswalk: Crosswalk, target: Codebook, resolved: Options, coded: Options
) -> pd.DataFrame:
    derived = {d.item: d for d in crosswalk.items}
    rows = []
    for item in target.closed_items:
        row: dict[str, Any] = {"item": item.id, "title": item.title, "derived": item.id in derived}
        place = target.item_ids.index(item.id)
        sources = derived[item.id].sources if item.id in derived else ()
        looked = [survey.codebook.item_ids.index(s) for s in sources]
        for prefix, before, after in (
            ("n", survey.resolved.option, resolved[:, place]),
            ("coded", survey.records.option, coded[:, place]),
        ):
            answered = (before[:, looked] >= 0).any(axis=1)
            row |= {
                f"{prefix}_answered": int(answered.sum()),
                f"{prefix}_told": int((after >= 0).sum()),
                f"{prefix}_no_counterpart": int((answered & (after == NO_COUNTERPART)).sum()),
                f"{prefix}_undetermined": int((answered & (after == MISSING)).sum()),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def _lost(survey: Survey, crosswalk: Crosswalk) -> pd.DataFrame:
    rows = []
    for silent in crosswalk.no_counterpart.source:
        place = survey.codebook.item_ids.index(silent.item)
        rows.append(
            {
                "item": silent.item,
                "title": survey.codebook.item(silent.item).title,
                "note": silent.note,
                "n_journals": int((survey.resolved.option[:, place] >= 0).sum()),
                "n_codings": int((survey.records.option[:, place] >= 0).sum()),
            }
        )
    return pd.DataFrame(rows, columns=["item", "title", "note", "n_journals", "n_codings"])
