"""A first mapping and a first codebook for files that nobody has mapped yet, to be edited by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

from rdpscore.arguments import checked
from rdpscore.files import commit
from rdpscore.files.texts import plain
from rdpscore.problems import Problems
from rdpscore.published.guesses import BLANKS, Guess, guess
from rdpscore.published.mapping import SourceSpec
from rdpscore.published.sources import (
    SourceFile,
    candidates,
    converted,
    read_source,
)
from rdpscore.published.table import Table
from rdpscore.readers import suffixes
from rdpscore.survey.creation import refuse_taken

MOST_SHOWN = 40
"""So many texts of a column are listed with their counts."""

_RECORDS = (".yaml", ".yml", ".json")


@checked
def propose(folder: str | Path, files: Sequence[str | Path]) -> tuple[Path, Path]:
    """Write ``mapping.yaml`` and ``codebook.yaml`` for some published files.

    What a column is can only be guessed, so every guess is a line to be checked: which columns are items, what
    their texts mean, in which order options stand, what they score.

    Parameters
    ----------
    folder : str or Path
        A new folder, or an empty one.
    files : sequence of str or Path
        The published files, or folders that hold them.

    Returns
    -------
    mapping, codebook : Path

    Raises
    ------
    InvalidInput
        A file cannot be read.
    FileExistsError
        The folder is not empty.
    """
    target = Path(folder)
    refuse_taken(target)
    found, problems = candidates([Path(f) for f in files], Path())
    named = {Path(f).resolve() for f in files}
    sources = _sources(
        [f for f in found if f.path.resolve() in named or Path(f.name).suffix.casefold() in suffixes()]
    )
    tables: dict[str, Table] = {}
    made = converted([f for _, members in sources.values() for f in members])
    for name, (spec, members) in sources.items():
        table, faults = read_source(name, spec, members, made)
        problems += faults
        if table is not None:
            tables[name] = table
    problems.raise_errors()
    if not tables:
        Problems.one("empty_file", ", ".join(map(str, files))).raise_errors()
    main = max(tables, key=lambda n: len(tables[n]) * len(tables[n].columns))
    guessed = guess(tables[main])
    texts = {
        "mapping.yaml": mapping_text(guessed, tables, main, {n: s for n, (s, _) in sources.items()}),
        "codebook.yaml": codebook_text(guessed, main),
    }
    commit(target, {n: t.encode("utf-8") for n, t in texts.items()})
    return target / "mapping.yaml", target / "codebook.yaml"


def _sources(files: Sequence[SourceFile]) -> dict[str, tuple[SourceSpec, list[SourceFile]]]:
    """A source for each file; one for all YAML or JSON files, which hold a journal each."""
    out: dict[str, tuple[SourceSpec, list[SourceFile]]] = {}
    records = [f for f in files if Path(f.name).suffix.casefold() in _RECORDS]
    if len(records) > 1:
        depth = {f.name.count("/") for f in records}
        suffix = Path(records[0].name).suffix
        pattern = "/".join(["*"] * max(depth)) + ("/" if max(depth) else "") + f"*{suffix}"
        out["records"] = SourceSpec(file=pattern), records
    for file in files:
        if len(records) > 1 and file in records:
            continue
        stem = "_".join(re.findall(r"[A-Za-z0-9]+", Path(file.name).stem))[:30] or "source"
        name, number = stem, 1
        while name in out:
            number += 1
            name = f"{stem}_{number}"
        out[name] = SourceSpec(file=file.name), [file]
    return out


_REFUSED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""What no YAML document may hold (YAML 1.1, section 5.1)."""


def _q(text: str) -> str:
    """A text in YAML: quoted, on one line, with what YAML takes for no character written as its number."""
    return _REFUSED.sub(lambda m: f"\\u{ord(m[0]):04x}", json.dumps(text, ensure_ascii=False))


def _shown(text: str, length: int = 60) -> str:
    """A text in a comment."""
    return plain(_REFUSED.sub(" ", text), length)


def _column(table: Table, name: str) -> str:
    """A column as the mapping names it: long headings by their letters."""
    if name not in table.columns or len(name) <= 40 or not table.tabular:
        return name
    from rdpscore.published.table import letters

    return f"@{letters(list(table.columns).index(name))}"


