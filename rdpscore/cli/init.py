"""``rdpscore init``: a new survey."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal, cast

import typer

from rdpscore.cli.common import fail_with

EXAMPLE = "Example: rdpscore init my-survey --codebook materials-science"


def command(
    folder: Annotated[Path, typer.Argument(help="A new folder, or an empty one.")],
    codebook: Annotated[
        str,
        typer.Option(
            "--codebook",
            metavar="NAME|FILE",
            help="Id of a shipped codebook, a YAML file, or a survey folder; it is copied.",
        ),
    ],
    coders: Annotated[
        str,
        typer.Option(
            "--coders",
            metavar="persons|slots",
            help="slots: coder c1 of one journal need not be c1 of another.",
        ),
    ] = "persons",
    title: Annotated[
        str | None, typer.Option("--title", help="Title of the survey.", show_default="the folder's name")
    ] = None,
) -> None:
    """Begin a survey: a folder with its codebook, a description to fill in, and empty tables."""
    from rdpscore.problems import InvalidInput
    from rdpscore.survey.creation import create

    if coders not in ("persons", "slots"):
        raise typer.BadParameter(f"'{coders}' is neither persons nor slots", param_hint="--coders")
    try:
        survey = create(folder, codebook, coders=cast(Literal["persons", "slots"], coders), title=title)
    except InvalidInput as error:
        if any(b.file is not None for b in error.problems.batches):
            raise typer.Exit(fail_with(error)) from None
        raise typer.BadParameter(next(iter(error.problems)).what, param_hint="--codebook") from None
    except (FileExistsError, ValueError) as error:
        hint = "--title" if "title" in str(error) else "FOLDER"
        raise typer.BadParameter(str(error), param_hint=hint) from None
    show(folder, f"{survey.codebook.id} {survey.codebook.version}")


def show(folder: Path, codebook: str) -> None:
    """What to do next."""
    name = f'"{folder}"' if " " in str(folder) else str(folder)
    print(f"{folder}: a new survey with the codebook {codebook}")
    print("Next:")
    for number, step in enumerate(
        (
            f"list the journals in {folder / 'journals.csv'}, one row a journal; journals that share a policy "
            "share a policy_id",
            f"fill in {folder / 'survey.yaml'}: contact, how the journals were chosen",
            f"rdpscore validate {name}",
            f"rdpscore assign {name} --coders c1,c2,c3",
            f"rdpscore template {name} --coder c1",
        ),
        start=1,
    ):
        print(f"  {number}. {step}")
