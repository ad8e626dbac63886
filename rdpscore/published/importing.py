"""A published survey's files into a survey folder, by a mapping file: all or nothing, and all reported."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, parse_model, read_codebook
from rdpscore.codebook.store import codebook_of, find_codebook
from rdpscore.coding.filled import (
    LOG,
    LOG_COLUMNS,
    appended,
    user_name,
)
from rdpscore.files import commit, fitting, is_shipped, read_plain, read_yaml, shipped
from rdpscore.files.plain import MAX_YAML
from rdpscore.files.shipped_files import named_file
from rdpscore.files.yamls import KeyPath, YamlDocument
from rdpscore.problems import Batch, InvalidInput, Problems, suggestion
from rdpscore.published.assembly import assemble, relocated
from rdpscore.published.conditions import Columns, Faults, apply_rules
from rdpscore.published.expressions import Unfinished
from rdpscore.published.journals import name_journals
from rdpscore.published.labels import take_labels
from rdpscore.published.long import read_long
from rdpscore.published.mapping import Mapping
from rdpscore.published.report import ImportReport, make_report
from rdpscore.published.responses import voices
from rdpscore.published.shifts import Repaired, straighten
from rdpscore.published.sources import (
    SourceFile,
    candidates,
    converted,
    fits,
    read_source,
    unread,
)
from rdpscore.published.table import Table, stacked
from rdpscore.published.values import readers
from rdpscore.published.wide import read_wide
from rdpscore.readers.model import UNCOMPUTED
from rdpscore.results import dump_json
from rdpscore.survey import Survey, SurveyMeta, load
from rdpscore.survey.meta import CodebookRef
from rdpscore.survey.store import file_changes
from rdpscore.validation import check


@checked
def import_published(
    survey: str | Path,
    mapping: str | Path,
    sources: Sequence[str | Path] = (),
    *,
    dry_run: bool = False,
    imported_by: str | None = None,
) -> ImportReport:
    """Make a survey of a published data set.

    Parameters
    ----------
    survey : str or Path
        A new folder, or an empty one.
    mapping : str or Path
        The mapping file; docs/importing.md describes it.
    sources : sequence of str or Path
        The files, or folders in which they lie; the mapping file's folder without.
    dry_run : bool
        Report, write nothing.
    imported_by : str, optional
        For the log; the user's name on this machine without.

    Returns
    -------
    ImportReport

    Raises
    ------
    InvalidInput
        With all problems of the mapping and of the sources; nothing is written.
    FileExistsError
        The folder is not empty, or is a file.
    ValueError
        The folder lies among the shipped surveys.
    """
    from rdpscore.survey.creation import refuse_taken

    target = Path(survey)
    if is_shipped(target):
        raise ValueError(f"{target} lies among the shipped surveys, which no command changes")
    refuse_taken(target)
    made = read_published(mapping, sources)
    if dry_run:
        return made.report
    changes = _changes(made, imported_by or user_name())

    def write() -> dict[str, bytes | None]:
        refuse_taken(target)  # by another process, since
        return changes

    commit(target, write)
    load(target)
    return made.report.written_to(target)


@dataclass(frozen=True)
class Published:
    """A survey made of a published data set, before it is written."""

    survey: Survey
    report: ImportReport
    files: dict[str, bytes]
    mapping: Path
    codebook: Path
    figures: Path | None = None


@checked
def read_published(mapping: str | Path, sources: Sequence[str | Path] = ()) -> Published:
    """Read a published data set by its mapping; see `import_published`.

    Raises
    ------
    InvalidInput
        With all problems of the mapping and of the sources.
    """
    path = find_mapping(mapping)
    said, document, problems = read_mapping(path)
    book_path, codebook, found = _codebook(said, path, document)
    figures, absent = _figures(said, path, document)
    (problems + found + absent).raise_errors()
    assert said is not None
    assert document is not None
    assert codebook is not None
    assert book_path is not None
    faults = Faults(document)
    for i, decision in enumerate(said.undecided):
        faults.at("undecided", ("undecided", i), value=decision)
    files, problems = candidates([Path(s) for s in sources], path.parent)
    tables, taken, found = _tables(said, files, [Path(s) for s in sources], path, faults)
    problems += found
    if tables is None:
        raise InvalidInput(problems + faults.problems)
    try:
        survey, report = _convert(said, codebook, tables, faults, problems)
    except Unfinished as stopped:
        faults.unfinished(stopped, tables.values())
        raise InvalidInput(problems + faults.problems) from None
    contents = {f.name: f.content() for f in taken}
    return Published(survey, report, contents, path, book_path, figures)


def find_mapping(name: str | Path) -> Path:
    """Path of a mapping file named by path or by the id of a shipped one.

    Raises
    ------
    InvalidInput
        If there is none; the problem names the nearest.
    """
    return named_file(name, "mapping", shipped("codebook", "mappings"))


def read_mapping(path: Path) -> tuple[Mapping | None, YamlDocument | None, Problems]:
    """Read a mapping file and check its form."""
    document, problems = read_yaml(path)
    if document is None:
        return None, None, problems
    said, found = parse_model(Mapping, document)
    return said, document, problems + found


def _codebook(
    said: Mapping | None, path: Path, document: YamlDocument | None
) -> tuple[Path | None, Codebook | None, Problems]:
    """The codebook that the mapping names: beside it, or a shipped one."""
    if said is None or document is None:
        return None, None, Problems()
    name = said.codebook
    try:
        found = path.parent / name if name.endswith((".yaml", ".yml")) else find_codebook(name)
    except InvalidInput as error:
        (one,) = list(error.problems)
        line, place = document.line(("codebook",)), "codebook"
        fields = {
            "what": one.what,
            "remedy": "name a shipped codebook, or a path relative to the mapping file",
        }
        return None, None, Problems.of([Batch("bad_mapping", document.file, None, place, line, fields)])
    try:
        if found.is_dir():
            found = codebook_of(found)
    except InvalidInput as error:
        return None, None, error.problems
    codebook, problems = read_codebook(found)
    return found, codebook, problems


def _figures(said: Mapping | None, path: Path, document: YamlDocument | None) -> tuple[Path | None, Problems]:
    """The file of printed figures that the mapping names."""
    if said is None or document is None or said.published is None:
        return None, Problems()
    found = path.parent / said.published
    if found.is_file():
        return found, Problems()
    near = suggestion(said.published, [p.name for p in path.parent.glob("*.yaml") if p != path])
    fields = {
        "what": f"there is no file '{said.published}'{near}",
        "remedy": "name a path relative to this file",
    }
    line = document.line(("published",))
    return None, Problems.of([Batch("bad_mapping", document.file, None, "published", line, fields)])


def _tables(
    said: Mapping, files: list[SourceFile], named: list[Path], path: Path, faults: Faults
) -> tuple[dict[str, Table] | None, list[SourceFile], Problems]:
    """The table of every source, and the files that they were made of."""
    tables: dict[str, Table] = {}
    taken: dict[str, SourceFile] = {}
    problems = Problems()
    own = {path.resolve(), (path.parent / said.codebook).resolve()}  # a pattern may fit these, too
    wanted = {
        name: [f for f in files if fits(spec.file, f) and f.path.resolve() not in own]
        for name, spec in said.sources.items()
    }
    made = converted(list(dict.fromkeys(f for mine in wanted.values() for f in mine)))
    for name, spec in said.sources.items():
        mine = wanted[name]
        if not mine:
            near = suggestion(spec.file, [f.name for f in files])
            faults.at("source_missing", ("sources", name, "file"), value=spec.file, source=name, nearest=near)
            continue
        taken |= {f.name: f for f in mine}
        table, found = read_source(name, spec, mine, made)
        problems += found
        if table is not None:
            tables[name] = _renamed(table, spec.columns, ("sources", name, "columns"), faults)
    explicit = {p.resolve() for p in named if not p.is_dir()}
    used = {f.path.resolve() for f in taken.values()}
    for file in files:
        if file.path.resolve() in explicit - used - own:
            near = suggestion(file.name, [s.file for s in said.sources.values()])
            faults.at("source_unused", ("sources",), value=file.name, nearest=near)
    problems += unread(tables.values())
    tables = {name: replace(t, beside=()) for name, t in tables.items()}  # and their files go
    if len(tables) < len(said.sources) or not problems.ok:
        return None, list(taken.values()), problems
    return tables, list(taken.values()), problems


def _renamed(table: Table, names: dict[str, str], path: KeyPath, faults: Faults) -> Table:
    """The table with the headings that the mapping gives it."""
    found: dict[str, str] = {}
    for own, name in names.items():
        key = table.find(own)
        if key is None or key not in table.columns:
            near = suggestion(own, table.columns)
            faults.at("mapping_column", (*path, own), value=own, source=table.name, nearest=near)
        elif (name in table.columns and name not in names) or list(names.values()).count(name) > 1:
            what = f"the source '{table.name}' would have two columns '{name}'"
            faults.at(
                "bad_mapping", (*path, own), what=what, remedy="choose another name, or rename that one, too"
            )
        else:
            found[key] = name
    return table.renamed(found)


def _convert(
    said: Mapping, codebook: Codebook, tables: dict[str, Table], faults: Faults, problems: Problems
) -> tuple[Survey, ImportReport]:
    """Tables of sources into a survey and the report; raises all problems at once."""
    for name in said.answered:
        if name not in tables:
            what = f"there is no source '{name}'{suggestion(name, tables)}"
            faults.at("bad_mapping", ("answers", "source"), what=what, remedy="correct the name")
    if any(name not in tables for name in said.answered):
        raise InvalidInput(problems + faults.problems)
    for i, item in enumerate(said.not_asked):
        if item not in codebook.item_ids:
            near = suggestion(item, codebook.item_ids)
            faults.at("mapping_item", ("not_asked", i), value=item, nearest=near)
    whole = {name: len(t) for name, t in tables.items()}
    tables = {n: t for n, t in tables.items() if n not in said.answered} | {
        said.main: stacked(said.main, [tables[n] for n in said.answered])
    }
    tables, uses, asked = apply_rules(tables, said.rows, said.answered, faults)
    rules = readers(codebook, said.answers, said.items, faults)
    take_labels(said, codebook, rules, tables, faults)
    repaired = Repaired(tables[said.main], 0, 0)
    if said.answers.item is None:
        repaired = straighten(tables[said.main], said, codebook, rules, faults)
    table = repaired.table
    columns = Columns(table, faults, asked[said.main])
    named = name_journals(table, said.journals, columns, tables, faults)
    who = voices(said.coders, columns, faults)
    _slots(said, faults)
    reading = read_wide if said.answers.item is None else read_long
    pieces = reading(said, codebook, rules, columns, faults, who)
    if named is None:
        raise InvalidInput(problems + faults.problems)
    assembled = assemble(pieces, named, said, codebook, columns, faults)
    survey = Survey.from_frames(
        codebook,
        named.frame,
        assembled.codings,
        assembled.adjudications,
        meta=_meta(said, codebook),
    )
    problems += _marked(columns)
    found = faults.problems
    if found.ok and problems.ok:
        found += relocated(check(survey), assembled, named, table)
    report = make_report(
        said, survey, whole, uses, repaired, pieces, assembled, named, columns, rules, problems + found
    )
    report.problems.raise_errors()
    return survey, report


def _marked(columns: Columns) -> Problems:
    """Cells of the columns that are used which were never computed, or are struck out."""
    table, batches = columns.table, []
    there = (
        set(zip(table.file.tolist(), table.sheet.tolist(), table.row.tolist(), strict=True))
        if table.marks
        else ()
    )
    for mark in table.marks:
        at = (table.files.index(mark.file), table.sheets.index(mark.sheet), mark.row)
        if mark.column not in columns.used or at not in there:
            continue
        row, cell = [mark.row], [f"{mark.sheet}!{mark.letter}{mark.row}"]
        if mark.cell.kind == UNCOMPUTED:
            said = mark.cell.formula
            batches.append(Batch("never_computed", mark.file, row, cells=cell, fields={"value": said}))
        else:
            batches.append(Batch("struck_out", mark.file, row, cells=cell, fields={"value": str(mark.cell)}))
    return Problems.of(batches)


def _slots(said: Mapping, faults: Faults) -> None:
    """Numbered coders are no persons."""
    if said.coders.number and said.survey.coders != "slots":
        what = "the coders are numbered within each journal, so c1 of two journals need not be one person"
        faults.at("bad_mapping", ("survey",), what=what, remedy="say coders: slots under survey")


def _meta(said: Mapping, codebook: Codebook) -> SurveyMeta:
    ref = CodebookRef(id=codebook.id, version=codebook.version, hashes=codebook.hashes)
    info = {name: getattr(said.survey, name) for name in type(said.survey).model_fields}
    unasked = [i for i in said.not_asked if i not in info["not_recorded"]]
    info["not_recorded"] = [*info["not_recorded"], *unasked]
    return SurveyMeta(format=1, codebook=ref, **info)


def _changes(made: Published, user: str) -> dict[str, bytes | None]:
    """The files of the new folder."""
    changes = file_changes(made.survey)
    changes = {k: v for k, v in changes.items() if v is not None}
    changes["codebook.yaml"] = read_plain(made.codebook, MAX_YAML)
    if made.figures is not None:
        changes["published.yaml"] = read_plain(made.figures, MAX_YAML)
    kept = made.files | {made.mapping.name: read_plain(made.mapping, MAX_YAML)}
    log: list[tuple[str, ...]] = []
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    added = len(made.survey.codings) + len(made.survey.adjudications)
    for name, content in kept.items():
        digest = hashlib.sha256(content).hexdigest()
        base = Path(name).name
        changes[f"sources/{fitting(f'{digest[:16]}-{base}')}"] = content
        kind = "mapping" if name == made.mapping.name else "source"
        log.append((now, user, base, digest, kind, str(added if kind == "mapping" else 0), "0", "0"))
    changes[LOG] = appended(None, LOG_COLUMNS, log)
    changes["sources/import-report.json"] = dump_json(made.report.to_dict()).encode("utf-8")
    return changes


__all__ = ["Published", "import_published", "read_mapping", "read_published"]
