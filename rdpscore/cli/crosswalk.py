"""What ``rdpscore codebook crosswalk`` does and prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from rdpscore.cli.common import console, deliver, plural, show_problems, table, wrong
from rdpscore.cli.terminal import write_json

if TYPE_CHECKING:
    from rdpscore.codebook import Codebook
    from rdpscore.codebook.crosswalk import Crosswalk
    from rdpscore.survey.translation import Translation


def run(
    name: str,
    survey: str | None,
    source: str | None,
    to: str | None,
    save: Path | None,
    *,
    as_json: bool,
    output: Path | None,
    force: bool,
    raw: bool,
) -> None:
    """Check a crosswalk; with a survey, translate it."""
    from rdpscore.codebook import load_codebook
    from rdpscore.codebook.crosswalk_store import find_crosswalk, read_crosswalk
    from rdpscore.results import dump_json
    from rdpscore.survey import load
    from rdpscore.survey.creation import refuse_taken
    from rdpscore.survey.translation import translate
    from rdpscore.validation import check

    if survey is None and (save is not None or output is not None):
        raise typer.BadParameter("there is nothing to write without a survey", param_hint="--survey")
    if survey is not None and source is not None:
        raise typer.BadParameter("the survey has its codebook; leave --from out", param_hint="--from")
    if save is not None:
        with wrong("--save"):
            refuse_taken(save)
    loaded = None if survey is None else load(survey)
    first = loaded.codebook if loaded is not None else load_codebook(source) if source else None
    second = load_codebook(to) if to else None
    found, problems = read_crosswalk(find_crosswalk(name), first, second)
    problems.raise_errors()
    assert found is not None
    second = second or load_codebook(found.target.id)
    if loaded is not None:
        check(loaded).raise_errors()
    if loaded is None:
        if as_json:
            body = {"valid": True, **found.model_dump(by_alias=True)}
            write_json(dump_json({"result": body, "settings": {}, "problems": problems.to_dicts()}))
        else:
            _show(found, second)
            show_problems(problems, console())
        return
    result = translate(loaded, found, second, problems)
    if save is not None:
        from rdpscore.survey import save as write

        write(result.survey, save)
        typer.echo(f"wrote {save}", err=True)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show_translation(result)


def _show(crosswalk: Crosswalk, target: Codebook) -> None:
    """Each derived item with its rules, and what has no counterpart."""
    out = console()
    silent = crosswalk.no_counterpart
    out.print(crosswalk.title, style="bold")
    out.print(
        f"{crosswalk.source} → {crosswalk.target}: {len(crosswalk.items)} of {plural(len(target.items), 'item')} "
        f"can be told; {len(silent.source)} of {crosswalk.source.id} have no counterpart"
    )
    for derived in crosswalk.items:
        out.print()
        out.print(derived.item, style="bold")
        for rule in derived.rules:
            when = " and ".join(f"{item} is {' or '.join(codes)}" for item, codes in rule.when.items())
            answer = "no counterpart" if rule.answer is None else rule.answer
            out.print(f"  {answer}  where {when}" if when else f"  {answer}  otherwise")
        out.print(f"  {derived.note.strip()}", style="dim")
    for title, entries in (("Without a counterpart", silent.source), ("Not told", silent.target)):
        if entries:
            out.print()
            out.print(title, style="bold")
            for entry in entries:
                out.print(f"  {entry.item}: {entry.note.strip()}")


def show_translation(result: Translation) -> None:
    """What the answers of a survey become, item by item."""
    out = console()
    out.print(result.survey.meta.title, style="bold")
    told = result.items[result.items["derived"]]
    rows = table(
        "Item", "Journals told", "No counterpart", "Open", "Codings told",
        right=("Journals told", "No counterpart", "Open", "Codings told"),
    )  # fmt: skip
    for row in told.to_dict("records"):
        counts = (row[k] for k in ("n_told", "n_no_counterpart", "n_undetermined", "coded_told"))
        rows.add_row(str(row["title"]), *(f"{n:,}" for n in counts))
    out.print(rows)
    rest = result.items[~result.items["derived"]]["title"]
    if len(rest):
        out.print(f"Not told: {', '.join(map(str, rest))}", style="dim")
    if len(result.lost):
        n = int(result.lost["n_codings"].sum())
        out.print(
            f"Lost: {plural(n, 'coding')} of {plural(len(result.lost), 'item')} without a counterpart "
            f"({', '.join(map(str, result.lost['item']))})",
            style="dim",
        )
    show_problems(result.problems, out)
