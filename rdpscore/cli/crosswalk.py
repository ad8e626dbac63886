"""What ``rdpscore codebook crosswalk`` does and prints."""

from __future__ import annotations

from pathlib import Path

import typer

from rdpscore.cli.common import console, deliver, wrong
from rdpscore.cli.terminal import write_json


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
    from rdpscore.report.codebooks import report_crosswalk, report_translation
    from rdpscore.report.terminal import show
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
            show(report_crosswalk(found, second, problems), console())
        return
    result = translate(loaded, found, second, problems)
    if save is not None:
        from rdpscore.survey import save as write

        write(result.survey, save)
        typer.echo(f"wrote {save}", err=True)
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(report_translation(result), console())
