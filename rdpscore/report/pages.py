"""Pictures as files: one self-contained page each, and its data beside it."""

from __future__ import annotations

import html
import io
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rdpscore.figures.look import FONT, INK, SOFT
from rdpscore.files import write_all_new
from rdpscore.files.names import distinct
from rdpscore.files.output import csv_bytes, table_bytes
from rdpscore.report.pictures import Picture

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font-family: {font}; color: {ink}; margin: 0 auto; max-width: 62rem; padding: 1rem; line-height: 1.4; }}
h1 {{ font-size: 1.25rem; margin: 0.2rem 0 0.4rem; }}
p {{ margin: 0 0 0.4rem; max-width: 44rem; }}
.soft {{ color: {soft}; font-size: 0.85rem; }}
a {{ color: inherit; }}
</style>
</head>
<body>
<h1>{title}</h1>
<p>{see}</p>
<p class="soft">{n} {more} Data: <a href="{name}.csv">{name}.csv</a></p>
{figure}
</body>
</html>
"""


def page(picture: Picture, more: str = "") -> str:
    """A self-contained page: the chart, and around it its title, sentence, n and the way to its data.

    Parameters
    ----------
    picture : Picture
    more : str
        A sentence below its own.
    """
    div = picture.chart.draw().to_html(
        full_html=False,
        include_plotlyjs=True,
        div_id=f"figure-{picture.name}",
        config={"responsive": True, "displaylogo": False, "displayModeBar": False},
    )
    words = {k: html.escape(getattr(picture, k)) for k in ("name", "title", "see", "n")}
    return PAGE.format(figure=div, font=FONT, ink=INK, soft=SOFT, more=html.escape(more), **words)


def write_pictures(
    pictures: Sequence[Picture],
    folder: Path | str,
    more: str = "",
    *,
    force: bool = False,
    raw: bool = False,
) -> list[Path]:
    """Write pictures as ``<name>.html`` with their data as ``<name>.csv``.

    Parameters
    ----------
    pictures : sequence of Picture
    folder : path
        Made where it is not there.
    more : str
        A sentence below each picture's own.
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
    folder = Path(folder)
    pictures = _apart(pictures)
    paths = [folder / f"{p.name}.{suffix}" for p in pictures for suffix in ("html", "csv")]
    if not force and (there := [p for p in paths if p.exists()]):
        raise FileExistsError(17, "exists", str(there[0]))
    new = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)

    def files() -> Iterator[tuple[Path, bytes]]:
        for picture in pictures:
            path = folder / f"{picture.name}.csv"
            yield path, table_bytes(path, {"data": picture.frame}, raw=raw)
            yield folder / f"{picture.name}.html", page(picture, more).encode()

    try:
        return [path for path in write_all_new(files(), force=force) if path.suffix == ".html"]
    except BaseException:
        if new:
            with suppress(OSError):
                folder.rmdir()
        raise


def pictures_zip(pictures: Sequence[Picture], more: str = "") -> bytes:
    """What `write_pictures` writes, in one zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for picture in _apart(pictures):
            archive.writestr(f"{picture.name}.csv", csv_bytes(picture.frame))
            archive.writestr(f"{picture.name}.html", page(picture, more))
    return out.getvalue()


def _apart(pictures: Sequence[Picture]) -> list[Picture]:
    """Pictures of which no two have one name."""
    names = distinct([p.name for p in pictures])
    return [replace(p, chart=replace(p.chart, name=n)) for n, p in zip(names, pictures, strict=True)]
