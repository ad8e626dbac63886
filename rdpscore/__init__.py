"""Surveys of journals' research data policies: validated, agreement measured, scored.

>>> import rdpscore
>>> survey = rdpscore.load()
>>> survey.meta.id
'materials-science'
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, which takes longer to import than all that is here
if TYPE_CHECKING:
    from rdpscore.agreement import agreement as agreement
    from rdpscore.analysis import compare_surveys as compare_surveys
    from rdpscore.analysis import difficulty as difficulty
    from rdpscore.analysis import heterogeneity as heterogeneity
    from rdpscore.analysis import regress as regress
    from rdpscore.analysis import robustness as robustness
    from rdpscore.analysis import specification_curves as specification_curves
    from rdpscore.codebook import load_codebook as load_codebook
    from rdpscore.importing import merge as merge
    from rdpscore.importing.published import import_published as import_published
    from rdpscore.problems import InvalidInput as InvalidInput
    from rdpscore.reproduction import reproduce as reproduce
    from rdpscore.scoring import compare as compare
    from rdpscore.scoring import score as score
    from rdpscore.scoring import sensitivity as sensitivity
    from rdpscore.scoring import spread as spread
    from rdpscore.scoring import standing as standing
    from rdpscore.scoring import uncertainty as uncertainty
    from rdpscore.survey import Survey as Survey
    from rdpscore.survey import load as load
    from rdpscore.survey import save as save
    from rdpscore.survey.assign import assign as assign
    from rdpscore.survey.create import create as create
    from rdpscore.survey.progress import status as status
    from rdpscore.validation import validate as validate

_HOMES = {
    "InvalidInput": "rdpscore.problems",
    "Survey": "rdpscore.survey",
    "agreement": "rdpscore.agreement",
    "assign": "rdpscore.survey.assign",
    "compare": "rdpscore.scoring",
    "compare_surveys": "rdpscore.analysis",
    "create": "rdpscore.survey.create",
    "difficulty": "rdpscore.analysis",
    "heterogeneity": "rdpscore.analysis",
    "import_published": "rdpscore.importing.published",
    "load": "rdpscore.survey",
    "load_codebook": "rdpscore.codebook",
    "merge": "rdpscore.importing",
    "regress": "rdpscore.analysis",
    "reproduce": "rdpscore.reproduction",
    "robustness": "rdpscore.analysis",
    "save": "rdpscore.survey",
    "score": "rdpscore.scoring",
    "sensitivity": "rdpscore.scoring",
    "specification_curves": "rdpscore.analysis",
    "spread": "rdpscore.scoring",
    "standing": "rdpscore.scoring",
    "status": "rdpscore.survey.progress",
    "uncertainty": "rdpscore.scoring",
    "validate": "rdpscore.validation",
}

__all__ = [
    "InvalidInput",
    "Survey",
    "agreement",
    "assign",
    "compare",
    "compare_surveys",
    "create",
    "difficulty",
    "heterogeneity",
    "import_published",
    "load",
    "load_codebook",
    "merge",
    "regress",
    "reproduce",
    "robustness",
    "save",
    "score",
    "sensitivity",
    "specification_curves",
    "spread",
    "standing",
    "status",
    "uncertainty",
    "validate",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'rdpscore' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOMES))
