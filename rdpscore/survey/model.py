"""A survey: its description, the codebook it was made under, and its tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from rdpscore.arguments import of_kind
from rdpscore.codebook import Codebook
from rdpscore.files import is_there
from rdpscore.files.tables import text_series
from rdpscore.problems import Absent, suggestion
from rdpscore.results import HandsOutCopies
from rdpscore.survey.meta import KNOWN_ATTRIBUTES, Attribute, CodebookRef, SurveyMeta
from rdpscore.survey.records import (
    MISSING,
    Records,
    Resolved,
    answer_positions,
    as_options,
    distinct_answers,
    make_records,
    make_resolved,
    positions,
    sealed,
)
from rdpscore.survey.spellings import Spellings
from rdpscore.survey.tables import SPECS, conform


@dataclass(frozen=True, eq=False)
class Survey(HandsOutCopies):
    """A survey. Make one with `load` or `Survey.from_frames`, another of it with `dataclasses.replace`.

    It does not change. Its tables are handed out as copies, so that changing one in place changes nothing here;
    ``replace(survey, journals=frame)`` makes the survey that has the changed one, and reads the frame as `conform`
    says.

    Attributes
    ----------
    meta : SurveyMeta
        ``survey.yaml``.
    codebook : Codebook
        The very codebook that the survey was made under.
    journals, codings, adjudications : DataFrame
        The tables, text with missing cells. The index is the row in the file, counted as a spreadsheet does.
    policies, assignments, searches, decisions, corrections : DataFrame or None
        Optional tables.
    path : Path or None
        The folder it was loaded from.
    journals_only : mapping or None
        What the journals were chosen by, where they are not all of the folder's; see `rdpscore.survey.subsets`.
    spellings : Spellings or None
        ``names.yaml``, which was applied when the survey was loaded.
    """

    meta: SurveyMeta
    codebook: Codebook
    journals: pd.DataFrame
    codings: pd.DataFrame
    adjudications: pd.DataFrame
    policies: pd.DataFrame | None = None
    assignments: pd.DataFrame | None = None
    searches: pd.DataFrame | None = None
    decisions: pd.DataFrame | None = None
    corrections: pd.DataFrame | None = None
    path: Path | None = None
    journals_only: Mapping[str, Any] | None = None
    spellings: Spellings | None = None

    def __post_init__(self) -> None:
        of_kind(self.meta, SurveyMeta, "meta")
        of_kind(self.codebook, Codebook, "codebook")
        for name, spec in SPECS.items():
            frame = vars(self)[name]
            if frame is None and name == "adjudications":
                frame = pd.DataFrame(columns=list(spec.required), dtype=object)
            if frame is not None or spec.needed:
                object.__setattr__(self, name, conform(frame, spec))

    @classmethod
    def from_frames(
        cls,
        codebook: Codebook,
        journals: pd.DataFrame,
        codings: pd.DataFrame,
        adjudications: pd.DataFrame | None = None,
        *,
        meta: SurveyMeta | None = None,
        **tables: Any,
    ) -> Survey:
        """A survey from frames, for example of another program's data.

        Parameters
        ----------
        codebook : Codebook
        journals, codings, adjudications : DataFrame
            Columns as in the files; optional ones may be absent. Cells are read as `conform` says: a coder's 1.0
            is the code ``1``. Rows are numbered anew.
        meta : SurveyMeta, optional
            Without it the survey is named after its codebook and its coders are persons.
        **tables
            ``policies``, ``assignments``, ``searches``, ``decisions``, ``corrections``.

        Raises
        ------
        TypeError
            An argument is of another kind, or a table has a name that there is not.
        Absent
            A required column is absent; a KeyError and a ValueError.
        ValueError
            A column stands twice, or a cell holds a list.
        """
        of_kind(codebook, Codebook, "codebook")
        given = {"journals": journals, "codings": codings, "adjudications": adjudications, **tables}
        for name in given.keys() - SPECS.keys():
            raise TypeError(
                f"there is no table '{name}'{suggestion(name, SPECS)}; there are {', '.join(SPECS)}"
            )
        if meta is None:
            ref = CodebookRef(id=codebook.id, version=codebook.version, hashes=codebook.hashes)
            meta = SurveyMeta(format=1, id=codebook.id, title=codebook.title, codebook=ref)
        ready: dict[str, Any] = {
            name: conform(frame, SPECS[name], renumber=True)
            for name, frame in given.items()
            if frame is not None
        }
        ready.setdefault("adjudications", None)
        return cls(meta=meta, codebook=codebook, **ready)

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Name → table, those that are there."""
        return {name: frame for name in SPECS if (frame := getattr(self, name)) is not None}

    def file(self, table: str) -> str:
        """File name of a table, for problems."""
        if self.path is not None and is_there(self.path, f"{table}.parquet"):
            return f"{table}.parquet"
        return f"{table}.csv"

    @cached_property
    def journal_ids(self) -> pd.Index[Any]:
        """Ids of the journals, in the order of the table, each once."""
        ids: list[str] = self.journals["journal_id"].dropna().unique().tolist()
        return pd.Index(ids, dtype=object)

    @cached_property
    def journal_of(self) -> dict[str, npt.NDArray[np.int32]]:
        """Table → position in `journal_ids` of the journal of each row, −1 where it is blank or unknown."""
        return {
            name: sealed(positions(frame["journal_id"], self.journal_ids))
            for name, frame in self.tables.items()
            if "journal_id" in SPECS[name].required and name != "journals"
        }

    @cached_property
    def records(self) -> Records:
        """The codings as integers; see `Records`."""
        return make_records(self)

    @cached_property
    def adopted_row(self) -> npt.NDArray[np.int32]:
        """Position in `adjudications` for each journal and item, −1 where there is none."""
        journal = self.journal_of["adjudications"]
        item = positions(self.adjudications["item"], pd.Index(self.codebook.item_ids))
        out = np.full((len(self.journal_ids), len(self.codebook.items)), -1, np.int32)
        known = np.flatnonzero((journal >= 0) & (item >= 0))
        out[journal[known], item[known]] = known
        return sealed(out)

    @cached_property
    def distinct_answers(self) -> tuple[tuple[str, ...], ...]:
        """Item → the answers to it, each once; see `rdpscore.survey.records.distinct_answers`."""
        ids = pd.Index(self.codebook.item_ids)
        tables = (self.codings, self.adjudications)
        return distinct_answers(self.codebook, *((positions(t["item"], ids), t["answer"]) for t in tables))

    @cached_property
    def adopted_answer(self) -> npt.NDArray[np.int32]:
        """The adjudicated answers as in `Records.answer`, shape (n_journals, n_items)."""
        table = self.adjudications
        item = positions(table["item"], pd.Index(self.codebook.item_ids))
        answer = answer_positions(self.codebook, self.distinct_answers, item, table["answer"])
        return sealed(np.append(answer, np.int32(MISSING))[self.adopted_row])

    @cached_property
    def adopted(self) -> npt.NDArray[np.int16]:
        """The adjudicated options as in `Records.option`, shape (n_journals, n_items)."""
        return sealed(as_options(self.codebook, self.adopted_answer))

    @cached_property
    def resolved(self) -> Resolved:
        """The answers that count; see `Resolved`."""
        return make_resolved(self)

    @cached_property
    def resolved_answers(self) -> npt.NDArray[np.object_]:
        """The answers that count as in ``codings.csv``, shape (n_journals, n_items); None where there is none.

        `Item.says` gives the words of each.
        """
        return self.spelled(self.resolved.answer)

    def spelled(self, answer: npt.NDArray[np.int32]) -> npt.NDArray[np.object_]:
        """Answers by their positions (`Records.answer`, the items along the last axis) as in ``codings.csv``."""
        columns = [
            np.array([*a, None, None], object) for a in self.distinct_answers
        ]  # −1 and −2 are the last two
        out = np.empty(answer.shape, object)
        for i, texts in enumerate(columns):
            out[..., i] = texts[answer[..., i]]
        return out

    def attribute(self, name: str) -> pd.Series:
        """A column of the journals in its own type, indexed by journal_id.

        Numbers become float, whole numbers nullable integers (floats where one has more than 64 bits), booleans
        nullable booleans; all else stays text.

        Raises
        ------
        KeyError
            If there is no such column; also a ValueError that names the nearest.
        """
        if name not in self.journals.columns:
            raise Absent(f"journals.csv has no column '{name}'{suggestion(str(name), self.journals.columns)}")
        column = self.journals[name].astype(object)
        spec = self.attribute_spec(name)
        index = pd.Index(self.journals["journal_id"].astype(object), name="journal_id")
        if spec is not None and spec.kind in ("number", "integer"):
            numbers = pd.to_numeric(column, errors="coerce").to_numpy(float)
            if spec.kind == "integer" and (whole := _whole(column, numbers)) is not None:
                return pd.Series(whole, index, name=name)
            return pd.Series(numbers, index, name=name)
        if spec is not None and spec.kind == "boolean":
            truth = [{"true": True, "false": False}.get(str(v).casefold()) for v in column]
            return pd.Series(pd.array(truth, dtype="boolean"), index, name=name)
        return text_series([None if pd.isna(v) else str(v) for v in column], index).rename(name)

    def attribute_spec(self, name: str) -> Attribute | None:
        """What a column of the journals may hold, as far as it is declared."""
        return self.meta.attributes.get(name) or KNOWN_ATTRIBUTES.get(name)

    @property
    def settings(self) -> dict[str, Any]:
        """What identifies the survey and its codebook in a result."""
        found: dict[str, Any] = {
            "survey": self.meta.id,
            "codebook": {
                "id": self.codebook.id,
                "version": self.codebook.version,
                "hashes": self.codebook.hashes.model_dump(),
            },
        }
        if self.spellings is not None and (joined := self.spellings.counts()):
            found["names"] = joined
        return found if self.journals_only is None else found | {"journals_only": dict(self.journals_only)}


def _whole(texts: pd.Series, numbers: npt.NDArray[np.float64]) -> pd.api.extensions.ExtensionArray | None:
    """Numbers as nullable integers; None where one is no whole number of 64 bits, which validation tells."""
    known = np.isfinite(numbers)
    if (np.abs(numbers[known]) >= 2.0**63).any() or (numbers[known] % 1 != 0).any():
        return None
    pairs = zip(texts[known].astype(str), numbers[known], strict=True)
    exact = [int(t) if t.strip().lstrip("+-").isdecimal() else int(n) for t, n in pairs]
    out = np.zeros(len(numbers), np.int64)
    out[known] = exact
    return pd.arrays.IntegerArray(out, ~known)
