"""A first mapping and a first codebook for files that nobody has mapped yet, to be edited by a person."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from rdpscore.arguments import checked
from rdpscore.files import commit
from rdpscore.files.texts import plain
from rdpscore.problems import Problems
from rdpscore.published.deposit import READ, Part, parts, roles
from rdpscore.published.guesses import BLANKS, Guess, guess
from rdpscore.published.sources import candidates, converted
from rdpscore.published.table import Table
from rdpscore.readers import suffixes
from rdpscore.survey.creation import refuse_taken
from rdpscore.words import listed

MOST_SHOWN = 40
"""So many texts of a column are listed with their counts."""


@checked
def propose(folder: str | Path, files: Sequence[str | Path]) -> tuple[Path, Path]:
    """Write ``mapping.yaml`` and ``codebook.yaml`` for some published files.

    Every sheet of every file is looked at. What a table and a column are can only be guessed, so every guess is a line
    to be checked, and what only a person can say stands under ``undecided:``, which keeps the mapping from being used.
    No score is guessed.

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
    read = [f for f in found if f.path.resolve() in named or Path(f.name).suffix.casefold() in suffixes()]
    all_parts, unread, faults = parts(read, converted(read))
    (problems + faults).raise_errors()
    if not all_parts:
        Problems.one("empty_file", ", ".join(map(str, files))).raise_errors()
    main = max(all_parts, key=lambda p: len(p.table) * len(p.table.columns))
    guessed = guess(main.table)
    others = list(roles(main, guessed.title, all_parts))
    texts = {
        "mapping.yaml": mapping_text(guessed, main, others, unread),
        "codebook.yaml": codebook_text(guessed),
    }
    commit(target, {n: t.encode("utf-8") for n, t in texts.items()})
    return target / "mapping.yaml", target / "codebook.yaml"


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


