"""``rdpscore sensitivity``."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rdpscore.cli.common import (
    ForceOption,
    JournalsOption,
    JsonOption,
    OutputOption,
    RawOption,
    SchemeOption,
    StrictOption,
    SurveyArgument,
    check_output,
    check_scheme,
    clean,
    console,
    deliver,
    exit_status,
    fail_with,
    number,
    only_journals,
    percent,
    plural,
    table,
    working,
)
from rdpscore.cli.uncertain import SeedOption
from rdpscore.means import ARITHMETIC, SHIPPED

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console
    from rich.table import Table

    from rdpscore.survey import Survey
    from rdpscore.uncertainty import Index, SensitivityResult

WAYS = ", ".join(["items", "dimensions", *(name for name in SHIPPED if name != ARITHMETIC)])
EXAMPLE = "Example: rdpscore sensitivity my-survey --draws 500 --base 16 --output sensitivity.xlsx"
INPUTS, HEAD, TAIL = 10, 16, 4
RULES = {
    "aggregation": "Items put together otherwise",
    "missing": "Rule on missing answers",
    "not_applicable": "Rule on what does not apply",
    "left_out": "One item left out",
    "coder": "One coder alone",
}
NOTHING = {
    "constant": "all journals alike",
    "weight_0": "weight 0",
    "no_rank_changes": "moves no rank",
}


def command(
    survey: SurveyArgument = None,
    scheme: SchemeOption = None,
    draws: Annotated[int, typer.Option(min=1, help="Draws behind the ranges of ranks.")] = 10_000,
    seed: SeedOption = 1,
    weights: Annotated[
        str,
        typer.Option(
            metavar="item|dimension|none", help="One uncertain weight an item, or a dimension, or none."
        ),
    ] = "item",
    cv: Annotated[
        float, typer.Option(help="Coefficient of variation of each weight, around that of the scheme.")
    ] = 0.5,
    aggregation: Annotated[
        list[str] | None,
        typer.Option(
            metavar="WAY",
            help=f"Way of putting items together, beside the scheme's own: {WAYS}; "
            "can be given several times.",
            show_default="items, dimensions",
        ),
    ] = None,
    journal: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Journal whose score and rank are explained, too; can be given several times."
        ),
    ] = None,
    base: Annotated[
        int, typer.Option(metavar="N", help="Base sample of the Sobol indices, a power of 2.")
    ] = 1024,
    processes: Annotated[int, typer.Option(min=1, help="Of no influence on what comes out.")] = 1,
    one_reading: Annotated[
        bool,
        typer.Option(
            "--one-reading", help="Take journals of a publisher with identical codings as read once."
        ),
    ] = False,
    journals_only: JournalsOption = None,
    as_json: JsonOption = False,
    output: OutputOption = None,
    force: ForceOption = False,
    raw: RawOption = False,
    strict: StrictOption = False,
) -> None:
    """Show how far scores and ranks depend on weights, rules, single items and single coders.

    Ranks that other choices lead to, Sobol indices of each choice, effective weights of the items, and how items and
    dimensions hang together.
    """
    from rdpscore.problems import InvalidInput
    from rdpscore.survey import load
    from rdpscore.uncertainty import Assumptions, sensitivity

    check_output(output, force)
    ways = {} if aggregation is None else {"aggregation": tuple(aggregation)}
    given: Any = {"weights": weights, "cv": cv, "possible": one_reading, **ways}
    try:
        assumed = Assumptions(**given)
        loaded = only_journals(load(survey), journals_only)
        chosen = check_scheme(scheme, loaded)
        with working("Drawing weights, rules and coders"):
            result = sensitivity(
                loaded,
                chosen,
                assumed,
                n_draws=draws,
                base=base,
                seed=seed,
                journals=journal or (),
                processes=processes,
            )
    except InvalidInput as error:
        raise typer.Exit(fail_with(error, as_json=as_json)) from None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    if not deliver(result, as_json=as_json, output=output, force=force, raw=raw):
        show(loaded, result)
    raise typer.Exit(exit_status(result.problems, strict))


command.__name__ = "sensitivity"


def show(survey: Survey, result: SensitivityResult) -> None:
    """What moves ranks, item by item, and journal by journal."""
    out = console()
    out.print(clean(survey.meta.title), style="bold")
    title = result.scheme.title
    out.print(
        f"{plural(result.structure.n, 'journal')} with a score under '{result.scheme.id}' "
        f"({clean(title[0].lower() + title[1:])})"
    )
    if result.shift is None:
        out.print("No journal has a score, so there is nothing to move; see rdpscore status")
        return
    low, median, high = result.shift
    draws, seed = result.settings["draws"], result.settings["seed"]
    out.print(
        f"With other weights and rules ranks move by {median:.0f} places on average "
        f"({low:.0f} to {high:.0f} in 90 % of draws)"
    )
    out.print(f"{draws:,} draws, seed {seed}; Sobol indices with 95 % intervals", style="dim")
    titles = dict(zip(result.items["item"], result.items["title"], strict=True))
    titles |= {d.id: d.title for d in survey.codebook.dimensions}
    for output in result.indices.remainder:
        if output == "mean_score":  # in --json and --output; a table more would bury the ranks
            continue
        out.print()
        _indices(out, result, output, titles)
    out.print()
    out.print(_items(result))
    out.print(_structure(result, titles), style="dim")
    out.print()
    out.print(_journals(result, out.width))
    out.print(
        "Choices: 5 to 95 % of the ranks with other weights and rules. Coders too: if, besides, one\n"
        "coder alone had coded. One item less: lowest and highest rank. They are no confidence intervals.",
        style="dim",
    )


def _indices(out: Console, result: SensitivityResult, output: str, titles: dict[str, str]) -> None:
    kind, _, journal = output.partition(":")
    head = f"What moves the {kind} of {_cut(journal, 24)}" if journal else "What moves ranks, all journals"
    remainder = result.indices.remainder[output]
    if remainder is None:
        out.print(f"{head}: nothing, it is the same in every draw")
        return
    found = sorted(result.indices.of(output), key=lambda i: -(i.total or 0))
    rows = table(head, "Alone", "", "With others", "", "", right=("Alone", "With others"))
    for index in found[:INPUTS]:
        rows.add_row(_name(index, titles), *_shares(index), "▪" * round(20 * max(0.0, index.total or 0)))
    out.print(rows)
    left = found[INPUTS:]
    if left:
        most = max(i.total or 0 for i in left)
        out.print(
            f"{plural(len(left), 'other input')}: {number(most)} each at most, with others", style="dim"
        )
    out.print(
        f"No input alone: {percent(max(0.0, remainder))} of the variance is what they do together",
        style="dim",
    )


def _name(index: Index, titles: dict[str, str]) -> str:
    kind, _, what = index.input.partition(":")
    if not what:
        return RULES[kind]
    return f"Weight of {titles[what]}" if kind == "weight" else f"Weight of the dimension {titles[what]}"


def _shares(index: Index) -> tuple[str, str, str, str]:
    return (
        number(index.first),
        f"± {number(index.first_error)}",
        number(index.total),
        f"± {number(index.total_error)}",
    )


def _items(result: SensitivityResult) -> Table:
    columns = ("Weight", "Effect", "Alone", "Rest", "Shift", "Most")
    out = table("Item", *columns, "", right=columns)
    order = result.items.sort_values("out_mean_shift", ascending=False, kind="stable", na_position="last")
    rows: list[dict[str, Any]] = order.to_dict("records")  # type: ignore[assignment]
    for row in rows:
        largest = row["out_largest_shift"]
        out.add_row(
            _cut(str(row["title"]), 36),
            _share(row["weight_share"]),
            _share(row["variance_share"]),
            _share(row["eta2"]),
            number(row["item_rest"]),
            number(row["out_mean_shift"], 1),
            "–" if str(largest) == "<NA>" else f"{largest}",
            NOTHING.get(str(row["moves_nothing"]), ""),
        )
    return out


def _share(value: float) -> str:
    return "–" if value != value else percent(value)


def _structure(result: SensitivityResult, titles: dict[str, str]) -> str:
    lines = [
        "Weight: nominal share. Effect: share of the score's variance. Alone: variance between its answers.",
        "Rest: correlation with the score of the other items. Shift, most: change of rank without the item.",
    ]
    if not result.structure.linear:
        lines.append("The score is no weighted sum here, so its variance has no shares of items.")
    matrix = result.structure.dimensions
    names, values = list(matrix.columns), matrix.to_numpy(float)
    pairs = [
        f"{titles[names[a]]} and {titles[names[b]]} {number(float(values[a, b]))}"
        for a, b in combinations(range(len(names)), 2)
    ]
    if pairs:
        shown = "; ".join(pairs[:3]) + (f"; {len(pairs) - 3} more pairs" if len(pairs) > 3 else "")
        lines.append(f"Correlations of dimensions: {clean(shown)}.")
    shares = result.structure.components["share"].head(3)
    if len(shares):
        text = ", ".join(percent(s) for s in shares)
        lines.append(f"Principal components of the items: {text} of the variance, as description only.")
    return "\n".join(lines)


def _journals(result: SensitivityResult, width: int) -> Table:
    columns = ("Rank", "Median", "Choices", "Coders too", "One item less")
    out = table(*columns, "Journals", right=columns)
    groups = list(_groups(result.journals))
    cut = len(groups) > HEAD + TAIL + 1
    for group in groups[:HEAD] if cut else groups:
        out.add_row(*_row(group, width - 58))
    if cut:
        hidden = groups[HEAD:-TAIL]
        text = f"{plural(sum(map(len, hidden)), 'journal')} in {plural(len(hidden), 'row')}"
        out.add_row("…", "", "", "", "", f"{text}: --output")
        for group in groups[-TAIL:]:
            out.add_row(*_row(group, width - 58))
    return out


def _groups(journals: pd.DataFrame) -> list[pd.DataFrame]:
    """Journals that stay tied whatever is chosen, in one row."""
    keys = ["rank", "rank_median", "rank_low", "rank_high", "rank_out_low", "rank_out_high"]
    return [g for _, g in journals[journals["rank"].notna()].groupby(keys, sort=True)]


def _row(group: pd.DataFrame, width: int) -> tuple[str, ...]:
    first = group.iloc[0]
    rank = int(first["rank"])
    last = rank + int(first["tied"])
    names = [str(t) for t in group["title"]]
    owners = list(dict.fromkeys(str(p) for p in group["publisher"]))
    text = names[0] if len(names) == 1 else f"{len(names)} of {', '.join(owners)}"
    return (
        f"{rank}" if rank == last else f"{rank}–{last}",
        f"{first['rank_median']}",
        _range(group["rank_low"].min(), group["rank_high"].max()),
        _range(group["all_rank_low"].min(), group["all_rank_high"].max()),
        _range(first["rank_out_low"], first["rank_out_high"]),
        _cut(text, width),
    )


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: max(1, width - 1)]}…"


def _range(low: Any, high: Any) -> str:
    if str(low) == "<NA>":
        return "–"
    return f"{low}" if low == high else f"{low}–{high}"
