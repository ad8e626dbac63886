"""Answers that come from elsewhere: of another codebook, from workbooks, from published surveys."""

from rdpscore.importing.merge import MergeResult, merge
from rdpscore.importing.migrate import migrate
from rdpscore.importing.plan import MigrationResult, plan
from rdpscore.importing.recode import ItemRecode, Recode, check_recode, read_recode
from rdpscore.importing.rereading import recode_list

__all__ = [
    "ItemRecode",
    "MergeResult",
    "MigrationResult",
    "Recode",
    "check_recode",
    "merge",
    "migrate",
    "plan",
    "read_recode",
    "recode_list",
]
