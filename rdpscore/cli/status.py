"""``rdpscore status``: how far the coding is."""

from __future__ import annotations

from functools import partial

from rdpscore.cli.common import Made, SurveyArgument, delivers

EXAMPLE = "Example: rdpscore status my-survey --output status.xlsx"


@partial(delivers, strict=False)
def command(survey: SurveyArgument = None) -> Made:
    """Tell how far the coding is: coders, journals, disagreements, and the queries to the lead.

    --output writes the coders to .csv, and coders, journals and queries to .xlsx or .json.
    """
    from rdpscore.report.progress import report_progress
    from rdpscore.survey import load
    from rdpscore.survey.progress import status
    from rdpscore.validation import check

    loaded = load(survey)
    result = status(loaded, check(loaded))
    return Made(result, lambda: report_progress(loaded.meta.title, result))
