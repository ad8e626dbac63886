"""A survey: frozen, holds its codebook and its tables; loaded, saved, and read as integers.

The tables are plain pandas frames of text, as in the files. `Survey.records` and `Survey.resolved` hold the
same answers as integers: what validation, agreement and scoring compute on.
"""

from rdpscore.survey.meta import Attribute, CodebookRef, SurveyMeta
from rdpscore.survey.model import Survey
from rdpscore.survey.readings import (
    CodingSets,
    coding_sets,
    distinct_readings,
    possibly_one,
    recorded_readings,
)
from rdpscore.survey.records import (
    INVALID,
    MISSING,
    RESOLVED_BY,
    Records,
    Resolved,
    answer_positions,
    applicable,
    doubtful,
    marked_stale,
    positions,
    stale,
    unanswered,
    wording_only,
)
from rdpscore.survey.store import find_survey, load, read, save
from rdpscore.survey.tables import MAIN, MODES, SPECS, STATES, UNRECORDED, conform

__all__ = [
    "INVALID",
    "MAIN",
    "MISSING",
    "MODES",
    "RESOLVED_BY",
    "SPECS",
    "STATES",
    "UNRECORDED",
    "Attribute",
    "CodebookRef",
    "CodingSets",
    "Records",
    "Resolved",
    "Survey",
    "SurveyMeta",
    "answer_positions",
    "applicable",
    "coding_sets",
    "conform",
    "distinct_readings",
    "doubtful",
    "find_survey",
    "load",
    "marked_stale",
    "positions",
    "possibly_one",
    "read",
    "recorded_readings",
    "save",
    "stale",
    "unanswered",
    "wording_only",
]