def mapping_text(guessed: Guess, tables: dict[str, Table], main: str, specs: dict[str, SourceSpec]) -> str:
    """The mapping file, with what was seen as comments."""
    table = tables[main]
    missing = [b for b in BLANKS if any(b in c.values for c in table.columns.values())]
    lines = [
        "# A first mapping, made by rdpscore import --propose. Lines with CHECK are guesses.",
        "# docs/importing.md describes every entry; rdpscore codebook schema --mapping prints its JSON Schema.",
        "format: 1",
        "codebook: codebook.yaml",
        "survey:",
        "  id: survey  # CHECK: letters, digits, _ and -",
        '  title: "Title of the study"  # CHECK',
        f"  coders: {'persons' if guessed.coder or guessed.coders else 'slots'}",
        "  # licence: CC-BY-4.0",
        '  # source: {citation: "Authors Year, Title", url: "https://example.org"}',
        "  # read_on: When the policies were read.",
    ]
    if guessed.publisher is None:
        lines.append("  not_recorded: [publisher]  # CHECK")
    if guessed.attributes:
        lines.append("  attributes:")
        lines += [f"    {n}: {{kind: {kind}}}  # CHECK" for n, (kind, _) in guessed.attributes.items()]
    lines.append("sources:")
    for name in [main, *(n for n in tables if n != main)]:
        said = f"file: {_q(specs[name].file)}"
        blank = [b for b in BLANKS if any(b in c.values for c in tables[name].columns.values())]
        if blank:
            said += f", missing: [{', '.join(map(_q, blank))}]"
        size = f"{len(tables[name]):,} rows, {len(tables[name].named)} columns"
        lines.append(f"  {name}: {{{said}}}  # {size}" + (" CHECK: are these blanks?" if blank else ""))
    lines += _others(tables, main)
    lines += [
        "# rows:  # rows that are notes, totals or no journals, each with a name for the report",
        '#   - {name: totals, where: {"First column": {begins: Total}}}',
        "journals:",
        f"  title: {_q(_column(table, guessed.title or table.named[0]))}  # CHECK",
    ]
    if guessed.publisher is not None:
        lines.append(f"  publisher: {_q(_column(table, guessed.publisher))}")
    if guessed.several is not None:
        lines.append(f"  several: {_q(guessed.several)}  # CHECK: do cells name several journals?")
    if guessed.attributes:
        lines.append("  attributes:")
        lines += [f"    {n}: {_q(_column(table, c))}" for n, (_, c) in guessed.attributes.items()]
    lines += _coders(guessed, table)
    if guessed.item is not None:
        lines += ["answers:", f"  item: {_q(guessed.item)}", f"  column: {_q(guessed.answer or '')}"]
    lines.append("items:")
    for item, where in {**guessed.closed, **guessed.open}.items():
        lines += _item(guessed, table, item, where, missing)
    lines += _spare(guessed, table)
    return "\n".join(lines) + "\n"


def _others(tables: dict[str, Table], main: str) -> list[str]:
    """The columns of sources that may be side tables."""
    out = []
    for name, table in tables.items():
        if name != main:
            out.append(f"# columns of {name}, a side table perhaps (journals: also:): ")
            out += [f"#   {_shown(c)}" for c in table.named[:MOST_SHOWN]]
    return out


def _coders(guessed: Guess, table: Table) -> list[str]:
    if guessed.coders:
        said = ", ".join(f"{_q(c)}: {_q(t)}" for c, t in guessed.coders.items())
        return ["coders:", f"  columns: {{{said}}}  # CHECK"]
    if guessed.coder is None:
        return ["coders:", "  number: true  # CHECK: or value: consensus, consensus: [consensus]"]
    cells = table.columns[guessed.coder]
    counts = sorted(zip(cells.values, cells.used.tolist(), strict=True), key=lambda p: -p[1])
    seen = ", ".join(f"{_shown(v, 20)} ({n})" for v, n in counts[:MOST_SHOWN])
    out = ["coders:", f"  column: {_q(_column(table, guessed.coder))}", f"  # {seen}"]
    joined = [v for v, _ in counts if re.search(r"\w\s*[/&+]\s*\w|consensus|final|agreed", v, re.IGNORECASE)]
    if joined:
        out.append(f"  consensus: [{', '.join(map(_q, joined))}]  # CHECK")
    return out


