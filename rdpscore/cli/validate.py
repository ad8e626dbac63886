"""``rdpscore validate``."""

from __future__ import annotations

from rdpscore.cli.common import Made, OutputOption, SurveyArgument, delivers

EXAMPLE = "Example: rdpscore validate my-survey --output problems.csv"


@delivers
def command(survey: SurveyArgument = None, output: OutputOption = None) -> Made:
    """Check a survey against all rules and tell every problem, with its place and what to do."""
    from rdpscore.report.problems import report_validation
    from rdpscore.validation import validate

    result = validate(survey)
    return Made(result, lambda: report_validation(result, hint=output is None))
