"""The codebook: the instrument of a survey as strict models, read from YAML, checked, hashed.

A codebook holds dimensions, items with their options in order of strictness, scoring schemes, reasons for
disagreement and links to frameworks. Editing the YAML is all that a new item or scheme takes.
"""

from rdpscore.codebook.models import (
    Code,
    Codebook,
    Dimension,
    Display,
    Framework,
    Hashes,
    Item,
    MeanName,
    Model,
    Option,
    Reason,
    Scheme,
    Source,
    Text,
    json_schema,
)
from rdpscore.codebook.parsing import parse_model
from rdpscore.codebook.store import find_codebook, load_codebook, load_scheme, read_codebook

__all__ = [
    "Code",
    "Codebook",
    "Dimension",
    "Display",
    "Framework",
    "Hashes",
    "Item",
    "MeanName",
    "Model",
    "Option",
    "Reason",
    "Scheme",
    "Source",
    "Text",
    "find_codebook",
    "json_schema",
    "load_codebook",
    "load_scheme",
    "parse_model",
    "read_codebook",
]
