"""``rdpscore convert``: a file in another encoding or with another delimiter, made readable."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from rdpscore.cli.common import ForceOption
from rdpscore.words import visible

EXAMPLE = "Example: rdpscore convert my-survey/journals.csv --force"


def command(
    file: Annotated[Path, typer.Argument(help="A CSV or YAML file.", exists=True, dir_okay=False)],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Where to write; FILE itself without."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            help="Encoding of FILE, for example cp1252; two are tried line by line: utf-8,cp1252.",
            show_default="guessed",
        ),
    ] = None,
    delimiter: Annotated[
        str | None, typer.Option(help="Delimiter of FILE, for example ';'.", show_default="guessed")
    ] = None,
    force: ForceOption = False,
) -> None:
    """Convert a CSV file to UTF-8 with commas, cells unchanged; a YAML or JSON file to UTF-8.

    A first line that names the delimiter (sep=;) is left out. What cannot be told is refused with the lines.

    Without --output the file is converted in place, which takes --force; the original stays beside it with
    the suffix .orig.
    """
    from rdpscore.files import convert_table, convert_text, read_plain, write_all_new, write_bytes_new
    from rdpscore.files.archive import Refused
    from rdpscore.files.encodings import Undecodable
    from rdpscore.files.plain import MAX_SOURCE
    from rdpscore.problems import InvalidInput
    from rdpscore.readers.registry import reader_of

    if delimiter is not None and len(delimiter) != 1:
        raise typer.BadParameter("a delimiter is one character", param_hint="--delimiter")
    target, original = output or file, file.with_name(f"{file.name}.orig")
    if target.exists() and not force:
        raise typer.BadParameter(f"{target} exists; name another file, or add --force", param_hint="--output")
    raw = read_plain(file, MAX_SOURCE)
    named = "name the encoding and the delimiter with --encoding and --delimiter"
    try:
        reader = reader_of(raw, file.name)
        if reader.kind != "text":
            raise Refused(f"it is {reader.words}, which check and import read as it is")
        if reader.name == "csv":
            content, used, found = convert_table(raw, encoding=encoding, delimiter=delimiter)
            used, to = f"{used} with {found!r}", "UTF-8 with commas"
        else:
            (content, used), to = convert_text(raw, encoding=encoding), "UTF-8"
    except Undecodable as error:
        raise InvalidInput(error.problems(file.name)) from None
    except csv.Error as error:
        _refuse(file, f"{error}; {named}")
    except Refused as error:
        _refuse(file, str(error))
    changed = target == file and content != raw
    if changed:
        if original.exists() and read_plain(original, MAX_SOURCE) != raw:
            raise typer.BadParameter(
                f"{original} exists; move it, it is an earlier original", param_hint="--force"
            )
        write_all_new([(original, raw), (target, content)], force=True)
    elif target != file:
        write_bytes_new(target, content, force=force)
    kept = f"; the original is {original}" if changed else ""
    print(f"{target}: from {used} to {to}{kept}")


def _refuse(file: Path, why: str) -> NoReturn:
    print(f"rdpscore: {visible(f'{file}: {why}')}", file=sys.stderr)
    raise typer.Exit(1) from None
