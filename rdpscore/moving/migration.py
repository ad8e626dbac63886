"""Moving a survey's folder to another codebook, in one atomic step."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from rdpscore.arguments import checked
from rdpscore.codebook import Codebook, find_codebook, read_codebook
from rdpscore.files import Folder, commit, read_plain, to_csv_bytes
from rdpscore.files.folder import committed
from rdpscore.files.plain import MAX_YAML
from rdpscore.moving.migration_plan import MigrationResult, make_result, plan
from rdpscore.moving.recode import read_recode
from rdpscore.moving.rereading import MIGRATIONS
from rdpscore.survey import Survey, load
from rdpscore.survey.store import file_changes


@checked
def migrate(
    survey: str | Path,
    to: str | Path,
    recode: str | Path | None = None,
    *,
    dry_run: bool = False,
    today: datetime.date | None = None,
) -> MigrationResult:
    """Move a survey's folder to another codebook, in one atomic step.

    Parameters
    ----------
    survey : str or Path
        Its folder.
    to : str or Path
        Id of a shipped codebook, a YAML file, or a survey folder; copied to the byte.
    recode : str or Path, optional
        The recode file: what becomes of answers whose meaning may have changed.
    dry_run : bool
        Find out what would happen, and write nothing.
    today : date, optional
        The day of the migration, in the name of the folder that keeps the old rows.

    Raises
    ------
    InvalidInput
        With everything that is wrong with survey, codebook or recode file, and every answer that the recode
        file does not cover. Nothing is written.
    """
    folder, day = Path(survey), today or datetime.date.today()
    target = find_codebook(to)
    result, changes = _prepare(folder, target, recode, day)
    if dry_run or not (changes or committed(folder)):
        return replace(result, dry_run=dry_run)

    def prepared() -> Mapping[str, bytes | None]:
        nonlocal result  # read again, now that nobody else writes
        result, found = _prepare(folder, target, recode, day)
        return found

    commit(folder, prepared)
    return result


def _prepare(
    folder: Path, target: Path, recode: str | Path | None, day: datetime.date
) -> tuple[MigrationResult, dict[str, bytes | None]]:
    """The result of a migration, and the files that make it so; none where the survey is there already."""
    survey = load(folder)
    codebook, problems = read_codebook(target)
    problems.raise_errors()
    assert codebook is not None
    content = read_plain(target, MAX_YAML)
    if _is_there(survey, codebook):
        result = replace(make_result(survey, survey, {}), already=True)
        same = Folder.at(folder).read("codebook.yaml", MAX_YAML) == content
        return result, {} if same else {"codebook.yaml": content}
    said, raw = None, None
    if recode is not None:
        said, problems = read_recode(Path(recode), survey.codebook, codebook)
        problems.raise_errors()
        raw = read_plain(Path(recode), MAX_YAML)
    result = plan(survey, codebook, said)
    kept = _kept(folder, result, raw)
    digest = hashlib.sha256(b"".join(len(v).to_bytes(8) + v for v in kept.values())).hexdigest()[:12]
    place = f"{MIGRATIONS}/{day.isoformat()}-{digest}"
    changed = list(result.replaced)
    changes = file_changes(result.survey, changed) | {"codebook.yaml": content}
    return replace(result, folder=place), changes | {f"{place}/{n}": v for n, v in kept.items()}


def _is_there(survey: Survey, codebook: Codebook) -> bool:
    meant = survey.meta.codebook
    return (
        survey.codebook == codebook
        and (meant.id, meant.version) == (codebook.id, codebook.version)
        and meant.hashes in (None, codebook.hashes)
    )


def _kept(folder: Path, result: MigrationResult, recode: bytes | None) -> dict[str, bytes]:
    """What stays of the survey as it was."""
    there = Folder.at(folder)
    out = {name: there.read(name, MAX_YAML) or b"" for name in ("survey.yaml", "codebook.yaml")}
    if recode is not None:
        out["recode.yaml"] = recode
    out["recode.csv"] = to_csv_bytes(result.changes)
    return out | {f"{name}.csv": to_csv_bytes(rows) for name, rows in result.replaced.items()}
