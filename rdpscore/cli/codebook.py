"""``rdpscore codebook show | check | diff | crosswalk | schema``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rdpscore.cli.common import (
    ForceOption,
    JsonOption,
    OutputOption,
    RawOption,
    check_output,
    console,
    deliver,
    fail_with,
    number,
    plural,
    show_problems,
    table,
)
from rdpscore.cli.helping import Command, Group
from rdpscore.cli.terminal import write_json

if TYPE_CHECKING:
    from rich.console import Console

    from rdpscore.codebook import Codebook, Item
    from rdpscore.codebook.differences import Change, CodebookDiff
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
    from rdpscore.problems import InvalidInput, suggestion
    from rdpscore.results import dump_json

    try:
        book = load_codebook(codebook or "materials-science")
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    if item is not None and item not in book.item_ids:
        raise typer.BadParameter(
            f"there is no item '{item}'{suggestion(item, book.item_ids)}", param_hint="--item"
        )
    if as_json:
        body = book.model_dump() if item is None else book.item(item).model_dump()
        write_json(
            dump_json({"result": body, "settings": {"hashes": book.hashes.model_dump()}, "problems": []})
        )
    elif item is None:
        _show_all(book)
    else:
        _show_item(book.item(item))


def _show_all(book: Codebook) -> None:
    out = console()
    out.print(f"{book.title}, version {book.version}", style="bold")
    out.print(
        f"{plural(len(book.closed_items), 'closed item')}, {len(book.items) - len(book.closed_items)} other; "
        f"schemes {', '.join(s.id for s in book.schemes)}"
    )
    for dimension in book.dimensions:
        for item in (i for i in book.items if i.dimension == dimension.id):
            out.print()
            out.print(f"{item.id}  {item.question.strip()}", style="bold")
            rows = table("code", "score", "answer", right=("score",))
            rows.show_header = False
            for option in item.options:
                rows.add_row(f"  {option.code}", number(option.score), option.label)
            if item.options:
                out.print(rows)
            else:
                out.print(f"  ({item.kind})")


def _show_item(item: Item) -> None:
    out = console()
    out.print(f"{item.id}: {item.title}", style="bold")
    out.print(item.question.strip())
    rule = {"required": "always", "if_found": "for an answer above the lowest", "optional": "not needed"}[
        item.evidence
    ]
    conditions = "; ".join(f"{k} is {' or '.join(v)}" for k, v in item.applies_if.items())
    out.print(
        f"{item.kind}, {item.level or 'no level'}, dimension {item.dimension}; passage {rule}"
        + (f"; applies if {conditions}" if conditions else ""),
        style="dim",
    )
    out.print()
    out.print((item.guidance or "").rstrip())
    for option in item.options:
        out.print()
        out.print(
            f"{option.code}  {option.label}"
            + ("" if option.score is None else f"  (score {number(option.score)})"),
            style="bold",
        )
        if option.guidance:
            out.print(f"   {option.guidance.strip()}")


@app.command(cls=Command, epilog="Example: rdpscore codebook check my-codebook.yaml")
def check(
    codebook: Annotated[
        str, typer.Argument(help="A YAML file, a survey folder, or the id of a shipped codebook.")
    ],
    as_json: JsonOption = False,
) -> None:
    """Check a codebook file: every problem with its line, and the three hashes where there is none."""
    from rdpscore.codebook import find_codebook, read_codebook
    from rdpscore.problems import InvalidInput
    from rdpscore.results import dump_json

    try:
        book, problems = read_codebook(find_codebook(codebook))
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
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
        show_problems(problems, console(stderr=True), first=20)
    else:
        out = console()
        out.print(f"{Path(codebook).name}: {book.title}, version {book.version}", style="bold")
        out.print(
            f"{plural(len(book.items), 'item')} ({len(book.scored_items)} scored), "
            f"{plural(len(book.dimensions), 'dimension')}, "
            f"{plural(len(book.schemes), 'scheme')}; "
            + (plural(len(problems), "warning") if len(problems) else "no problems")
        )
        for name, value in book.hashes.model_dump().items():
            out.print(f"{name:<8}{value}")
        show_problems(problems, out, first=20)
    raise typer.Exit(int(book is None))


@app.command(cls=Command, epilog="Example: rdpscore codebook diff my-survey codebook-2.yaml")
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
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
) -> None:
    """Tell what changed from codebook A to B, for coders and for scores.

    A clarification leaves answers as they are; after a new option some might be different; after a change of
    meaning rdpscore migrate needs to be told what becomes of them.
    """
    from rdpscore.codebook import load_codebook
    from rdpscore.codebook.differences import diff as compare
    from rdpscore.problems import InvalidInput

    check_output(output, force)
    try:
        before, after = load_codebook(old), load_codebook(new)
        found = _counted_survey(old, survey)
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json, first=20)) from None
    if found is not None and found.codebook.hashes.coding != before.hashes.coding:
        raise typer.BadParameter(
            f"'{survey}' is coded under another codebook than A ({found.codebook.id} {found.codebook.version})",
            param_hint="--survey",
        )
    result = compare(before, after, None if found is None else found.codings)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        _show_diff(result, counted=found is not None)


def _counted_survey(old: str, survey: str | None) -> Survey | None:
    """The survey whose codings are counted: the one named, else A where it is one."""
    from rdpscore.files import is_there
    from rdpscore.survey import load

    if survey is None and not is_there(Path(old), "survey.yaml"):
        return None
    return load(survey if survey is not None else old)


def _show_diff(result: CodebookDiff, *, counted: bool) -> None:
    out = console()
    old, new = result.old, result.new
    out.print(f"{old.id} {old.version} → {new.id} {new.version}", style="bold")
    if not result.changes:
        out.print("No change")
        return
    told = ", ".join(plural(n, kind) for kind, n in result.counts().items() if kind != "none")
    scores = "scores change" if any(c.scores for c in result.changes) else "scores do not change"
    out.print(f"{plural(len(result.changes), 'change')}: {told or 'nothing for coders'}; {scores}")
    groups: dict[str | None, list[Change]] = {}
    for change in result.changes:
        groups.setdefault(change.item, []).append(change)
    for item, changes in groups.items():
        out.print()
        out.print("The codebook" if item is None else _heading(item, new, old), style="bold")
        for change in changes:
            _show_change(change, out, counted=counted)


def _heading(item: str, new: Codebook, old: Codebook) -> str:
    book = new if item in new.item_ids else old
    return f"{item}  {book.item(item).title}"


def _show_change(change: Change, out: Console, *, counted: bool) -> None:
    from rdpscore.codebook.differences import excerpts

    of = "" if change.id in ("", change.item) or change.what == change.id else f" {change.id}"
    parts = [f"{change.what}{of} {change.change}"]
    if change.coders.value not in ("none", "new item", "removed item"):
        parts.append(change.coders.value)
    if change.scores:
        parts.append("scores change")
    if counted and change.journals is not None and change.codings is not None:
        parts.append(f"{plural(change.codings, 'coding')} of {plural(change.journals, 'journal')}")
    out.print("  " + " · ".join(parts))
    before, after = excerpts(change.old, change.new, out.width - 8)
    for sign, text in (("−", before), ("+", after)):
        if text is not None:
            out.print(f"      {sign} {text}", style="dim")


@app.command(
    cls=Command,
    epilog="Example: rdpscore codebook crosswalk materials-science-to-top-2015 --survey my-survey",
)
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
