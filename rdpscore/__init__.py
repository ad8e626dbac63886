"""Surveys of journals' research data policies: validated, agreement measured, scored.

>>> import rdpscore
>>> survey = rdpscore.load()
>>> survey.meta.id
'materials-science'
"""

from __future__ import annotations

TYPE_CHECKING = False  # as typing's, which takes longer to import than all that is here
if TYPE_CHECKING:
    from rdpscore.agreement import difficulty as difficulty
    from rdpscore.agreement import measure_agreement as measure_agreement
    from rdpscore.codebook import load_codebook as load_codebook
    from rdpscore.comparing import compare_surveys as compare_surveys
    from rdpscore.heterogeneity import measure_heterogeneity as measure_heterogeneity
    from rdpscore.moving import merge as merge
    from rdpscore.predictors import regress as regress
    from rdpscore.predictors import robustness as robustness
    from rdpscore.predictors import specification_curves as specification_curves
    from rdpscore.problems import InvalidInput as InvalidInput
    from rdpscore.published.importing import import_published as import_published
    from rdpscore.reproduction import reproduce as reproduce
    from rdpscore.scoring import compare as compare
    from rdpscore.scoring import score as score
    from rdpscore.survey import Survey as Survey
    from rdpscore.survey import load as load
    from rdpscore.survey import save as save
    from rdpscore.survey.assignment import assign as assign
    from rdpscore.survey.creation import create as create
    from rdpscore.survey.progress import status as status
    from rdpscore.uncertainty import measure_uncertainty as measure_uncertainty
    from rdpscore.uncertainty import sensitivity as sensitivity
    from rdpscore.uncertainty import spread as spread
    from rdpscore.uncertainty import standing as standing
    from rdpscore.validation import validate as validate

_HOMES = {
    "InvalidInput": "rdpscore.problems",
    "Survey": "rdpscore.survey",
    "measure_agreement": "rdpscore.agreement",
    "assign": "rdpscore.survey.assignment",
    "compare": "rdpscore.scoring",
    "compare_surveys": "rdpscore.comparing",
    "create": "rdpscore.survey.creation",
    "difficulty": "rdpscore.agreement",
    "measure_heterogeneity": "rdpscore.heterogeneity",
    "import_published": "rdpscore.published.importing",
    "load": "rdpscore.survey",
    "load_codebook": "rdpscore.codebook",
    "merge": "rdpscore.moving",
    "regress": "rdpscore.predictors",
    "reproduce": "rdpscore.reproduction",
    "robustness": "rdpscore.predictors",
    "save": "rdpscore.survey",
    "score": "rdpscore.scoring",
    "sensitivity": "rdpscore.uncertainty",
    "specification_curves": "rdpscore.predictors",
    "spread": "rdpscore.uncertainty",
    "standing": "rdpscore.uncertainty",
    "status": "rdpscore.survey.progress",
    "measure_uncertainty": "rdpscore.uncertainty",
    "validate": "rdpscore.validation",
}

__all__ = [
    "InvalidInput",
    "Survey",
    "assign",
    "compare",
    "compare_surveys",
    "create",
    "difficulty",
    "import_published",
    "load",
    "load_codebook",
    "measure_agreement",
    "measure_heterogeneity",
    "measure_uncertainty",
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
    "validate",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'rdpscore' has no attribute '{name}'")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(_HOMES))