def mapping_text(
    guessed: Guess, main: Part, others: Sequence[tuple[Part, str]], unread: Sequence[str]
) -> str:
    """The mapping file, with what was seen as comments, and what is to be decided as a list."""
    table = main.table
    missing = [b for b in BLANKS if any(b in c.values for c in table.columns.values())]
    lines = [
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
    for part, role in [(main, ""), *others]:
        lines.append(_source(part, role))
    lines += [f"  # {_shown(u)}: not read" for u in unread]
    lines += _columns(others)
    lines += _rows(guessed, table)
    lines += ["journals:", f"  title: {_title(guessed, table)}  # CHECK"]
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
    head = [
        "# A first mapping, made by rdpscore import --propose. Lines with CHECK are guesses.",
        "# docs/importing.md describes every entry; rdpscore codebook schema --mapping prints its JSON Schema.",
        "format: 1",
        "codebook: codebook.yaml",
        "undecided:  # take a line out when it is decided; nothing is imported before the last is gone",
        *(f"  - {_q(_shown(d, 300))}" for d in _decisions(guessed, main, others, missing)),
    ]
    return "\n".join(head + lines) + "\n"


def _decisions(
    guessed: Guess, main: Part, others: Sequence[tuple[Part, str]], missing: Sequence[str]
) -> Iterator[str]:
    """What only a person can say."""
    yield "survey: its id and title"
    yield f"journals: column '{guessed.title or main.table.named[0]}' names them"
    if guessed.entries:
        merged = "" if guessed.entries == 1 else ", and what has no such end is what was agreed on"
        yield f"coders: records that end in --1 and --2 are two entries of one journal{merged}"
    if guessed.publisher is None:
        yield "journals: no column names their publishers"
    if guessed.no_journals:
        yield f"rows: {listed([repr(_shown(t, 40)) for t in guessed.no_journals])} are no journals"
    if guessed.coders:
        yield f"coders: {listed(list(guessed.coders), None)}, by the headings"
    elif guessed.entries:
        pass
    elif guessed.coder is not None:
        yield f"coders: column '{guessed.coder}' names them; which of them is what was agreed on"
    else:
        yield "coders: no column names them"
    if missing:
        yield f"sources: {listed(list(missing), None)} mean blank"
    for part, role in others:
        yield f"sources: {_called(part)}: {role}"
    if guessed.passages:
        yield f"items: what stands beside {listed(list(guessed.passages))} is a passage"
    yield "items: which columns are questions, and what their texts mean"
    yield "codebook.yaml: the questions; the order of options; which items count, and with which scores"


def _called(part: Part) -> str:
    """A file, or a sheet of it, for people."""
    return part.spec.file if part.lone else f"sheet '{part.table.sheets[0]}' of {part.spec.file}"


def _source(part: Part, role: str) -> str:
    """A line under ``sources:``; a comment where the table is none that a draft can use."""
    table, spec = part.table, part.spec
    said = f"file: {_q(spec.file)}"
    said += f", sheet: {_q(spec.sheet[0])}" if spec.sheet else ""
    said += f", skip: {spec.skip}" if spec.skip else ""
    said += f", header_rows: {spec.header_rows}" if spec.header_rows > 1 else ""
    blank = [b for b in BLANKS if any(b in c.values for c in table.columns.values())]
    if blank:
        said += f", missing: [{', '.join(map(_q, blank))}]"
    seen = f"{len(table):,} rows, {len(table.named)} columns"
    seen += " CHECK: are these blanks?" if blank else ""
    seen += f" CHECK: {role}" if role else ""
    return f"  {'' if _read(part, role) else '# '}{part.name}: {{{said}}}  # {seen}"


def _read(part: Part, role: str) -> bool:
    """The main table, what may belong to it, and files that are tables at all."""
    return not role or role in READ or (part.lone and len(part.table.named) > 1)


def _columns(others: Sequence[tuple[Part, str]]) -> Iterator[str]:
    """The columns of tables that may be of use."""
    for part, role in others:
        if _read(part, role):
            yield f"# columns of {part.name}:"
            yield from (f"#   {_shown(c)}" for c in part.table.named[:MOST_SHOWN])


def _rows(guessed: Guess, table: Table) -> list[str]:
    """Totals and notes as a rule."""
    if not guessed.no_journals:
        return [
            "# rows:  # rows that are notes, totals or no journals, each with a name for the report",
            '#   - {name: totals, where: {"First column": {begins: Total}}}',
        ]
    texts = ", ".join(map(_q, guessed.no_journals))
    where = f"{{{_q(_column(table, guessed.title or ''))}: [{texts}]}}"
    return ["rows:", f"  - {{name: totals and notes, where: {where}}}  # CHECK"]


def _title(guessed: Guess, table: Table) -> str:
    column = _q(_column(table, guessed.title or table.named[0]))
    return f"{{column: {column}, pattern: '^(.*?)(?:--[1-9])?$'}}" if guessed.entries else column


def _coders(guessed: Guess, table: Table) -> list[str]:
    if guessed.coders:
        said = ", ".join(f"{_q(c)}: {_q(t)}" for c, t in guessed.coders.items())
        return ["coders:", f"  columns: {{{said}}}  # CHECK"]
    if guessed.entries:
        merged = [] if guessed.entries == 1 else ["  otherwise: merged", "  consensus: [merged]"]
        return [
            "coders:",
            f"  column: {_q(_column(table, guessed.title or ''))}",
            "  pattern: '--([1-9])$'",
            *merged,
        ]
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
        shown = [v for v, _ in guessed.values[item][:MOST_SHOWN]]
        numbered = levels(guessed, item)
        codes = [numbered[v][0] for v in shown] if numbered else option_codes(shown)
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


_LEVEL = re.compile(r"(-?\d{1,3})\s*(?:[-–—−:.)=]+\s*|\s+)(?=\D)(\S.*)", re.DOTALL)


def levels(guessed: Guess, item: str) -> dict[str, tuple[str, str]] | None:
    """Text → its leading number and the rest, where every text of an item has a number of its own."""
    texts = [v for v, _ in guessed.values[item][:MOST_SHOWN]]
    found = {v: m for v in texts if (m := _LEVEL.fullmatch(v))}
    if len(found) < len(texts) or len({m[1] for m in found.values()}) < len(found) or len(found) < 2:
        return None
    return {v: (m[1], m[2]) for v, m in found.items()}


def _options(guessed: Guess, item: str) -> tuple[list[tuple[str, str]], bool]:
    """Code and label of each option in their order, and whether numbers give that order."""
    values = guessed.values[item]
    kept = [v for v, n in values if n > 1 or len(values) <= 4][:MOST_SHOWN]
    numbered = levels(guessed, item)
    if numbered is not None:
        texts = {v: numbered[v] for v in sorted(kept, key=lambda v: int(numbered[v][0]))}
    else:
        codes = option_codes([v for v, _ in values[:MOST_SHOWN]])
        by_value = dict(zip((v for v, _ in values), codes, strict=False))
        if all(re.fullmatch(r"-?\d+", v) for v in kept):
            kept.sort(key=int)
        elif {v.casefold() for v in kept} == {"yes", "no"}:
            kept.sort(key=str.casefold)  # no is the less strict
        texts = {v: (by_value[v], v) for v in kept}
    out: dict[str, str] = {}
    for code, text in texts.values():
        label = _shown(text, 120)
        out[code] = label if label not in out.values() else f"{label} ({len(out) + 1})"
    if len(out) == 1:
        out["other" if "other" not in out else "other-2"] = "another answer"
    return list(out.items()), numbered is not None


def codebook_text(guessed: Guess) -> str:
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
        options, ordinal = _options(guessed, item)
        title = _q(_shown(_heading(where), 40) or item)
        lines += [
            f"  - id: {item}",
            "    dimension: policy",
            f"    title: {title}",
            f"    question: {_q(_shown(_heading(where), 300) or item)}  # CHECK",
            "    level: ordinal  # CHECK: by their numbers"
            if ordinal
            else "    level: nominal  # CHECK: ordinal where the options stand in order of strictness",
            "    scored: false  # CHECK: without this line every option has a score from 0 to 1",
            "    evidence: optional",
            "    options:  # CHECK: their order, the least strict first",
            *(f"      - {{code: {_q(code)}, label: {_q(label)}}}" for code, label in options),
        ]
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
