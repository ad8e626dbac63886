"""What all commands share: arguments, printing, writing, exit status."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, get_type_hints

import typer

from rdpscore.cli.terminal import NARROWEST, WIDEST, Stream, write_json
from rdpscore.words import number as number
from rdpscore.words import percent as percent
from rdpscore.words import plural as plural
from rdpscore.words import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from rdpscore.problems import InvalidInput, Problems
    from rdpscore.report.blocks import Block
    from rdpscore.results import Result

    Function = TypeVar("Function", bound=Callable[..., Any])

WIDTH = 100

SurveyArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="SURVEY", help="Survey folder, or id of a shipped survey.", show_default="materials-science"
    ),
]
SchemeOption = Annotated[
    str | None,
    typer.Option(
        "--scheme",
        metavar="NAME|FILE",
        help="Scheme of the codebook, or a YAML file with one.",
        show_default="the codebook's default",
    ),
]
JournalsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--journals-only",
        metavar="NAME=VALUE[,VALUE]",
        help="Only journals with these values of a column or an item, or NAME=LOW..HIGH of a number; "
        "several must all hold.",
    ),
]
SeedOption = Annotated[
    int, typer.Option("--seed", min=0, help="Of the draws; the same seed, the same bytes.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON: result, settings, problems.")]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Write the table: .csv, .xlsx, .parquet, or .json for all."
    ),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Overwrite an existing file.")]
RawOption = Annotated[
    bool, typer.Option("--raw", help="CSV: leave text that a spreadsheet would run as a formula.")
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Exit with 1 where there are warnings.")]


def console(*, stderr: bool = False) -> Console:
    """A console of the terminal's width; plain and of 100 columns where the output is piped."""
    from rich.console import Console
    from rich.segment import Segment

    class Shown(Console):
        """Rich, with all text made visible before it is laid out, and again before it is styled."""

        def render_str(self, text: str, **options: Any) -> Text:
            return super().render_str(visible(text), **options)

        def render(self, renderable: Any, options: Any = None) -> Any:
            for segment in super().render(renderable, options):
                text, style, control = segment
                yield segment if control or text.isprintable() else Segment(visible(text), style)

    stream: Any = sys.stderr if stderr else sys.stdout
    settings: dict[str, Any] = {"highlight": False, "soft_wrap": False, "markup": False, "emoji": False}
    out = Shown(file=stream.styled if isinstance(stream, Stream) else stream, **settings)
    if not out.is_terminal:
        out = Shown(file=stream, width=WIDTH, no_color=True, **settings)
    if not NARROWEST <= out.width <= WIDEST:
        out.width = min(max(out.width, NARROWEST), WIDEST)
    return out


def clean(text: str) -> str:
    """Text of a survey that is laid out by hand, as `console` would show it."""
    return visible(text)


def table(*columns: str, right: tuple[str, ...] = ()) -> Table:
    """A borderless table; columns named in `right` are numbers. Where the page is narrow, text is broken, not cut."""
    from rich.table import Table

    out = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        numbers = column in right
        out.add_column(column, justify="right" if numbers else "left", no_wrap=numbers, overflow="fold")
    return out


def check_output(path: Path | None, force: bool, option: str = "--output") -> None:
    """Refuse an output file before any work is done.

    Raises
    ------
    typer.BadParameter
        The file exists, its folder does not, or its suffix is unknown: wrong use, exit status 2.
    """
    from rdpscore.files.output import SUFFIXES

    if path is None:
        return
    if path.suffix.lower() not in SUFFIXES:
        raise typer.BadParameter(f"'{path.name}' ends in none of {', '.join(SUFFIXES)}", param_hint=option)
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} exists; name another file, or add --force", param_hint=option)
    if not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}", param_hint=option)


def new_file(path: Path, force: bool) -> Path:
    """A file to be written; refused before any work where it exists or its folder does not.

    Raises
    ------
    typer.BadParameter
        Wrong use, exit status 2.
    """
    if path.exists() and not force:
        raise typer.BadParameter(f"{path} exists; name another file with --output, or add --force")
    if not path.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}")
    return path


def own_survey(name: str) -> Path:
    """The folder of a survey that may be written.

    Raises
    ------
    typer.BadParameter
        A shipped survey, which no command changes.
    """
    from rdpscore.files import is_shipped
    from rdpscore.survey import find_survey

    folder = find_survey(name)
    if is_shipped(folder):
        raise typer.BadParameter(f"'{name}' is a shipped survey, which no command changes; copy its folder")
    return folder


BARS: list[Any] = []
"""The bars that are moving, for Ctrl-C to stop."""


@contextmanager
def working(on: str) -> Iterator[None]:
    """A moving bar and the seconds that passed, while a terminal watches something that takes long."""
    stream: Any = sys.stderr
    if not (stream.styled if isinstance(stream, Stream) else stream).isatty():
        yield
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    with Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TimeElapsedColumn(),
        console=console(stderr=True),
        transient=True,
    ) as bar:
        BARS.append(bar)
        bar.add_task(clean(on), total=None)
        try:
            yield
        finally:
            BARS.remove(bar)


def deliver(result: Result, *, as_json: bool, output: Path | None, force: bool, raw: bool = False) -> bool:
    """Write or print a result for programs.

    Returns
    -------
    bool
        True where nothing is left to print for people.
    """
    from rdpscore.files import write_tables

    if output is not None:
        write_tables(output, result.tables(), json_text=result.to_json(), force=force, raw=raw)
        print(f"wrote {output}", file=sys.stderr)
    if as_json:
        write_json(result.to_json())
    return as_json


class Made(NamedTuple):
    """What a command made: for programs, and for people."""

    result: Result
    blocks: Callable[[], Iterable[Block]]


