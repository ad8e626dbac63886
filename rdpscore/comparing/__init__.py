"""What differs between two surveys of the same journals, under one codebook or through a crosswalk.

`terms` and `two` bring both into the same terms, `dates` says which was read first, `moved` lists what differs,
`comparison` is the result, `words` its sentences. See docs/comparing.md.
"""

from rdpscore.comparing.comparison import SurveyComparison, compare_surveys

__all__ = [
    "SurveyComparison",
    "compare_surveys",
]
