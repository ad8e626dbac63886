"""Agreement between independent codings, never computed on adjudicated answers."""

import sys
from types import ModuleType
from typing import Any

from rdpscore.agreement.report import AgreementResult, agreement
from rdpscore.survey import Survey

__all__ = ["AgreementResult", "agreement"]


class _Room(ModuleType):
    """This package, callable: importing it puts it where users expect the function ``rdpscore.agreement``."""

    def __call__(self, survey: Survey, **options: Any) -> AgreementResult:
        return agreement(survey, **options)


sys.modules[__name__].__class__ = _Room
