"""Published data sets as surveys, by a mapping file and without code; and a first draft of that file.

In the order of the data: `sources` reads files into tables of text (`records`, `decoding`, `table`), `shifts`
straightens rows, `conditions` and `values` rule and translate, `long`, `wide`, `labels` and `adopted` gather answers,
`journals` who they are of, `assembly` makes the survey; `importing` leads, `report` tells what was read and left out.
`proposal` and `guesses` draft a mapping. Uses `coding` for cells of workbooks. See docs/importing.md.
"""

from rdpscore.published.importing import import_published, read_published
from rdpscore.published.mapping import mapping_schema
from rdpscore.published.proposal import propose
from rdpscore.published.report import ImportReport

__all__ = [
    "ImportReport",
    "import_published",
    "mapping_schema",
    "propose",
    "read_published",
]
