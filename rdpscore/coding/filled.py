"""Filled workbooks and CSV files into a survey: all or nothing, once, and nothing replaced unasked."""

from __future__ import annotations

import csv
import datetime
import getpass
import hashlib
import io
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from rdpscore.coding.check import content_problems
from rdpscore.coding.read import Filled, read_filled
from rdpscore.coding.sheet_plan import FIELDS, SEARCH_FIELDS
from rdpscore.files import Folder, commit, fitting, read_plain
from rdpscore.files.plain import MAX_SOURCE
from rdpscore.problems import Batch, Problems, suggestion
from rdpscore.readers import convert_together
from rdpscore.readers.container import MAX_FILE
from rdpscore.results import Result, versions
from rdpscore.survey import MAIN, SPECS, Survey, load
from rdpscore.survey.store import file_changes
from rdpscore.survey.tables import conform
from rdpscore.validation import check
from rdpscore.words import meant

LOG = "sources/log.csv"
LOG_COLUMNS = ("imported_at", "imported_by", "file", "sha256", "kind", "added", "completed", "replaced")


@dataclass(frozen=True)
class Counts:
    """What an import does to one table.

    Attributes
    ----------
    added : int
        New rows.
    completed : int
        Rows that were there and got something that was blank, or another note or passage.
    replaced : int
        Rows whose answer was replaced.
    unchanged : int
        Rows that said the same already.
    """

    added: int = 0
    completed: int = 0
    replaced: int = 0
    unchanged: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(getattr(self, f) + getattr(other, f) for f in ("added", "completed", "replaced", "unchanged"))
        )


@dataclass(frozen=True)
class Merge:
    """A survey with files merged in, before anything is written.

    Attributes
    ----------
    survey : Survey
    counts : dict
        File → what it does.
    replaced : dict
        Table → the rows as they were before, where something in them changed.
    """

    survey: Survey
    counts: dict[str, Counts]
    replaced: dict[str, pd.DataFrame]


@dataclass(frozen=True)
class ImportResult(Result):
    """What an import did; see `import_files`.

    Attributes
    ----------
    counts : dict
        File → `Counts`.
    written : bool
        False where nothing was new, or for a dry run.
    """

    counts: dict[str, Counts]
    written: bool

    def tables(self) -> dict[str, pd.DataFrame]:
        return {"files": pd.DataFrame([{"file": n, **vars(c)} for n, c in self.counts.items()])}

    def body(self) -> Any:
        return {"written": self.written, "files": {n: vars(c) for n, c in self.counts.items()}}


def import_files(
    survey: str | Path,
    files: Sequence[str | Path],
    *,
    replace_answers: bool = False,
    dry_run: bool = False,
    imported_by: str | None = None,
) -> ImportResult:
    """Import coders' and adjudicators' files into a survey's folder.

    All files or none. A file that was imported before changes nothing. An answer that contradicts the survey
    is refused unless `replace_answers`; the old row is then kept under ``sources/`` and its adjudication marked
    stale. The files themselves are kept under ``sources/`` by their hash, with a log.

    Parameters
    ----------
    survey : str or Path
        The folder.
    files : sequence of str or Path
    replace_answers : bool
    dry_run : bool
        Tell what would happen, write nothing.
    imported_by : str, optional
        For the log; the user's name on this machine without.

    Raises
    ------
    InvalidInput
        With all problems of all files; the folder is as it was.
    """
    folder = Path(survey)
    filled, problems = _read_all(folder, files)
    problems.raise_errors()

    outcome: list[tuple[Survey, Merge, Problems, bool]] = []

    def changes() -> dict[str, bytes | None]:
        current = load(folder)
        check(current).raise_errors()
        merge, found = merge_files(
            current, filled, replace_answers=replace_answers, seen=_kept_before(folder, filled)
        )
        (problems + found).raise_errors()
        check(merge.survey).raise_errors()
        files = _changes(current, merge, filled, imported_by or user_name())
        outcome.append((current, merge, problems + found, bool(files)))
        return files

    if dry_run:
        changes()
    else:
        commit(folder, changes)
    current, merge, found, new = outcome[0]
    settings = {**current.settings, "replace": replace_answers, "dry_run": dry_run, "versions": versions()}
    return ImportResult(settings, found, merge.counts, new and not dry_run)


