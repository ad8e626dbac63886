"""Figures, one function each, as plotly figures; with the data that each shows as a `FigureData`."""

from rdpscore.figures.agreement import detection, forest, heat_map
from rdpscore.figures.behind import answers, contributions, profiles
from rdpscore.figures.choices import schemes, sobol
from rdpscore.figures.comparison import comparison_figures, distributions, moved
from rdpscore.figures.disagreement import confusion, reasons
from rdpscore.figures.gallery import heterogeneity_figures, score_figures
from rdpscore.figures.heterogeneity import policy_profiles, variance_shares
from rdpscore.figures.look import FigureData
from rdpscore.figures.scores import journal_scores, publisher_scores, rank_ranges
from rdpscore.figures.write import figures, write_pages

__all__ = [
    "FigureData",
    "answers",
    "comparison_figures",
    "confusion",
    "contributions",
    "detection",
    "distributions",
    "figures",
    "forest",
    "heat_map",
    "heterogeneity_figures",
    "journal_scores",
    "moved",
    "policy_profiles",
    "profiles",
    "publisher_scores",
    "rank_ranges",
    "reasons",
    "schemes",
    "score_figures",
    "sobol",
    "variance_shares",
    "write_pages",
]
