"""Archives from strangers: what is wanted comes out, and each attack is refused by a sentence."""

from __future__ import annotations

import io
import shutil
import stat
import struct
import sys
import warnings
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from running import process

from rdpscore.files.archive import Limits, Refused, unpack
from rdpscore.readers import read_book
from rdpscore.survey import Survey, load
from rdpscore.survey.zipped import FILES, read_zipped

WANTED = ("survey.yaml", "journals.csv", "b.csv")


def zipped(files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def entry(name: str, mode: int, content: bytes = b"/etc/passwd") -> bytes:
    """An archive whose second part is of a kind of file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("survey.yaml", b"x")
        info = zipfile.ZipInfo(name)
        info.create_system, info.external_attr = 3, mode << 16
        archive.writestr(info, content)
    return out.getvalue()


def patched(content: bytes, name: str, offset: int, form: str, value: int) -> bytes:
    """A field of a part's entry in the directory replaced."""
    out, start = bytearray(content), 0
    while (start := content.find(b"PK\x01\x02", start)) >= 0:
        length = struct.unpack_from("<H", content, start + 28)[0]
        if content[start + 46 : start + 46 + length] == name.encode():
            struct.pack_into(form, out, start + offset, value)
        start += 4
    return bytes(out)


def zip_of(folder: Path, inside: str = "") -> bytes:
    """A survey's folder as an archive."""
    files = [p for p in folder.rglob("*") if p.is_file()]
    return zipped({f"{inside}{p.relative_to(folder)}": p.read_bytes() for p in files})


# What comes out -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "survey/", "a/b/"])
def test_the_wanted_files_beside_the_one_named_come_out(inside: str) -> None:
    content = zipped(
        {
            f"{inside}survey.yaml": b"s",
            f"{inside}journals.csv": b"a",
            f"{inside}deeper/b.csv": b"not this one",
            f"{inside}inner.zip": zipped({"survey.yaml": b"no"}),
            "b.csv" if inside else "other/b.csv": b"nor this one",
            "__MACOSX/survey.yaml": b"no",
        }
    )
    assert unpack(content, WANTED, "survey.yaml") == {"survey.yaml": b"s", "journals.csv": b"a"}


@pytest.mark.parametrize("inside", ["", "mine\\", ".\\mine\\"])
def test_names_with_backslashes_are_paths_as_well(inside: str) -> None:
    """As archives made by .NET before 4.6.1 have them."""
    content = zipped(
        {f"{inside}survey.yaml": b"s", f"{inside}journals.csv": b"a", f"{inside}sources\\b.csv": b"no"}
    )
    assert unpack(content, WANTED, "survey.yaml") == {"survey.yaml": b"s", "journals.csv": b"a"}


CLUTTER = {
    "__MACOSX/mine/._survey.yaml": b"no", "__MACOSX/mine/survey.yaml": b"no", "mine/__MACOSX/survey.yaml": b"no",
    ".DS_Store": b"", "mine/.DS_Store": b"", "mine/Thumbs.db": b"", "mine/desktop.ini": b"",
}  # fmt: skip


@pytest.mark.parametrize("slash", ["/", "\\"])
def test_the_outermost_survey_is_the_one_and_clutter_of_systems_is_none(slash: str) -> None:
    files = {
        "mine/survey.yaml": b"s",
        "mine/sources/merged/a/survey.yaml": b"no",
        "mine/sources/merged/b/survey.yaml": b"no",
        "mine/sources/merged/b/journals.csv": b"no",
        **CLUTTER,
    }
    content = zipped({name.replace("/", slash): text for name, text in files.items()})
    assert unpack(content, WANTED, "survey.yaml") == {"survey.yaml": b"s"}


def test_a_merged_survey_is_read(folder: Path, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    shutil.copytree(folder, inner)
    for name in ("a", "b"):
        shutil.copytree(inner, folder / "sources" / "merged" / name)
    survey, problems = read_zipped(zip_of(folder, "mine/"))
    assert problems.ok
    assert survey is not None
    assert list(survey.journal_ids) == list(load(folder).journal_ids)


def test_stored_parts_come_out_too() -> None:
    assert unpack(zipped({"survey.yaml": b"s"}, zipfile.ZIP_STORED), WANTED, "survey.yaml")


# What is refused ----------------------------------------------------------------------------------------

GOOD = zipped({"survey.yaml": b"s" * 1000, "journals.csv": b"a" * 1000})
NAMES = {
    "up": "../a.csv",
    "up in the middle": "x/../../a.csv",
    "up with backslashes": "..\\a.csv",
    "absolute": "/etc/cron.d/a.csv",
    "absolute with backslash": "\\a.csv",
    "a drive": "C:a.csv",
    "a drive with a backslash": "C:\\a.csv",
    "up twice with backslashes": "..\\..\\a.csv",
    "up in the middle with backslashes": "x\\..\\..\\a.csv",
    "another computer": "\\\\server\\share\\a.csv",
}
ATTACKS: dict[str, tuple[bytes, str]] = {
    **{k: (zipped({"survey.yaml": b"s", n: b"x"}), "outside of it") for k, n in NAMES.items()},
    "a symbolic link": (entry("journals.csv", stat.S_IFLNK | 0o777), "a link or a device"),
    "a device": (entry("journals.csv", stat.S_IFCHR | 0o666, b""), "a link or a device"),
    "a pipe": (entry("journals.csv", stat.S_IFIFO | 0o666, b""), "a link or a device"),
    "ten thousand files": (zipped({f"{k}.csv": b"" for k in range(10_000)} | {"survey.yaml": b""}), "10,001 files"),
    "a bomb": (zipped({"survey.yaml": b"s", "journals.csv": bytes(160_000_000)}), "would unpack to 160 MB"),
    "a ratio": (zipped({"survey.yaml": b"s", "journals.csv": bytes(20_000_000)}), "would unpack to 20 MB"),
    "a size that lies": (patched(GOOD, "journals.csv", 24, "<I", 10), "is damaged"),
    "encrypted": (patched(GOOD, "journals.csv", 8, "<H", 1), "is encrypted"),
    "another method": (zipped({"survey.yaml": b"s", "journals.csv": b"a"}, zipfile.ZIP_BZIP2), "another method"),
    "lzma": (zipped({"survey.yaml": b"s", "journals.csv": b"a"}, zipfile.ZIP_LZMA), "another method"),
    "two of one name": (zipped({"survey.yaml": b"s", "journals.csv": b"1", "JOURNALS.csv": b"2"}), "two files called"),
    "two of one name by slashes": (zipped({"x/survey.yaml": b"1", "x\\survey.yaml": b"2"}), "two files called"),
    "two of one name by steps": (zipped({"survey.yaml": b"1", ".//survey.yaml": b"2"}), "two files called"),
    "two of one name by accents": (zipped({"survey.yaml": b"s", "\u00e9": b"", "e\u0301": b""}), "two files called"),
    "two surveys, one deeper": (zipped({"a/survey.yaml": b"s", "b/c/survey.yaml": b"s"}), "side by side"),
    "two surveys alike": (zipped({"a/survey.yaml": b"s", "ab/survey.yaml": b"s"}), "side by side"),
    "two surveys": (zipped({"a/survey.yaml": b"s", "b/survey.yaml": b"s"}), "holds survey.yaml 2 times"),
    "no survey": (zipped({"journals.csv": b"a"}), "holds no survey.yaml"),
    "a name that ends alike": (zipped({"xsurvey.yaml": b"a"}), "holds no survey.yaml"),
    "nothing": (b"", "is no zip archive"),
    "a text": (b"journal_id,title\n" * 10, "is no zip archive"),
    "a gzip": (b"\x1f\x8b\x08" + bytes(40), "is no zip archive"),
    "cut off": (GOOD[:-30], "is no zip archive"),
    "cut in the middle": (GOOD[:20] + GOOD[60:], "is damaged"),
    "an empty archive": (zipped({}), "holds no survey.yaml"),
    "a directory that lies about its length": (GOOD[:-10] + b"\xff\xff\xff\x7f" + GOOD[-6:], "too long"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), ATTACKS.values(), ids=ATTACKS.keys())
def test_an_attack_is_refused_by_a_sentence(content: bytes, said: str) -> None:
    with pytest.raises(Refused) as refused:
        unpack(content, WANTED, "survey.yaml")
    assert said in str(refused.value)
    survey, problems = read_zipped(content, "mine.zip")
    assert survey is None
    assert [(p.code, p.place) for p in problems] == [("bad_archive", "mine.zip")]


def test_an_archive_is_refused_for_its_size_before_anything_of_it_is_read() -> None:
    with pytest.raises(Refused, match=r"is 300 MB long; at most 50 MB are read"):
        unpack(bytes(300_000_000), WANTED, "survey.yaml")


def test_zip64_is_refused() -> None:
    end = GOOD.rindex(b"PK\x05\x06")
    content = GOOD[:end] + b"PK\x06\x07" + bytes(16) + GOOD[end:]
    with pytest.raises(Refused, match="directory that is too long"):
        unpack(content, WANTED, "survey.yaml")


def test_limits_are_those_given() -> None:
    with pytest.raises(Refused, match="holds 2 files; at most 1 are read"):
        unpack(GOOD, WANTED, "survey.yaml", Limits(entries=1))


BOUNDED = """
    import resource, sys
    from pathlib import Path
    from rdpscore.files.archive import Refused, unpack
    resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
    def peak():  # ru_maxrss would count what the process was forked from
        return int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) // 1024
    before = peak()
    try:
        unpack(Path(sys.argv[1]).read_bytes(), ["survey.yaml", "journals.csv"], "survey.yaml")
    except Refused as error:
        print(error)
    print("grown", peak() - before < 60)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs RLIMIT_AS")
@pytest.mark.parametrize("lies", [False, True])
def test_a_bomb_takes_no_memory_even_if_the_directory_lies(tmp_path: Path, lies: bool) -> None:
    """400 MB of zeros behind 2 MB: neither what is declared nor what is not gets unpacked."""
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("survey.yaml", b"s")
        with archive.open("journals.csv", "w") as stream:
            for _ in range(200):
                stream.write(bytes(2_000_000))
    if lies:
        path.write_bytes(patched(path.read_bytes(), "journals.csv", 24, "<I", 1_000))
    run = process(sys.executable, "-c", BOUNDED.replace("\n    ", "\n"), path)
    assert run.status == 0
    assert ("is damaged" if lies else "would unpack to 400 MB") in run.out
    assert "grown True" in run.out


def test_a_workbook_packed_by_another_method_is_refused() -> None:
    """zipfile unpacks bzip2 without a bound on the output of a block."""
    book, problems = read_book(zipped({"xl/workbook.xml": b"<x/>"}, zipfile.ZIP_BZIP2), "c1.xlsx")
    assert book is None
    assert "another method" in next(iter(problems)).what


# Surveys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("inside", ["", "my-survey/"])
def test_a_zipped_survey_is_the_survey(shipped: Survey, inside: str) -> None:
    assert shipped.path is not None
    survey, problems = read_zipped(zip_of(shipped.path, inside))
    assert list(problems) == []
    assert survey is not None
    assert survey.path is None
    assert survey.codebook == shipped.codebook
    for name, table in shipped.tables.items():
        assert survey.tables[name].equals(table), name


def test_what_is_wrong_is_told_as_of_a_folder_without_the_place_where_it_lay(folder: Path) -> None:
    (folder / "journals.csv").write_bytes("journal_id,title\nalpha,Zeitschrift für x\n".encode("latin-1"))
    (folder / "survey.yaml").write_text("format: 1\nid: small\ntitle: [\n")
    survey, problems = read_zipped(zip_of(folder))
    assert survey is None
    here = {(p.code, p.file) for p in problems}
    assert here == {("bad_yaml", "survey.yaml"), ("not_utf8", "journals.csv")}
    assert not [p for p in problems if "/" in p.remedy or "tmp" in f"{p.what} {p.place}"]


def test_a_parquet_file_is_refused(folder: Path) -> None:
    load(folder).codings.astype(object).to_parquet(folder / "codings.parquet")
    (folder / "codings.csv").unlink()
    survey, problems = read_zipped(zip_of(folder))
    assert survey is None
    assert "codings.parquet" in next(iter(problems)).what


def test_what_is_read_are_the_files_of_a_survey() -> None:
    assert {"survey.yaml", "codebook.yaml", "journals.csv", "codings.csv"} < set(FILES)
    assert [n for n in FILES if "/" in n or ".." in n] == []


def test_no_folder_stays_behind(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    seen: list[list[str]] = []

    def spying(real: Callable[..., object]) -> Callable[..., object]:
        def read(name: Path) -> object:
            seen.append(sorted(p.name for p in place.rglob("*") if p.is_file()))
            return real(name)

        return read

    import rdpscore.survey.zipped as module

    monkeypatch.setattr(module, "read", spying(module.read))
    assert read_zipped(zip_of(folder))[0] is not None
    assert seen
    assert set(seen[0]) <= set(FILES)
    assert list(place.iterdir()) == []