def _read_all(folder: Path, files: Sequence[str | Path]) -> tuple[list[Filled], Problems]:
    survey = load(folder)
    problems = Problems()
    filled: list[Filled] = []
    paths = list(dict.fromkeys(Path(f) for f in files))
    shared = Counter(p.name for p in paths)
    made = _converted(paths)
    for path in paths:
        one, found = read_filled(path, survey, path.name if shared[path.name] == 1 else str(path), made)
        problems += found
        if one is not None:
            problems = problems + content_problems(one, found) + _belongs(one, survey)
            filled.append(one)
    return filled, problems


def _converted(paths: Sequence[Path]) -> dict[str, bytes]:
    """Of several files those that another program has to convert, in one start of it."""

    def contents() -> Iterator[bytes]:
        for path in (p for p in paths if p.is_file()):  # a pipe is read once
            with suppress(OSError):  # told when the file is read
                yield read_plain(path, MAX_FILE)

    return convert_together(contents()) if len(paths) > 1 else {}


def _belongs(filled: Filled, survey: Survey) -> Problems:
    """A file must be of this survey, its codebook and its journals."""
    batches: list[Batch] = []
    if filled.survey != survey.meta.id:
        batches.append(
            Batch("other_survey", filled.name, fields={"value": filled.survey, "expected": survey.meta.id})
        )
    ours, theirs = survey.codebook.hashes.coding, filled.codebook.hashes.coding
    if ours != theirs:
        batches.append(Batch("other_codebook", filled.name, fields={"value": theirs, "expected": ours}))
    known = set(survey.journal_ids)
    first: dict[str, Mapping[str, str]] = {}
    for frame, places in (
        (filled.codings, filled.places),
        (filled.adjudications, filled.adjudication_places),
    ):
        for journal, place in zip(frame["journal_id"], places, strict=True):
            first.setdefault(journal, place)
    # a CSV's journals are the survey's: its unknown ones are told of by the rules
    for journal in [j for j in filled.journals["journal_id"] if j in first and j not in known]:
        fields = {"value": journal, "journal": journal, "nearest": suggestion(journal, known)}
        place = first[journal]
        batches.append(
            Batch("unknown_journal", filled.name, [int(place["row"])], cells=[place["answer"]], fields=fields)
        )
    return Problems.of(batches)


def user_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name is known where a container runs under a bare number
        return "unknown"


# Merging: pure ------------------------------------------------------------------------------------------


def merge_files(
    survey: Survey,
    filled: Sequence[Filled],
    *,
    replace_answers: bool = False,
    seen: Collection[str] = (),
) -> tuple[Merge, Problems]:
    """Merge files into a survey's tables.

    Parameters
    ----------
    survey : Survey
    filled : sequence of Filled
    replace_answers : bool
        Take answers that contradict the survey.
    seen : collection of str
        Names of files that were imported before: what they say confirms nothing that became stale since.

    Returns
    -------
    merge : Merge
    problems : Problems
        Contradictions, each with its cell.
    """
    today = datetime.date.today().isoformat()
    counts = {f.name: Counts() for f in filled}
    codings = _Table(survey.codings, "codings", tuple(FIELDS), "answer", replace_answers)
    fields = tuple(f for f in ("answer", "reason", "mode", "adjudicated_by", "adjudicated_on", "note"))
    adjudications = _Table(survey.adjudications, "adjudications", fields, "answer", replace_answers)
    searches = _Table(survey.searches, "searches", tuple(SEARCH_FIELDS), None, replace_answers)
    for file in filled:
        for table, frame, places in (
            (codings, file.codings, file.places),
            (adjudications, file.adjudications, file.adjudication_places),
            (searches, file.searches, ()),
        ):
            counts[file.name] += table.merge(frame, file.name, places, fresh=file.name not in seen)
    for key in codings.answers_replaced & adjudications.rows.keys():
        if not adjudications.rows[key].get("stale"):
            adjudications.touch(key)["stale"] = f"answers replaced on {today}"
    decisions = _decisions(survey, filled)
    merged = replace(
        survey,
        codings=codings.frame(),
        adjudications=adjudications.frame(),
        searches=searches.frame() if len(searches.rows) else survey.searches,
        decisions=decisions,
    )
    replaced = {t.name: t.before() for t in (codings, adjudications, searches) if t.old}
    problems = Problems.of([*codings.faults, *adjudications.faults])
    return Merge(merged, counts, replaced), problems


