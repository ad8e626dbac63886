"""Make the pictures of docs/coding.md: an invented survey's workbooks, drawn by LibreOffice.

Needs LibreOffice Calc (soffice), poppler (pdftoppm) and the font Carlito, which has the widths of Calibri:

    python docs/make_coding_images.py
"""

from __future__ import annotations

import csv
import io
import random
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
from openpyxl.worksheet.pagebreak import ColBreak
from openpyxl.worksheet.properties import PageSetupProperties

from rdpscore.coding import adjudication_workbook, coder_workbook
from rdpscore.coding.adjudication import open_cases
from rdpscore.coding.sheet_plan import plan
from rdpscore.survey import Survey, load
from rdpscore.survey.creation import create

IMAGES = Path(__file__).parent / "images"
WIDTH = 1400
JOURNALS = [
    ("alloy-letters", "Alloy Letters", "North Press", "north"),
    ("annals-of-glass", "Annals of Glass", "North Press", "north"),
    ("ceramics-open", "Ceramics Open", "South Society", "south"),
    ("polymer-notes", "Polymer Notes", "South Society", ""),
]
PASSAGES = (
    "Authors are encouraged to deposit the data behind their article in a public repository.",
    "A data availability statement is required in all research articles.",
    "Please cite data sets by their persistent identifier in the list of references.",
)
# journal, coder → answers in the order of the items; a dot is a blank
ANSWERS = {
    ("alloy-letters", "c1"): "10121.20001000.0000",
    ("alloy-letters", "c2"): "10111.22001000.0000",
    ("ceramics-open", "c1"): "0.1................",
    ("ceramics-open", "c2"): "1011..1............",
    ("polymer-notes", "c1"): "12...",
}
DOUBTS = {("alloy-letters", "c1", 6): "The page names three ways; is the first preferred?"}


def survey_in(folder: Path) -> Survey:
    """A small survey of invented journals, half coded."""
    create(folder, "materials-science", title="Data policies of four invented journals")
    book = load(folder).codebook
    _write(folder / "journals.csv", ["journal_id", "title", "publisher", "policy_id"], JOURNALS)
    draw = random.Random(4)
    rows = []
    for (journal, coder), answers in ANSWERS.items():
        for n, (item, answer) in enumerate(zip(book.items, answers, strict=False)):
            if answer == "." or not item.closed or answer not in item.codes:
                continue
            found = answer != item.codes[0]
            text = draw.choice(PASSAGES) if found and draw.random() < 0.7 else ""
            doubt = DOUBTS.get((journal, coder, n), "")
            rows.append(
                (journal, coder, "main", item.id, answer, "to_discuss" if doubt else "answered", text,
                 "https://example.org/authors" if text else "", "2026-05-04", "low" if doubt else "high", doubt)
            )  # fmt: skip
    names = "journal_id coder round item answer state evidence source_url coded_on confidence note"
    _write(folder / "codings.csv", names.split(), rows)
    text = (folder / "survey.yaml").read_text(encoding="utf-8")
    (folder / "survey.yaml").write_text(f"{text}\ncontact: Jo Miller, jo@example.org\n", encoding="utf-8")
    return load(folder)


def _write(path: Path, head: list[str], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([head, *rows])


def picture(
    content: bytes,
    sheet: str,
    cells: str,
    name: str,
    folder: Path,
    *,
    hidden: range = range(0),
    width: int = WIDTH,
) -> None:
    """Draw some cells of a sheet as a spreadsheet program shows them, with the letters and numbers at the edges.

    Some rows can be hidden, as by a filter.
    """
    book = openpyxl.load_workbook(io.BytesIO(content))
    for other in book.worksheets:
        if other.title != sheet:
            other.print_area = None  # LibreOffice prints what has one, hidden or not
            if other.sheet_state == "visible":
                other.sheet_state = "hidden"
    page = book[sheet]
    book.active = book.worksheets.index(page)
    page.print_area = cells
    for row in hidden:
        page.row_dimensions[row].hidden = True
    page.print_title_rows = page.print_title_cols = None
    page.col_breaks = ColBreak()
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth = page.page_setup.fitToHeight = 1
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 8
    page.print_options.headings = sheet not in ("Welcome", "Guide")
    page.oddFooter.left.text = page.oddFooter.center.text = page.oddFooter.right.text = None
    path = folder / f"{name}.xlsx"
    book.save(path)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    convert = ["soffice", "--headless", profile, "--convert-to", "pdf", "--outdir", str(folder), str(path)]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    pdf = folder / f"{name}.pdf"
    box = _ink(_pixels(pdf, 100))
    wide = (box[1].stop - box[1].start) / 100
    pixels = _pixels(pdf, round(width / wide))
    (IMAGES / f"{name}.png").write_bytes(_png(pixels[_ink(pixels)]))


def _pixels(pdf: Path, resolution: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The first page as red, green, blue."""
    command = ["pdftoppm", "-r", str(resolution), "-f", "1", "-l", "1", str(pdf)]
    raw = subprocess.run(command, check=True, capture_output=True).stdout
    head, data = raw.split(b"\n", 3)[:3], raw.split(b"\n", 3)[3]
    width, height = map(int, head[1].split())
    return np.frombuffer(data, np.uint8).reshape(height, width, 3)


def _ink(pixels: np.ndarray[Any, Any]) -> tuple[slice, slice]:
    """The part of a page that is not white."""
    dark = (pixels < 250).any(axis=2)
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _png(pixels: np.ndarray[Any, Any]) -> bytes:
    """An indexed PNG of the 256 most frequent colours."""
    coarse = pixels.astype(int) >> 2
    code = (coarse[..., 0] << 12) | (coarse[..., 1] << 6) | coarse[..., 2]
    _, where, counts = np.unique(code, return_inverse=True, return_counts=True)
    sums = [np.bincount(where.ravel(), pixels[..., k].ravel().astype(float)) for k in range(3)]
    true = (np.stack(sums, axis=1) / counts[:, None]).round().astype(int)
    kept = np.argsort(-counts, kind="stable")[:256]
    nearest = np.array([np.abs(true[kept] - c).sum(axis=1).argmin() for c in true])
    index = nearest[where].reshape(code.shape).astype(np.uint8)
    lines = b"".join(b"\0" + row.tobytes() for row in index)
    palette = true[kept].astype(np.uint8).tobytes()

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    size = struct.pack(">IIBBBBB", index.shape[1], index.shape[0], 8, 3, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"PLTE", palette)
        + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")
    )  # fmt: skip


def main() -> None:
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        survey = survey_in(folder / "survey")
        long = coder_workbook(plan(survey, "c1"))
        wide = coder_workbook(plan(survey, "c1", layout="wide"))
        adjudication = adjudication_workbook(survey, open_cases(survey))
        some: dict[str, Any] = {"hidden": range(9, 40)}
        small: dict[str, Any] = {"width": 900}
        for content, sheet, cells, name, options in (
            (long, "Welcome", "B1:C21", "coding-welcome", {}),
            (long, "Coding", "A1:K43", "coding-coding", some),
            (long, "Guide", "A4:C18", "coding-guide", {}),
            (long, "Progress", "A1:E6", "coding-progress", small),
            (wide, "Coding", "A1:K6", "coding-wide", {}),
            (adjudication, "Adjudication", "A1:M5", "coding-adjudication", {}),
        ):
            picture(content, sheet, cells, name, folder, **options)
            size = (IMAGES / f"{name}.png").stat().st_size
            print(f"{name}.png: {size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
