"""The page of problems, from the catalogue: ``python docs/generate_problems.py > docs/problems.md``."""

from __future__ import annotations

import inspect
import re
import sys

from rdpscore.problems import CATALOGUE, Kind, Severity, catalogue

HEADER = """\
<!-- Made by docs/generate_problems.py from rdpscore/problems/catalogue.py; do not edit by hand. -->
# Problems

A problem is one thing wrong in an input. It says where it stands (file; row as a spreadsheet counts, the
header being row 1, or line of a YAML file; column), what stands there, what is wrong, and what to do.
`rdpscore validate` finds all of them at once, in two steps: the structure of the files first; their content
only where the structure has no error.

| severity | number of kinds | what it does |
|---|---:|---|
| error | {n_error} | nothing is computed or written; exit status 1 |
| warning | {n_warning} | reported with counts; exit status 0, or 1 with `--strict` |
| note | {n_note} | worth knowing; never changes the exit status |

Exit statuses: **0** fine, warnings and notes included; **1** errors in the input, or warnings under
`--strict`; **2** wrong use of the command line, such as an unknown option or an `--output` file that exists.
Only `rdpscore reproduce --strict` looks at something else: it exits with 1 where a figure differs.

## As data

`rdpscore validate SURVEY --output problems.csv` writes one row a problem. `--json` prints an object with the
fields `result`, `settings` and `problems`. On bad input `validate` has `"valid": false` in `result`, and the
other commands have `null` there. Each entry of `problems` has these fields; those that do not apply are left
out of the JSON and blank in the table:

| field | content |
|---|---|
| `code` | the kind, as in the tables below; stable, meant for filtering |
| `severity` | `error`, `warning` or `note` |
| `place` | file, row or line, and column in one text (JSON only) |
| `file`, `row`, `column` | the same apart; `row` is a number; in YAML `column` is a path (`items.3.level`) |
| `journal`, `coder`, `round`, `item` | what the problem concerns |
| `value` | what stands there, uncut |
| `what` | the sentence: what is wrong |
| `remedy` | what to do |

In the tables below a word in *italics* is filled in case by case. Where a name is unknown and a similar one
exists, the sentence ends in "; nearest: '…'".
"""

_GROUP = re.compile(r"^# (\w[^\n]*?) -{5,}$|^_kind\(\s*\"(\w+)\"", re.MULTILINE)
_FIELD = re.compile(r"\{(\w+)\}")
_TOLD = "told case by case: the field and what is wrong with it"


def groups() -> dict[str, list[Kind]]:
    """Heading → kinds, as the source of the catalogue groups them."""
    found: dict[str, list[Kind]] = {}
    for heading, code in _GROUP.findall(inspect.getsource(catalogue)):
        if heading:
            found[heading] = []
        else:
            found[list(found)[-1]].append(CATALOGUE[code])
    listed = [kind.code for kinds in found.values() for kind in kinds]
    if sorted(listed) != sorted(CATALOGUE):
        raise RuntimeError("the source of the catalogue and the catalogue differ; correct groups()")
    return found


def render() -> str:
    """The whole content of docs/problems.md."""
    counts = {f"n_{s.value}": sum(k.severity is s for k in CATALOGUE.values()) for s in Severity}
    parts = [HEADER.format(**counts)]
    for heading, kinds in groups().items():
        parts.append(
            f"\n## {heading}\n\n| code | severity | meaning | sentence | remedy |\n|---|---|---|---|---|\n"
        )
        for k in kinds:
            what = _TOLD if k.what == "{what}" else _fields(k.what)
            remedy = "told with it" if k.remedy == "{remedy}" else _fields(k.remedy)
            cells = [f"`{k.code}`", k.severity.value, k.meaning, what, remedy]
            parts.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |\n")
    return "".join(parts)


def _fields(sentence: str) -> str:
    """``"no {thing} '{value}'{nearest}"`` as ``"no *thing* '*value*'"``."""
    return _FIELD.sub(lambda m: f"*{m[1].replace('_', ' ')}*", sentence.replace("{nearest}", ""))


if __name__ == "__main__":
    sys.stdout.buffer.write(render().encode("utf-8"))
