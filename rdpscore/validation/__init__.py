"""Every rule on a survey's content, all at once, as array operations on its tables.

A rule is a function of the survey that yields batches of problems. `RULES` is the list of them.
"""

from rdpscore.validation.run import ValidationResult, check, validate

__all__ = ["ValidationResult", "check", "validate"]
