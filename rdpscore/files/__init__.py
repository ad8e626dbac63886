"""The edges: what reads and writes files. Nothing here knows what a survey means."""

from rdpscore.files.folder import Folder, is_there, read_settled
from rdpscore.files.output import spreadsheet_safe, write_tables
from rdpscore.files.own_names import fitting
from rdpscore.files.plain import file_problem, open_plain, read_plain
from rdpscore.files.shipped_files import is_shipped, shipped
from rdpscore.files.tables import convert_table, convert_text, read_table, to_csv_bytes, to_parquet_bytes
from rdpscore.files.transaction import commit
from rdpscore.files.writing import write_all_new, write_bytes_new
from rdpscore.files.yamls import YamlDocument, parse_yaml, read_yaml

__all__ = [
    "Folder",
    "YamlDocument",
    "commit",
    "convert_table",
    "convert_text",
    "file_problem",
    "fitting",
    "is_shipped",
    "is_there",
    "open_plain",
    "parse_yaml",
    "read_plain",
    "read_settled",
    "read_table",
    "read_yaml",
    "shipped",
    "spreadsheet_safe",
    "to_csv_bytes",
    "to_parquet_bytes",
    "write_all_new",
    "write_bytes_new",
    "write_tables",
]
