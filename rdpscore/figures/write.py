"""Writing figures: one self-contained page each, and its data beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rdpscore.agreement import AgreementResult
from rdpscore.figures import agreement as made
from rdpscore.figures import disagreement as apart
from rdpscore.figures.look import FigureData, page
from rdpscore.files import write_all_new
from rdpscore.files.output import csv_bytes, table_bytes

if TYPE_CHECKING:
    import plotly.graph_objects as go

Entry = tuple[Callable[[AgreementResult], FigureData], "Callable[[AgreementResult], go.Figure]"]

FIGURES: tuple[Entry, ...] = (
    (made.forest_data, made.forest),
    (made.detection_data, made.detection),
    (made.heat_map_data, made.heat_map),
    (apart.confusion_data, apart.confusion),
    (partial(apart.reasons_data, by="item"), partial(apart.reasons, by="item")),
    (partial(apart.reasons_data, by="publisher"), partial(apart.reasons, by="publisher")),
)


def figures(result: AgreementResult) -> Iterator[tuple[FigureData, Callable[[], go.Figure]]]:
    """The data of each figure that has any, and what makes the figure."""
    for data_of, figure_of in FIGURES:
        data = data_of(result)
        if len(data.frame):
            yield data, partial(figure_of, result)


def write_figures(
    result: AgreementResult, folder: Path | str, *, force: bool = False, raw: bool = False
) -> list[Path]:
    """Write every figure as ``<name>.html`` with its data as ``<name>.csv``.

    Parameters
    ----------
    result : AgreementResult
    folder : path
        Made where it is not there.
    force : bool
        Overwrite files.
    raw : bool
        Leave text in the data that a spreadsheet would run as a formula.

    Returns
    -------
    list of Path
        The pages.

    Raises
    ------
    FileExistsError
        If a file is there and `force` is false; then nothing is written.
    """
    return write_pages(list(figures(result)), folder, _source(result), force=force, raw=raw)


def _source(result: AgreementResult) -> str:
    meta = result.survey.meta
    return f"{meta.title}. Policies read: {meta.read_on or 'date not recorded'}."


def figures_zip(result: AgreementResult) -> bytes:
    """What `write_figures` writes, in one zip archive."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for data, figure in figures(result):
            archive.writestr(f"{data.name}.csv", csv_bytes(data.frame))
            archive.writestr(f"{data.name}.html", page(figure(), data, _source(result)))
    return out.getvalue()


def write_pages(
    found: Sequence[tuple[FigureData, Callable[[], go.Figure]]],
    folder: Path | str,
    more: str = "",
    *,
    force: bool = False,
    raw: bool = False,
) -> list[Path]:
    """Write figures as pages with their data beside them.

    Parameters
    ----------
    found : sequence of (FigureData, callable)
        The data of each figure and what makes it.
    folder, force, raw
        As for `write_figures`.
    more : str
        A sentence below each figure's own.

    Raises
    ------
    FileExistsError
        If a file is there and `force` is false; then nothing is written.
    """
    folder = Path(folder)
    paths = [folder / f"{data.name}.{suffix}" for data, _ in found for suffix in ("html", "csv")]
    if not force and (there := [p for p in paths if p.exists()]):
        raise FileExistsError(17, "exists", str(there[0]))
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)

    def files() -> Iterator[tuple[Path, bytes]]:
        for data, figure in found:
            path = folder / f"{data.name}.csv"
            yield path, table_bytes(path, {"data": data.frame}, raw=raw)
            yield folder / f"{data.name}.html", page(figure(), data, more).encode()

    try:
        return [path for path in write_all_new(files(), force=force) if path.suffix == ".html"]
    except BaseException:
        if new:
            with suppress(OSError):
                folder.rmdir()
        raise