def _item(guessed: Guess, table: Table, item: str, where: str, missing: list[str]) -> list[str]:
    place = "called" if guessed.item is not None else "column"
    named = f"[{_q(where)}]" if place == "called" else _q(_column(table, where))
    out = [
        f"  {item}:",
        f"    {place}: {named}" + (f"  # {_shown(where)}" if _column(table, where) != where else ""),
    ]
    if item in guessed.passages:
        out.append(f"    passage: {_q(guessed.passages[item])}  # CHECK")
    if item in guessed.closed:
        out.append("    values:")
        codes = option_codes([v for v, _ in guessed.values[item][:MOST_SHOWN]])
        for (value, n), code in zip(guessed.values[item], codes, strict=False):
            key = value if len(value) <= 200 else f"{value[:100]}*"  # a key of YAML is short
            out.append(f"      {_q(key)}: {_q(code) if n > 1 or len(codes) <= 4 else _q('@note')}  # {n}")
    return out


def _spare(guessed: Guess, table: Table) -> list[str]:
    used = {guessed.title, guessed.publisher, guessed.coder, guessed.item, guessed.answer}
    used |= {*guessed.closed.values(), *guessed.open.values(), *(c for _, c in guessed.attributes.values())}
    spare = [c for c in table.named if c not in used]
    if not spare or guessed.coders:
        return []
    return ["# columns that are not mapped, passages among them:", *(f"#   {_shown(c)}" for c in spare)]


def option_codes(values: Sequence[str]) -> list[str]:
    """Codes made of texts: numbers as they are, words shortened, each once."""
    out: list[str] = []
    for value in values:
        words = re.findall(r"[a-z0-9]+", value.casefold())
        base = value if re.fullmatch(r"[A-Za-z0-9_-]{1,12}", value) else "-".join(words[:4])[:30].strip("-")
        number, code = 1, base.casefold() or "option"
        while code in out:
            number += 1
            code = f"{base.casefold() or 'option'}-{number}"
        out.append(code)
    return out


def _heading(where: str) -> str:
    """A heading without what stands for the coder, and without the marks around it."""
    return re.sub(r"[ _.:/-]*\{coder\}[ _.:/-]*", " ", where).strip(" _.:/-")


def codebook_text(guessed: Guess, title: str) -> str:
    """The codebook: an item for each column, its options as they were seen."""
    lines = [
        "# A first codebook, made by rdpscore import --propose. Lines with CHECK are guesses.",
        "# docs/codebook.md describes every entry. Write questions and labels in your own words.",
        "format: 1",
        "id: survey  # CHECK",
        'version: "1"',
        'title: "Title of the instrument"  # CHECK',
        "dimensions:",
        "  - {id: policy, title: Policy}  # CHECK",
        "items:",
    ]
    for item, where in guessed.closed.items():
        options = [v for v, n in guessed.values[item] if n > 1 or len(guessed.values[item]) <= 4][:MOST_SHOWN]
        codes = option_codes([v for v, _ in guessed.values[item][:MOST_SHOWN]])
        by_value = dict(zip((v for v, _ in guessed.values[item]), codes, strict=False))
        if all(re.fullmatch(r"-?\d+", v) for v in options):
            options.sort(key=int)
        if {v.casefold() for v in options} == {"yes", "no"}:
            options.sort(key=str.casefold)  # no is the less strict
        lines += [
            f"  - id: {item}",
            "    dimension: policy",
            f"    title: {_q(_shown(_heading(where), 40) or item)}",
            f"    question: {_q(_shown(_heading(where), 300) or item)}  # CHECK",
            "    level: nominal  # CHECK: ordinal where the options stand in order of strictness",
            "    evidence: optional",
            "    options:  # CHECK: their order, the least strict first, and their scores",
        ]
        if len(options) == 1:
            options.append("another answer")
            by_value[options[1]] = "other" if "other" not in by_value.values() else "other-2"
        labels: set[str] = set()
        for i, value in enumerate(options):
            score = round(i / (len(options) - 1), 4)
            label = _shown(value, 120)
            if label in labels:
                label = f"{label} ({i + 1})"
            labels.add(label)
            lines.append(f"      - {{code: {_q(by_value[value])}, label: {_q(label)}, score: {score:g}}}")
    for item, where in guessed.open.items():
        lines += [
            f"  - id: {item}",
            "    dimension: policy",
            f"    title: {_q(_shown(where.replace('{coder}', ''), 40))}",
            f"    question: {_q(_shown(where.replace('{coder}', ''), 300))}  # CHECK",
            "    kind: open",
            "    evidence: optional",
        ]
    lines += ["schemes:", "  - {id: equal, title: Mean of the items}", "default_scheme: equal"]
    return "\n".join(lines) + "\n"
