"""Files are what their content says; a name that says otherwise is refused."""

import io
import zipfile

import openpyxl
import pytest

from mingbai.core.filetype import sniff
from mingbai.core.refused import Refused


def archive(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name in names:
            zipped.writestr(name, "<x/>")
    return stream.getvalue()


def sheet() -> bytes:
    stream = io.BytesIO()
    openpyxl.Workbook().save(stream)
    return stream.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
FILES = {
    "jpg": bytes.fromhex("ffd8ffe000104a46494600010100000100010000"),
    "jpeg": bytes.fromhex("ffd8ffe1001045786966000049492a00"),
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0" * 20,
    "webp": b"RIFF\x24\0\0\0WEBPVP8 " + b"\0" * 20,
    "heic": b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic" + b"\0" * 30,
    "gif": b"GIF89a" + b"\0" * 20,
    "pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
    "docx": archive("[Content_Types].xml", "_rels/.rels", "word/document.xml"),
    "xlsx": sheet(),
    "doc": OLE + "WordDocument".encode("utf-16-le"),
    "xls": OLE + "Workbook".encode("utf-16-le"),
    "txt": "你好，世界。😀\r\n第二行\t".encode(),
    "mp3": b"ID3\x03\0\0\0\0\0\x21" + b"\0" * 40,
    "wav": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    "m4a": b"\0\0\0\x20ftypM4A \0\0\0\0M4A mp42isom" + b"\0" * 20,
    "amr": b"#!AMR\n<\x91\x17",
    "mp4": b"\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41" + b"\0" * 20,
    "ogg": b"OggS\0\x02" + b"\0" * 30,
}
SAME = {frozenset({"jpg", "jpeg"}), frozenset({"m4a", "mp4"})}


@pytest.mark.parametrize("extension", FILES)
def test_each_kind_is_taken_by_its_content(extension: str) -> None:
    content = FILES[extension]
    content_type = sniff(content[:8192], f"材料.{extension.upper()}")
    assert "/" in content_type
    assert sniff(content[:8192], f"a.b.{extension}", file=io.BytesIO(content)) == content_type


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("content", FILES)
def test_no_kind_passes_for_another(name: str, content: str) -> None:
    if name == content or frozenset({name, content}) in SAME:
        return
    with pytest.raises(Refused) as refused:
        sniff(FILES[content], f"x.{name}", file=io.BytesIO(FILES[content]))
    assert refused.value.code == "file_type_mismatch"
    assert f".{name}" in str(refused.value)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xf3\x48\xc4" + b"\0" * 40, "录音.mp3"),
        (b"\xff\xfb\x90\x64" + b"\0" * 40, "录音.mp3"),
        (b"\0\0\0\x18ftypmp42\0\0\0\0isommp42", "录音.m4a"),
        (b"\0\0\0\x18ftyp3gp4\0\0\0\0isom3gp4", "录音.m4a"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "IMG_0001.HEIC"),
        ("工资条".encode("gb18030"), "工资.txt"),
        ("工资条".encode("utf-8-sig"), "工资.txt"),
        ("工资条".encode()[:-1], "工资.txt"),  # the head may cut a character
        (b"", "空.txt"),
    ],
)
def test_what_phones_and_old_programs_write_is_taken(content: bytes, name: str) -> None:
    assert sniff(content, name)


@pytest.mark.parametrize(
    "name", ["a.exe", "a.svg", "a.html", "a.js", "a.zip", "a.docm", "a", "", ".jpg.", "a."]
)
def test_other_kinds_are_refused_whatever_they_hold(name: str) -> None:
    with pytest.raises(Refused) as refused:
        sniff(FILES["jpg"], name)
    assert refused.value.code == "file_type"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "x.jpg"),
        (b"MZ\x90\0" + b"\0" * 60, "x.pdf"),
        (b"MZ\x90\0" + b"\0" * 60, "x.txt"),
        (b"<svg onload=alert(1)>", "x.png"),
        (b"RIFF\x24\0\0\0AVI LIST", "x.wav"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "x.mp4"),
        (b"\xff\xfe\x00\x01", "x.txt"),
    ],
)
def test_disguised_and_broken_files_are_refused(content: bytes, name: str) -> None:
    with pytest.raises(Refused) as refused:
        sniff(content, name)
    assert refused.value.code == "file_type_mismatch"


@pytest.mark.parametrize(
    "content",
    [
        archive("word/document.xml"),
        archive("[Content_Types].xml", "xl/workbook.xml"),
        archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"),
        archive("[Content_Types].xml", "word/document.xml")[:-30],
        b"PK\x03\x04" + b"word/" * 100,
    ],
)
def test_archives_that_are_no_word_file_are_refused(content: bytes) -> None:
    with pytest.raises(Refused):
        sniff(content[:8192], "x.docx", file=io.BytesIO(content))


def test_an_archive_that_would_unpack_to_too_much_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as zipped:
        zipped.writestr("[Content_Types].xml", "<x/>")
        zipped.writestr("word/document.xml", "<x/>")
        for n in range(20_000):
            zipped.writestr(f"word/{n}", "")
    with pytest.raises(Refused):
        sniff(stream.getvalue()[:8192], "x.docx", file=stream)


def test_the_file_is_left_at_its_start() -> None:
    for extension in ("docx", "doc"):
        stream = io.BytesIO(FILES[extension])
        sniff(FILES[extension], f"x.{extension}", file=stream)
        assert stream.tell() == 0
