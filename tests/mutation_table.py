"""The outcomes of `tests/mutate.py` as a page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import yaml
from mutants import ROOMS, Mutant

HELD = ("test_held_text.py", "test_docs_examples.py")
OUTCOMES = ("killed", "killed by time", "killed by held text", "survived", "not run by a test")
ALIVE = OUTCOMES[3:]
REASONS = Path(__file__).with_name("mutation_reasons.yaml")
OTHER = "words, means, results, reproduction"

INTRODUCTION = """\
# Mutation

A test suite is as good as the changes that it notices. `python tests/mutate.py --seed 1 --mutants 500` draws small
changes of the arithmetic and of the making of sentences (a comparison, an order, and for or, lowest for highest, median
for mean, plus for minus, a number one more or a tenth larger; no text in quotes) and tries each in a copy of the tree:
the tests that run the changed line are run, those of the room first, until one fails. It needs `coverage`, takes an
hour or two of one core, goes on where it was stopped, and is no part of the checks of a commit. `--held` then tries the
survivors against the text that is held of every command and against the examples of these pages; `--table` writes
this page.
"""


def latest(log: Path) -> dict[str, dict[str, Any]]:
    """The last outcome of each mutant."""
    if not log.exists():
        return {}
    records = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return {r["id"]: r for r in records}


def at_first(log: Path) -> dict[str, str]:
    """The first outcome of each mutant, before tests were written for those that survived."""
    out: dict[str, str] = {}
    if log.exists():
        for line in log.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            out.setdefault(record["id"], record["outcome"])
    return out


def write_table(page: Path, drawn: Sequence[Mutant], named: Sequence[Mutant], log: Path, seed: int) -> None:
    """Write the page of what became of the mutants of a seed that were tried, and of the changes by hand."""
    kept = latest(log)
    tried = [kept[m.id] for m in drawn if m.id in kept]
    by_hand = [kept[m.id] for m in named if m.id in kept]
    text = [INTRODUCTION, *body(tried, at_first(log), len(drawn), seed)]
    text += listed(
        "Changes by hand that once survived",
        by_hand,
        lambda r: f"{r['outcome']}: {r.get('by', '').split('/')[-1]}",
    )
    page.write_text("\n".join([*text, ""]), encoding="utf-8")


def body(tried: Sequence[dict[str, Any]], first: dict[str, str], n_drawn: int, seed: int) -> Iterator[str]:
    if not tried:
        yield "No mutant has been tried."
        return
    dead = [r for r in tried if r["outcome"] not in ALIVE]
    held = [r for r in tried if r["outcome"] == "killed by held text"]
    commits = sorted({r["commit"] for r in tried})
    which = "The" if len(tried) == n_drawn else f"The first {len(tried)} of the"
    yield (
        f"{which} {n_drawn} mutants of seed {seed}, of the package's code as of {' and '.join(commits)}: "
        f"{len(dead)} of {len(tried)} killed ({len(dead) / len(tried):.1%}), {len(dead) - len(held)} "
        f"({(len(dead) - len(held)) / len(tried):.1%}) by tests of behaviour and {len(held)} by held text alone."
        + ("" if held else " Survivors have not been tried against held text.")
    )
    early = sum(first[r["id"]] not in ALIVE for r in tried)
    few = sum(r["outcome"] == "survived" and r["tests"] < r["of"] for r in tried)
    yield ""
    yield (
        f"At first {early} ({early / len(tried):.1%}) were killed, the others by tests written for survivors or "
        f"by trying more tests. Tests that take long are not tried (`--tests`): of the survivors {few} were tried "
        "against a part of the tests that run their line, and may die of the rest."
    )
    yield ""
    yield "| Room | Tried | Killed | of these by time | by held text alone | Survived | Run by no test | Killed, % |"
    yield "|---|---|---|---|---|---|---|---|"
    for room in (*ROOMS, "coding", OTHER):
        own = [r for r in tried if room_of(r) == room]
        if own:
            yield row(f"`{room}`" if room != OTHER else OTHER, own)
    yield row("All", tried)
    yield from listed("Killed by held text alone", held, lambda r: r["by"].split("/")[-1])
    reasons = yaml.safe_load(REASONS.read_text(encoding="utf-8")) if REASONS.exists() else {}
    alive = [r for r in tried if r["outcome"] in ALIVE]
    yield from listed("Survivors", alive, lambda r: reasons.get(name(r)) or unknown(r))


def row(head: str, records: Sequence[dict[str, Any]]) -> str:
    n = Counter(r["outcome"] for r in records)
    dead = sum(n[o] for o in OUTCOMES if o not in ALIVE)
    cells = [
        len(records),
        dead,
        n["killed by time"],
        n["killed by held text"],
        n["survived"],
        n["not run by a test"],
    ]
    return f"| {head} | {' | '.join(map(str, cells))} | {100 * dead / len(records):.0f} |"


def listed(title: str, records: Sequence[dict[str, Any]], last: Any) -> Iterable[str]:
    if not records:
        return
    yield from ("", f"## {title}", "", "| Where | Change | Outcome |", "|---|---|---|")
    for r in sorted(records, key=lambda r: (r["module"], r["line"])):
        where = f"{r['module'].removeprefix('rdpscore/')}:{r['line']}"
        yield f"| `{where}` | {shown(r['was'])} → {shown(r['becomes'])} | {last(r)} |"


def unknown(record: dict[str, Any]) -> str:
    if record["outcome"] == "not run by a test":
        return "not yet tested: no test of these rooms runs the line"
    few = record["tests"] < record["of"]
    return "not yet tested" + (
        f" ({record['tests']} of {record['of']} tests that run it were tried)" if few else ""
    )


def name(record: dict[str, Any]) -> str:
    return f"{record['module']}:{record['line']} {record['was']} → {record['becomes']}"


def shown(code: str) -> str:
    short = code if len(code) <= 70 else f"{code[:67]}…"
    return f"`{' '.join(short.split())}`".replace("|", "\\|")


def room_of(record: dict[str, Any]) -> str:
    room = record["module"].split("/")[1].removesuffix(".py")
    return room if room in (*ROOMS, "coding") else OTHER