Key = tuple[str, ...]


class _Table:
    """A table while files are merged into it: rows by key, in order, with what they were before."""

    def __init__(
        self,
        table: pd.DataFrame | None,
        name: str,
        fields: tuple[str, ...],
        decisive: str | None,
        replace_answers: bool,
    ) -> None:
        self.name, self.spec, self.fields, self.decisive = name, SPECS[name], fields, decisive
        self.replace_answers = replace_answers
        text = None if table is None else table.astype(object).where(table.notna(), "")
        self.columns = list(self.spec.columns) if text is None else list(text.columns)
        self.rows: dict[Key, dict[str, str]] = {}
        if text is not None:
            for row in text.to_dict("records"):
                self.rows[self._key(row)] = {str(k): v for k, v in row.items()}
        self.source: dict[Key, str] = {}
        self.old: dict[Key, dict[str, str]] = {}
        self.faults: list[Batch] = []
        self.answers_replaced: set[Key] = set()

    def _key(self, row: Any) -> Key:
        return tuple(str(row[c]) for c in self.spec.key)

    def touch(self, key: Key) -> dict[str, str]:
        """The row to change; what it was is kept once."""
        self.old.setdefault(key, dict(self.rows[key]))
        return self.rows[key]

    def merge(self, frame: pd.DataFrame, file: str, places: Sequence[Any], *, fresh: bool = True) -> Counts:
        added = completed = replaced = unchanged = 0
        for n, row in enumerate(frame.to_dict("records")):
            key = self._key(row)
            there = self.rows.get(key)
            if there is None:
                self.rows[key] = {c: row.get(c, "") for c in self.columns} | {
                    str(k): v for k, v in row.items()
                }
                self.source[key] = file
                added += 1
                continue
            differing = [f for f in (*self.fields, "reading_id") if row.get(f) and row[f] != there.get(f, "")]
            if not fresh and not self.replace_answers:  # it may be older than what the survey says
                differing = [f for f in differing if f == self.decisive or not there.get(f)]
            confirmed = self.name == "adjudications" and bool(there.get("stale")) and fresh
            if not differing and not confirmed:
                self.source.setdefault(key, file)
                unchanged += 1
            elif self._contradicts(key, row, there, file, fresh):
                self._refuse(key, row, there, file, places[n] if n < len(places) else {})
            else:
                decisive = self.decisive in differing and bool(there.get(self.decisive or "", ""))
                target = self.touch(key)
                target.update({f: row[f] for f in differing})
                if confirmed or (decisive and self.name == "adjudications"):
                    target["stale"] = ""
                self.source[key] = file
                replaced += decisive
                completed += not decisive
                if decisive and self.name == "codings" and key[2] == MAIN:
                    self.answers_replaced.add((key[0], key[3]))
        return Counts(added, completed, replaced, unchanged)

    def _contradicts(self, key: Key, row: Any, there: dict[str, str], file: str, fresh: bool) -> bool:
        """Another answer than the survey's, unless that may be replaced; never another than another file's."""
        if self.decisive is None or not row.get(self.decisive) or not there.get(self.decisive):
            return False
        if row[self.decisive] == there[self.decisive]:
            return False
        if self.source.get(key, file) != file:
            return True
        return not self.replace_answers and not (there.get("stale") and fresh)

    def _refuse(self, key: Key, row: Any, there: dict[str, str], file: str, place: Any) -> None:
        where = self.source.get(key, "the survey")
        names = dict(zip(self.spec.key, key, strict=True))
        cell = place.get("answer")
        self.faults.append(
            Batch(
                "contradicting_answer",
                file,
                [int(place.get("row", 0))],
                cells=[cell] if cell else None,
                fields={
                    "journal": names["journal_id"],
                    "item": names["item"],
                    "coder": names.get("coder", "adjudication"),
                    "column": self.decisive,
                    "value": row[self.decisive],
                    "expected": there[self.decisive or ""],
                    "where": where,
                },
            )
        )

    def frame(self) -> pd.DataFrame:
        return _conformed(self.rows.values(), self.columns, self.name)

    def before(self) -> pd.DataFrame:
        """The rows that changed, as they were."""
        return pd.DataFrame(list(self.old.values()), columns=self.columns, dtype=object)


