"""Answers that come from elsewhere: of another codebook, from workbooks, from published surveys."""

from rdpscore.importing.mapping import mapping_schema
from rdpscore.importing.merge import MergeResult, merge
from rdpscore.importing.migrate import migrate
from rdpscore.importing.plan import MigrationResult, plan
from rdpscore.importing.propose import propose
from rdpscore.importing.published import import_published, read_published
from rdpscore.importing.recode import ItemRecode, Recode, check_recode, read_recode
from rdpscore.importing.report import ImportReport
from rdpscore.importing.rereading import recode_list

__all__ = [
    "ImportReport",
    "ItemRecode",
    "MergeResult",
    "MigrationResult",
    "Recode",
    "check_recode",
    "import_published",
    "mapping_schema",
    "merge",
    "migrate",
    "plan",
    "propose",
    "read_published",
    "read_recode",
    "recode_list",
]
