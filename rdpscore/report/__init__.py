"""What results say: blocks of a report, made once from a result, and shown the same by every way out.

A module here is about one result and returns blocks (`blocks`): headings, sentences, notes, tables, charts. Nothing is
computed here but words, and nothing printed: `terminal` renders blocks for a console, the dashboard renders the same
blocks on its pages. No sentence about a result is made anywhere else.
"""

from rdpscore.report.blocks import Block, Facts, Gap, Heading, Note, ProblemKind, Sentence, Table

__all__ = ["Block", "Facts", "Gap", "Heading", "Note", "ProblemKind", "Sentence", "Table"]
