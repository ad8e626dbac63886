"""Coders' and adjudicators' workbooks: written from a survey, read back to the cell."""

from rdpscore.workbook.adjudication import adjudication_workbook
from rdpscore.workbook.coder import coder_workbook
from rdpscore.workbook.read import Filled, read_filled

__all__ = ["Filled", "adjudication_workbook", "coder_workbook", "read_filled"]
