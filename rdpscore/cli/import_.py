"""``rdpscore import``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rdpscore.cli.common import (
    JsonOption,
    console,
    fail_with,
    own_survey,
    plural,
    working,
    wrong,
)
from rdpscore.cli.terminal import write_json

TOLD = 25
"""So many problems of a kind are shown: whoever writes a mapping has to see every value it leaves over."""

EXAMPLE = "Example: rdpscore import my-survey c1.xlsx c2.xlsx"


def command(
    survey: Annotated[str, typer.Argument(help="Survey folder; a new one with --mapping or --propose.")],
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Filled workbooks of coders or adjudicators, or CSV files. With --mapping or --propose: the "
            "published files, or folders that hold them."
        ),
    ] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(
            "--mapping", metavar="MAPPING.yaml", help="Make SURVEY of a published data set by this file."
        ),
    ] = None,
    propose: Annotated[
        bool,
        typer.Option(
            "--propose",
            help="Write a first mapping.yaml and codebook.yaml for FILES into SURVEY, to be edited.",
        ),
    ] = False,
    merges: Annotated[
        Path | None,
        typer.Option(
            "--merges",
            metavar="FILE.yaml",
            help="With --mapping: write look-alike titles as a proposal for same.",
        ),
    ] = None,
    replace: Annotated[
        bool,
        typer.Option("--replace", help="Take answers that contradict the survey; old ones go to sources/."),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Tell what would happen; write nothing.")
    ] = False,
    by: Annotated[
        str | None, typer.Option("--by", help="Who imports, for the log.", show_default="user name")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Import filled workbooks into a survey, or make a survey of a published data set: all of it or nothing.

    Importing a workbook twice changes nothing; a partly filled one is fine. The files are kept under sources/.
    A published data set takes a mapping file, which docs/importing.md describes; --propose writes a first one.
    """
    if mapping is not None and propose:
        raise typer.BadParameter("--mapping and --propose exclude each other")
    if merges is not None and mapping is None:
        raise typer.BadParameter("--merges goes with --mapping", param_hint="--merges")
    if (mapping is not None or propose) and replace:
        raise typer.BadParameter("--replace is for filled workbooks; --mapping makes a new survey")
    if propose:
        _propose(survey, files or [])
    elif mapping is not None:
        _published(survey, mapping, files or [], merges, dry_run, by, as_json)
    else:
        if not files:
            raise typer.BadParameter("name the files to import", param_hint="FILES")
        _filled(survey, files, replace, dry_run, by, as_json)


def _filled(
    survey: str, files: list[Path], replace: bool, dry_run: bool, by: str | None, as_json: bool
) -> None:
    from rdpscore.coding.filled import import_files

    folder = own_survey(survey)
    with working(f"importing {files[0].name if len(files) == 1 else plural(len(files), 'file')}"):
        result = import_files(folder, files, replace_answers=replace, dry_run=dry_run, imported_by=by)
    if as_json:
        write_json(result.to_json())
        return
    from rdpscore.report.importing import report_filled
    from rdpscore.report.terminal import show

    show(report_filled(result, dry_run=dry_run), console())


def _published(
    survey: str,
    mapping: Path,
    files: list[Path],
    merges: Path | None,
    dry_run: bool,
    by: str | None,
    as_json: bool,
) -> None:
    from rdpscore.cli.common import new_file
    from rdpscore.problems import InvalidInput
    from rdpscore.published.importing import import_published

    if merges is not None:
        new_file(merges, force=False)
    try:
        with working(f"importing by {mapping.name}"), wrong("SURVEY"):
            report = import_published(survey, mapping, files, dry_run=dry_run, imported_by=by)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json, first=TOLD)) from None
    if merges is not None:
        import yaml

        from rdpscore.files import write_bytes_new

        text = yaml.safe_dump({"same": report.merges}, allow_unicode=True, sort_keys=False, width=10**6)
        write_bytes_new(merges, text.encode("utf-8"))
    if as_json:
        write_json(report.to_json())
        return
    from rdpscore.report.importing import report_import
    from rdpscore.report.terminal import show

    show(report_import(report), console())


def _propose(folder: str, files: list[Path]) -> None:
    from rdpscore.published.proposal import propose

    if not files:
        raise typer.BadParameter("name the published files", param_hint="FILES")
    with wrong("SURVEY"):
        written = propose(folder, files)
    for path in written:
        print(path)
    names = " ".join(f'"{f}"' if " " in str(f) else str(f) for f in files)
    print("Next:")
    print(f"  1. edit {written[1]}: questions, options, their order and scores")
    print(f"  2. edit {written[0]}: lines with CHECK are guesses; take a line of undecided out once it is")
    print(f"  3. rdpscore import NEW-FOLDER --mapping {written[0]} {names}")
