"""Formats that are not read: told by name, with the way out."""

from __future__ import annotations

from dataclasses import dataclass

from rdpscore.readers.signatures import ZIP, is_ole, ole_holds, parts_of, zip_mimetype

_SAVE = "open it in a spreadsheet program and save it as .xlsx"
_TABLE = "copy its table into a spreadsheet and save that as .xlsx, or as .csv (UTF-8)"
_UNPACK = "unpack it and name the files in it"
_EXPORT = "export it as .csv (UTF-8) from the program that wrote it"


@dataclass(frozen=True)
class Told:
    """What a file is, and what to do; `sure` where its bytes say so and not its name."""

    what: str
    remedy: str
    sure: bool = True

    @property
    def fields(self) -> dict[str, str]:
        return {"value": self.what, "what": self.remedy}


_BY_SUFFIX = {
    ".fods": ("an OpenDocument spreadsheet as one text (.fods)", "save it as .ods or .xlsx"),
    ".html": ("a web page (.html)", _SAVE),
    ".htm": ("a web page (.htm)", _SAVE),
    ".mht": ("a web page (.mht)", _SAVE),
    ".xml": ("XML", _SAVE),
    ".pdf": ("a PDF", _TABLE),
    ".docx": ("a text document (.docx)", _TABLE),
    ".doc": ("a text document (.doc)", _TABLE),
    ".odt": ("a text document (.odt)", _TABLE),
    ".rtf": ("a text document (.rtf)", _TABLE),
    ".numbers": ("an Apple Numbers document (.numbers)", "export it as .xlsx (File, Export To)"),
    ".gsheet": ("a link to a Google Sheet (.gsheet)", "download it as .xlsx (File, Download)"),
    ".zip": ("a zip archive", _UNPACK),
    ".gz": ("a packed file (.gz)", _UNPACK),
    ".7z": ("a packed file (.7z)", _UNPACK),
    ".rar": ("a packed file (.rar)", _UNPACK),
    ".tar": ("an archive (.tar)", _UNPACK),
    ".rds": (
        "R data (.rds)",
        'write it as .csv in R: write.csv(…, fileEncoding = "UTF-8", row.names = FALSE)',
    ),
    ".rdata": ("R data (.RData)", "write its table as .csv in R: write.csv(…, row.names = FALSE)"),
    ".parquet": ("a Parquet file", _EXPORT),
    ".sas7bdat": ("SAS data (.sas7bdat)", _EXPORT),
    ".por": ("SPSS data of the portable kind (.por)", "save it as .sav in SPSS or PSPP"),
    ".mdb": ("a database (.mdb)", _EXPORT),
    ".accdb": ("a database (.accdb)", _EXPORT),
    ".sqlite": ("a database (.sqlite)", _EXPORT),
    ".db": ("a database (.db)", _EXPORT),
    ".xlt": ("a template (.xlt)", _SAVE),
    ".pptx": ("slides (.pptx)", _TABLE),
}
_SIGNS = (
    (b"%PDF", ".pdf"),
    (b"{\\rtf", ".rtf"),
    (b"\x1f\x8b", ".gz"),
    (b"7z\xbc\xaf\x27\x1c", ".7z"),
    (b"Rar!", ".rar"),
    (b"PAR1", ".parquet"),
    (b"SQLite format 3\0", ".sqlite"),
    (b"RDX", ".rdata"),
    (b"RDA", ".rdata"),
    (b"\0\x01\0\0Standard ", ".mdb"),
)
_PARTS = (
    ("word/document.xml", ".docx"),
    ("ppt/presentation.xml", ".pptx"),
    ("Index/Document.iwa", ".numbers"),
)
_MARKED_UP = (
    (b"office:document", ".fods"),
    (b"urn:schemas-microsoft-com:office:spreadsheet", ".xml"),
    (b"<html", ".html"),
    (b"<!doctype html", ".html"),
    (b"<table", ".html"),
)
_PASSWORD = Told("encrypted", "save it without a password")


def tell_foreign(content: bytes, suffix: str) -> Told | None:
    """What a file is that no reader takes; None where it may be text, or a workbook that is damaged."""
    found = _signed(content)
    if found is not None:
        what, remedy = _BY_SUFFIX[found]
        named = suffix and suffix != found and suffix not in what
        return Told(f"{what}, though it is named {suffix}" if named else what, remedy)
    if ole_holds(content, "EncryptedPackage"):
        return _PASSWORD
    if ole_holds(content, "WordDocument"):
        return Told(*_BY_SUFFIX[".doc"])
    if is_ole(content):
        return Told("a document of an old program, and no workbook", _SAVE)
    if content.startswith(ZIP):
        kind = zip_mimetype(content)
        if kind.startswith("application/vnd.oasis.opendocument.text"):
            return Told(*_BY_SUFFIX[".odt"])
        if kind and "spreadsheet" not in kind:
            return Told(f"a package of another kind ({kind[:60]})", _TABLE)
        if parts_of(content) and suffix not in (".xlsx", ".xlsm", ".ods", ".xlsb"):
            return Told(*_BY_SUFFIX[".zip"])
        return None
    if suffix in _BY_SUFFIX:
        return Told(*_BY_SUFFIX[suffix], sure=False)
    return None


def _signed(content: bytes) -> str | None:
    head = content[:2_000]
    for sign, suffix in _SIGNS:
        if head.startswith(sign):
            return suffix
    parts = parts_of(content)
    for part, suffix in _PARTS:
        if part in parts:
            return suffix
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith(b"<"):
        return next((suffix for sign, suffix in _MARKED_UP if sign in text), None)
    return None


def is_text(content: bytes) -> bool:
    """Whether it may be text: no zero bytes but those of UTF-16, no sign of an archive."""
    head = content[:2_000]
    if is_ole(content) or content.startswith(ZIP):
        return False
    if b"\0" not in head or head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    return max(head[::2].count(0), head[1::2].count(0)) * 6 > len(head)
