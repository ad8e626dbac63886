"""Surveys changed explicitly, nothing lost: moved to another version of the codebook, read again, merged.

`recode` is the file that says what becomes of answers, `route` and `migration_plan` what it does to a survey,
`migration` carries it out; `rereading` lists what a coder reads again; `merging` joins surveys of several teams. See
docs/migrate.md.
"""

from rdpscore.moving.merging import MergeResult, merge
from rdpscore.moving.migration import migrate
from rdpscore.moving.migration_plan import MigrationResult, plan
from rdpscore.moving.recode import ItemRecode, Recode, check_recode, read_recode
from rdpscore.moving.rereading import recode_list

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
