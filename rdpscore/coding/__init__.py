"""Coders' and adjudicators' workbooks: written from a survey, read back to the cell, imported.

Written by `coder` and `adjudication` (what stands in them is planned in `sheet_plan`, laid out in `layout`, `sheets`,
`coding_sheet`, `guide_sheet`), read by `read` (`container`, `grid`, `cells`), checked by `check`, marked by `annotate`,
taken into a survey by `filled`. See docs/coding.md.
"""

from rdpscore.coding.adjudication import adjudication_workbook
from rdpscore.coding.coder import coder_workbook
from rdpscore.coding.read import Filled, read_filled

__all__ = [
    "Filled",
    "adjudication_workbook",
    "coder_workbook",
    "read_filled",
]