def _conformed(rows: Iterable[dict[str, str]], columns: Sequence[str], name: str) -> pd.DataFrame:
    names = list(dict.fromkeys([*columns, *SPECS[name].columns]))
    frame = pd.DataFrame(list(rows), columns=names, dtype=object)
    frame = frame.where((frame != "") & frame.notna(), None)
    return conform(frame.set_axis(pd.RangeIndex(2, len(frame) + 2), axis=0), SPECS[name])


def _decisions(survey: Survey, filled: Sequence[Filled]) -> pd.DataFrame | None:
    """The survey's rulings and the new ones, each once."""
    new = [r for f in filled for r in f.decisions.to_dict("records")]
    if not new:
        return survey.decisions
    table = survey.decisions
    text = [] if table is None else table.astype(object).where(table.notna(), "").to_dict("records")
    columns = list(SPECS["decisions"].columns) if table is None else [str(c) for c in table.columns]
    seen = {(r["item"], r.get("ruling", "")) for r in text}
    for row in new:
        if (row["item"], row["ruling"]) not in seen:
            seen.add((row["item"], row["ruling"]))
            text.append(row)
    return _conformed([{str(k): v for k, v in r.items()} for r in text], columns, "decisions")


# What is written ----------------------------------------------------------------------------------------


def _changes(current: Survey, merge: Merge, filled: Sequence[Filled], user: str) -> dict[str, bytes | None]:
    """The files of one commit; none where nothing is new."""
    folder = current.path
    assert folder is not None
    changed = {
        n
        for n in ("codings", "adjudications", "searches", "decisions")
        if not _same(current, merge.survey, n)
    }
    before = _kept_before(folder, filled)
    new = [f for f in filled if f.name not in before]
    if not changed and not new:
        return {}
    changes = file_changes(merge.survey, changed) if changed else {}
    changes |= {f"sources/{_kept_as(f)}": f.content for f in new}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    log = [
        (now, user, Path(f.name).name, _hash(f), f.kind, *_figures(merge.counts[f.name]))
        for f in filled
        if f in new or any(_figures(merge.counts[f.name]))
    ]
    there = Folder.at(folder)
    changes[LOG] = appended(there.read(LOG, MAX_SOURCE), LOG_COLUMNS, log)
    for name, rows in merge.replaced.items():
        path = f"sources/replaced-{name}.csv"
        head = ("replaced_at", *map(str, rows.columns))
        changes[path] = appended(
            there.read(path, MAX_SOURCE), head, [(now, *r) for r in rows.itertuples(index=False)]
        )
    return changes


def _figures(counts: Counts) -> tuple[int, int, int]:
    return counts.added, counts.completed, counts.replaced


def _hash(file: Filled) -> str:
    return hashlib.sha256(file.content).hexdigest()


def _kept_as(file: Filled) -> str:
    """The name under which a file is kept."""
    return fitting(f"{_hash(file)[:16]}-{Path(file.name).name}")


def _kept_before(folder: Path, filled: Sequence[Filled]) -> set[str]:
    """Names of the files that are kept under sources/ already, whatever they were called then."""
    kept = {name.split("/")[1].partition("-")[0] for name in Folder.at(folder).under("sources")}
    return {f.name for f in filled if _hash(f)[:16] in kept}


def _same(one: Survey, other: Survey, table: str) -> bool:
    a, b = getattr(one, table), getattr(other, table)
    if a is None or b is None:
        return a is b
    if a.shape[0] != b.shape[0] or set(a.columns) != set(b.columns):
        return False
    text_a, text_b = (t.astype(object).where(t.notna(), "").reset_index(drop=True) for t in (a, b[a.columns]))
    return bool((text_a == text_b).all(axis=None))


def appended(old: bytes | None, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV with rows added at its end, a new one where there is none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    if not old:
        writer.writerow(head)
    writer.writerows(rows)
    return (old or b"") + meant(out.getvalue()).encode("utf-8")
