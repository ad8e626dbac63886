"""Readers of file formats: one reader behind every command that takes a file from outside, a module a format.

A file becomes a `Book` of sheets (`model`), whatever it is; `registry` finds the reader by what stands in it and by its
name (`signatures`), `foreign` says of what no reader takes what it is and the way out. `delimited` reads tables as
text, `workbook` Excel's of today, `legacy` those of old (by `office` where LibreOffice is there), `opendocument`,
`statistical` SPSS's and Stata's data, `records` YAML and JSON; each with the bounds of `container` on size. Nothing
read is executed. Uses `files` for encodings and archives. Another package adds a format by the entry point
`rdpscore.readers`.
"""

from rdpscore.readers.model import Book, Cell, Options, Page, Rows, Sheet
from rdpscore.readers.registry import Reader, convert_together, find_reader, names, read_book, suffixes

__all__ = [
    "Book",
    "Cell",
    "Options",
    "Page",
    "Reader",
    "Rows",
    "Sheet",
    "convert_together",
    "find_reader",
    "names",
    "read_book",
    "suffixes",
]
