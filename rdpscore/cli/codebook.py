"""``rdpscore codebook show | check | diff | crosswalk | schema``."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    Made,
    OutputOption,
    RawOption,
    check_output,
    console,
    delivers,
    tells_cases,
)
from rdpscore.cli.helping import Command, Group
from rdpscore.cli.terminal import write_json

if TYPE_CHECKING:
    from rdpscore.survey import Survey

app = typer.Typer(
    cls=Group,
    help="Show, check, compare, translate or describe codebooks.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

NameArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="[CODEBOOK]",
        help="Id of a shipped codebook, a YAML file, or a survey folder.",
        show_default="materials-science",
    ),
]


@app.command(cls=Command, epilog="Example: rdpscore codebook show --item data_sharing")
def show(
    codebook: NameArgument = None,
    item: Annotated[str | None, typer.Option("--item", help="One item with its guidance.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Print a codebook's items, options and scores."""
    from rdpscore.codebook import load_codebook
    from rdpscore.problems import suggestion
    from rdpscore.results import dump_json

    book = load_codebook(codebook or "materials-science")
    if item is not None and item not in book.item_ids:
        raise typer.BadParameter(
            f"there is no item '{item}'{suggestion(item, book.item_ids)}", param_hint="--item"
        )
    if as_json:
        body = book.model_dump() if item is None else book.item(item).model_dump()
        write_json(
            dump_json({"result": body, "settings": {"hashes": book.hashes.model_dump()}, "problems": []})
        )
        return
    from rdpscore.report.codebooks import report_codebook, report_item
    from rdpscore.report.terminal import show as print_blocks

    print_blocks(report_codebook(book) if item is None else report_item(book.item(item)), console())


@app.command(cls=Command, epilog="Example: rdpscore codebook check my-codebook.yaml")
def check(
    codebook: Annotated[
        str, typer.Argument(help="A YAML file, a survey folder, or the id of a shipped codebook.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Check a codebook file: every problem with its line, and the three hashes where there is none."""
    from rdpscore.codebook import find_codebook, read_codebook
    from rdpscore.report.codebooks import report_sound
    from rdpscore.report.problems import report_problems
    from rdpscore.report.terminal import show as print_blocks
    from rdpscore.results import dump_json

    book, problems = read_codebook(find_codebook(codebook))
    if as_json:
        hashes = None if book is None else book.hashes.model_dump()
        body = {
            "valid": book is not None,
            "id": book and book.id,
            "version": book and book.version,
            "hashes": hashes,
        }
        write_json(dump_json({"result": body, "settings": {}, "problems": problems.to_dicts()}))
    elif book is None:
        print_blocks(report_problems(problems, 20), console(stderr=True))
    else:
        print_blocks(report_sound(book, Path(codebook).name, problems), console())
    raise typer.Exit(int(book is None))


@app.command(cls=Command, epilog="Example: rdpscore codebook diff my-survey codebook-2.yaml")
@tells_cases(20)
@partial(delivers, strict=False)
def diff(
    old: Annotated[
        str,
        typer.Argument(metavar="A", help="The old one: id of a shipped codebook, YAML file, survey folder."),
    ],
    new: Annotated[str, typer.Argument(metavar="B", help="The new one.")],
    survey: Annotated[
        str | None,
        typer.Option(
            "--survey",
            metavar="SURVEY",
            help="Count the journals and codings of this survey that each change touches.",
            show_default="A, if it is a survey folder",
        ),
    ] = None,
) -> Made:
    """Tell what changed from codebook A to B, for coders and for scores.

    A clarification leaves answers as they are; after a new option some might be different; after a change of
    meaning rdpscore migrate needs to be told what becomes of them.
    """
    from rdpscore.codebook import load_codebook
    from rdpscore.codebook.differences import diff as compare
    from rdpscore.report.codebooks import report_changes

    before, after = load_codebook(old), load_codebook(new)
    found = _counted_survey(old, survey)
    if found is not None and found.codebook.hashes.coding != before.hashes.coding:
        raise typer.BadParameter(
            f"'{survey}' is coded under another codebook than A ({found.codebook.id} {found.codebook.version})",
            param_hint="--survey",
        )
    result = compare(before, after, None if found is None else found.codings)
    return Made(result, lambda: report_changes(result))


def _counted_survey(old: str, survey: str | None) -> Survey | None:
    """The survey whose codings are counted: the one named, else A where it is one."""
    from rdpscore.files import is_there
    from rdpscore.survey import load

    if survey is None and not is_there(Path(old), "survey.yaml"):
        return None
    return load(survey if survey is not None else old)


@app.command(
    cls=Command,
    epilog="Example: rdpscore codebook crosswalk materials-science-to-top-2015 --survey my-survey",
)
@tells_cases(20)
def crosswalk(
    name: Annotated[
        str, typer.Argument(metavar="CROSSWALK", help="A YAML file, or the id of a shipped crosswalk.")
    ],
    survey: Annotated[
        str | None,
        typer.Option(
            "--survey", metavar="SURVEY", help="Count what this survey's answers become, and what is lost."
        ),
    ] = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="CODEBOOK",
            help="The codebook that it leads to, if that is not shipped: YAML file or survey folder.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="CODEBOOK",
            help="The codebook that it starts from, if that is not shipped: YAML file or survey folder.",
        ),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FOLDER", help="Write the survey under the other codebook to a new folder."
        ),
    ] = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Check a crosswalk between two codebooks, or put a survey in terms of the other one.

    Every item of both codebooks has rules or says that it has no counterpart, and the rules of an item cover every
    combination of answers.
    """
    from rdpscore.cli.crosswalk import run

    check_output(output, force)
    run(name, survey, source, to, save, as_json=as_json, output=output, force=force, raw=raw)


@app.command(cls=Command, epilog="Example: rdpscore codebook schema > codebook.schema.json")
def schema(
    mapping: Annotated[
        bool, typer.Option("--mapping", help="That of mapping files, for rdpscore import --mapping.")
    ] = False,
) -> None:
    """Print the JSON Schema of the codebook format, or of mapping files."""
    from rdpscore.codebook import json_schema
    from rdpscore.published.mapping import mapping_schema
    from rdpscore.results import dump_json

    write_json(dump_json(mapping_schema() if mapping else json_schema()))
