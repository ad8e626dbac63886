"""The edges: what reads and writes files. Nothing here knows what a survey means."""

from rdpscore.files.output import spreadsheet_safe, write_tables
from rdpscore.files.shipped import is_shipped, shipped
from rdpscore.files.tables import convert_table, convert_text, read_table, to_csv_bytes, to_parquet_bytes
from rdpscore.files.transaction import commit, read_settled
from rdpscore.files.writing import write_all_new, write_bytes_new
from rdpscore.files.yamls import YamlDocument, parse_yaml, read_yaml

__all__ = [
    "YamlDocument",
    "commit",
    "convert_table",
    "convert_text",
    "is_shipped",
    "parse_yaml",
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
