"""How a survey and rdpscore are cited, and the command lines that make its tables again."""

from __future__ import annotations

from importlib.metadata import version

from rdpscore.survey.filters import Filter
from rdpscore.survey.meta import SurveyMeta

TOOL = "rdpscore: surveys of journals' research data policies"
OUTPUTS = (
    ("validate", "", False),
    ("score", "scores.xlsx", True),
    ("agreement", "agreement.xlsx", False),
)
"""Verb, the file it writes, and whether it takes a scheme."""


def cite_survey(meta: SurveyMeta) -> str:
    """The citation that a survey gives, or its title and id where it gives none."""
    if meta.source is not None:
        return " ".join(meta.source.citation.split())
    return f"{meta.title} (survey {meta.id}; no citation is recorded)"


def source_line(meta: SurveyMeta) -> str:
    """What stands below a figure: the survey, and when its policies were read."""
    return f"{meta.title}. Policies read: {meta.read_on or 'date not recorded'}."


def cite_tool() -> str:
    """The citation of rdpscore with the version that runs."""
    return f"{TOOL}. Version {version('rdpscore')}."


def command_lines(chosen: Filter, *, own_survey: bool = False, own_scheme: bool = False) -> list[str]:
    """The commands that give the tables of a filter and scheme.

    Parameters
    ----------
    chosen : Filter
    own_survey : bool
        The survey is no shipped one: ``SURVEY`` stands for its folder.
    own_scheme : bool
        The scheme is in a file, ``scheme.yaml``.
    """
    import shlex

    journals = Filter(chosen.publisher, chosen.access, chosen.kind, chosen.impact).options()
    scheme = ["--scheme", "scheme.yaml"] if own_scheme else Filter(scheme=chosen.scheme).options()
    out = []
    for verb, file, scored in OUTPUTS:
        words = ["rdpscore", verb, *(["SURVEY"] if own_survey else [])]
        if file:
            words += [*journals, *(scheme if scored else []), "--output", file]
        out.append(shlex.join(words))
    return out
