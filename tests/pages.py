"""Pages of the documentation: their blocks, what stands above each, and whether a text is what a page shows.

A block is fenced. Comments on the lines right above it say what the page does not show:

``<!-- run first: … -->``   shell lines that make what the block needs, ``;`` between them; ``page survey.md`` writes
                             the files that another page shows
``<!-- output of: … -->``   the block is what this command prints
``<!-- not run: … -->``     why nobody runs it
``<!-- file: … -->``        its text is this file, for the blocks below
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_FENCE = re.compile(r"^```(.*)$")
_MARK = re.compile(r"<!-- (run first|output of|not run|file): (.*?) -->", re.DOTALL)
ANY = "…"


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes
    ----------
    page : str
    line : int
        Of the opening fence.
    info : str
        What stands behind the fence: ``console``, or ``csv study.csv``.
    text : str
    marks : dict
        What the comments right above it say, by their kind.
    """

    page: str
    line: int
    info: str
    text: str
    marks: dict[str, str] = field(default_factory=dict)


def blocks(path: Path) -> Iterator[Block]:
    """The blocks of a page, in order."""
    lines = path.read_text(encoding="utf-8").splitlines()
    above: list[str] = []
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened is None:
            above = [*above, lines[at]] if lines[at].strip() else []
            at += 1
            continue
        end = next(k for k in range(at + 1, len(lines)) if lines[k].startswith("```"))
        marks = dict(_MARK.findall("\n".join(above)))
        yield Block(path.name, at + 1, opened[1], "".join(f"{t}\n" for t in lines[at + 1 : end]), marks)
        above, at = [], end + 1


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block, or of a list of shell lines, with what is shown below it."""
    prompt = "$ " if block.info == "console" else ""
    command, shown = "", ""
    for line in block.text.splitlines():
        if command.endswith("\\\n"):
            command += f"{line}\n"
        elif line.startswith(prompt):
            if command:
                yield command, shown
            command, shown = f"{line.removeprefix(prompt)}\n", ""
        else:
            shown += f"{line}\n"
    if command:
        yield command, shown


def shows(shown: str, printed: str) -> str | None:
    """Where a page and a text part: the first lines shown that are not printed, None where there are none.

    ``…`` on a line of its own stands for any lines, inside a line for anything.
    """
    lines = [line.rstrip() for line in printed.splitlines()]
    parts: list[list[str]] = [[]]
    for line in shown.splitlines():
        if line.strip() == ANY:
            parts.append([])
        else:
            parts[-1].append(line.rstrip())
    at = 0
    for k, part in enumerate(parts):
        first, last = k == 0, k == len(parts) - 1
        places = range(at, len(lines) - len(part) + 1)
        places = places[:1] if first else places
        if last:
            places = range(max(at, len(lines) - len(part)), len(lines) - len(part) + 1)
            if first and len(part) != len(lines):
                places = range(0)
        found = next((p for p in places if all(map(_same, part, lines[p:]))), None)
        if found is None:
            return "\n".join(part)
        at = found + len(part)
    return None


def _same(shown: str, printed: str) -> bool:
    return re.fullmatch(".*".join(map(re.escape, shown.split(ANY))), printed) is not None