def delivers(function: Callable[..., Made], *, strict: bool = True) -> Callable[..., None]:
    """Give a command that makes a result the options of how it is delivered, and deliver it.

    ``--json``, ``--output`` with ``--force`` and ``--raw``, ``--strict``: refused before any work where a file cannot
    be written; the result for programs, its blocks for people; the exit status. Without `strict` there is no such
    option, for a command whose warnings are no answer to what it is asked.
    """
    takes = inspect.signature(function).parameters
    options = {n: p for n, p in inspect.signature(_delivery).parameters.items() if strict or n != "strict"}
    hints = get_type_hints(_delivery, include_extras=True) | get_type_hints(function, include_extras=True)

    @functools.wraps(function)
    def command(**given: Any) -> None:
        how = {name: given[name] for name in options}
        check_output(how["output"], how["force"])
        warned = how.pop("strict", False)
        made = function(**{name: given[name] for name in takes})
        if not deliver(made.result, **how):
            from rdpscore.report.terminal import show

            show(made.blocks(), console())
        raise typer.Exit(exit_status(made.result.problems, warned))

    both = [p for name, p in takes.items() if name not in options] + list(options.values())
    typed = [p.replace(annotation=hints[p.name], kind=p.KEYWORD_ONLY) for p in both]
    del command.__wrapped__  # whoever asks for its parameters is to see those of both
    command.__annotations__ = hints | {"return": None}
    command.__signature__ = inspect.Signature(typed)  # type: ignore[attr-defined]
    return command


def _delivery(
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """The options of `delivers`."""


def tells_cases(first: int) -> Callable[[Function], Function]:
    """Have a command tell the `first` cases of each kind of problem, where input is faulty."""

    def marked(function: Function) -> Function:
        function.first = first  # type: ignore[attr-defined]
        return function

    return marked


@contextmanager
def wrong(
    hint: str | None = None, errors: tuple[type[Exception], ...] = (FileExistsError, ValueError)
) -> Iterator[None]:
    """Values that a function refuses are wrong use of the argument `hint`.

    Raises
    ------
    typer.BadParameter
        In the place of one of `errors`; what is wrong with input stays what it is.
    """
    from rdpscore.problems import InvalidInput

    try:
        yield
    except InvalidInput:
        raise
    except errors as error:
        raise typer.BadParameter(str(error), param_hint=hint) from None


def one_of(value: str, known: Collection[str], option: str) -> Any:
    """The value of an option that takes one of a few words.

    Raises
    ------
    typer.BadParameter
        It is none of them.
    """
    if value not in known:
        raise typer.BadParameter(f"'{value}' is none of {', '.join(known)}", param_hint=option)
    return value


def check_by(survey: Any, by: str) -> str:
    """The column of ``journals.csv`` that ``--by`` names.

    Raises
    ------
    typer.BadParameter
        There is none of that name.
    """
    if by not in survey.journals.columns:
        known = ", ".join(map(str, survey.journals.columns))
        raise typer.BadParameter(f"journals.csv has no column '{by}'; it has {known}", param_hint="--by")
    return by


def check_scheme(name: str | None, survey: Any, option: str = "--scheme") -> Any:
    """The scheme of an option; an unknown name is wrong use, a faulty file bad input."""
    from rdpscore.codebook import load_scheme
    from rdpscore.problems import InvalidInput

    try:
        return load_scheme(name, survey.codebook)
    except InvalidInput as error:
        if any(b.file is not None for b in error.problems.batches):
            raise
        raise typer.BadParameter(next(iter(error.problems)).what, param_hint=option) from None


def only_journals(survey: Any, texts: list[str] | None) -> Any:
    """The survey's journals that satisfy all conditions of ``--journals-only``.

    The whole survey is checked first: an error in a journal that is left out is still one.

    Raises
    ------
    InvalidInput
        The survey has errors.
    typer.BadParameter
        A condition is none, holds for no journal, or names what the survey does not have.
    """
    from rdpscore.survey.subsets import parse_conditions, restricted
    from rdpscore.validation import check

    if not texts:
        return survey
    check(survey).raise_errors()
    try:
        found = restricted(survey, parse_conditions(survey, texts))
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--journals-only") from None
    if not len(found.journals):
        raise typer.BadParameter("no journal satisfies all of it", param_hint="--journals-only")
    return found


def fail_with(error: InvalidInput, *, as_json: bool = False, first: int | None = None) -> int:
    """Tell what is wrong with the input, the `first` cases of each kind; the exit status."""
    problems = error.problems
    if as_json:
        from rdpscore.results import dump_json

        write_json(dump_json({"result": None, "settings": {}, "problems": problems.to_dicts()}))
        return 1
    from rdpscore.report.problems import FIRST, report_problems
    from rdpscore.report.terminal import show

    out = console(stderr=True)
    show(report_problems(problems.errors, first or FIRST), out)
    out.print(f"{plural(len(problems.errors), 'error')}; nothing was computed or written", style="bold")
    return 1


def wrong_use(error: Any) -> int:
    """Tell of a wrong argument as typer does, with what it echoes made visible; the exit status."""
    if type(error).__name__ != "NoArgsIsHelpError":  # help has been printed
        from rich.panel import Panel

        out, context = console(stderr=True), getattr(error, "ctx", None)
        if context is not None:
            out.print(context.get_usage(), style="bold")
            out.print(f"Try '{context.command_path} {context.help_option_names[0]}' for help.", style="dim")
        out.print(Panel(error.format_message(), border_style="red", title="Error", title_align="left"))
    return int(error.exit_code)


def exit_status(problems: Problems, strict: bool) -> int:
    """0 where the input can be used; 1 for errors, and for warnings if `strict`."""
    return int(not problems.ok or (strict and bool(len(problems.warnings))))
