"""The house's side of drawing: one drawing process per process of ours, begun when needed, ended when idle.

WeasyPrint takes two seconds to load and 150 MB: no server process carries it. The drawing process holds
neither the master key nor a connection; it gets words and gives a file (docs/adr/0028).
"""

from __future__ import annotations

import base64
import json
import os
import struct
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO, cast

import structlog
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused

log = structlog.get_logger(__name__)

PATIENCE = 30  # seconds for one job
IDLE = 600  # seconds without a job until the process is ended
MOST_JOBS = 500  # then a fresh one: what libraries never give back goes with the old
_SAID = {
    "not_word": gettext_lazy("这不是 Word 文件（.docx）。请用 Word 或 WPS 另存为 .docx 再传。"),
    "too_large": gettext_lazy("这个文件展开以后太大。请删掉里面的图片再传。"),
    "macros": gettext_lazy("文件里有宏或控件，不能用作模板。"),
    "outside": gettext_lazy("文件里有引用外部文件的内容，不能用作模板。"),
    "unreadable": gettext_lazy("这个文件转不成页面。"),
    "too_many_pages": gettext_lazy("这个文件页数太多。"),
    "bad_template": gettext_lazy("文件里的花括号写得不对，只能写 {{字段}}。"),
}


class Renderer:
    """One child, one job at a time; whoever comes meanwhile waits for their turn."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._jobs = 0
        self._idle: threading.Timer | None = None

    def draw(self, job: Mapping[str, Any]) -> bytes:
        """Raises Refused: what the file is, or "not_drawn" where drawing itself failed."""
        with self._turn:
            good, content = self._ask(json.dumps(job, ensure_ascii=False).encode())
        if good:
            return content
        error = json.loads(content)
        if error["code"] not in _SAID:
            log.error("paper_not_drawn", code=error["code"], detail=error["detail"])
            raise _not_drawn()
        raise Refused(_SAID[error["code"]], code=error["code"], field="docx")

    def warm(self) -> None:
        """Begin the process without waiting for it: somebody will ask for a paper in a moment."""
        if self._turn.acquire(blocking=False):
            try:
                self._ready()
            finally:
                self._turn.release()

    def _ask(self, frame: bytes) -> tuple[bool, bytes]:
        child = self._ready()
        watch = threading.Timer(PATIENCE, child.kill)
        watch.start()
        try:
            stdin, stdout = cast(BinaryIO, child.stdin), cast(BinaryIO, child.stdout)
            stdin.write(struct.pack(">I", len(frame)) + frame)
            stdin.flush()
            answer = _frame(stdout)
        except (OSError, EOFError):
            log.error("drawing_process_died", code=child.poll())
            self.stop()
            raise _not_drawn() from None
        finally:
            watch.cancel()
        self._jobs += 1
        self._wait_idle()
        return answer[:1] == b"1", answer[1:]

    def _ready(self) -> subprocess.Popen[bytes]:
        # After a fork the pipes are the parent's: a child of ours starts its own.
        if self._child is not None and self._owner == os.getpid() and self._jobs < MOST_JOBS:
            if self._child.poll() is None:
                return self._child
        self.stop()
        self._child, self._owner, self._jobs = _begin(), os.getpid(), 0
        self._wait_idle()
        return self._child

    def _wait_idle(self) -> None:
        if self._idle:
            self._idle.cancel()
        self._idle = threading.Timer(IDLE, self._end_idle)
        self._idle.daemon = True
        self._idle.start()

    def _end_idle(self) -> None:
        with self._turn:
            self.stop()

    def stop(self) -> None:
        """End the child, if it is ours; the next job begins another."""
        child, self._child = self._child, None
        if self._idle:
            self._idle.cancel()
        if child is None or self._owner != os.getpid():
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with suppress(OSError):
                cast(BinaryIO, pipe).close()


def _begin() -> subprocess.Popen[bytes]:
    """Without the house's environment: neither key nor database address."""
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ
    }
    own_fonts = Path(sys.prefix) / "share/fonts/fonts.conf"
    fonts = {"FONTCONFIG_FILE": str(own_fonts)} if own_fonts.exists() else {}
    return subprocess.Popen(
        [sys.executable, "-m", "mingbai.papers.rendering.child"],
        cwd=settings.BASE_DIR,
        env={**kept, **fonts, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def _frame(source: BinaryIO) -> bytes:
    head = source.read(4)
    if len(head) < 4:
        raise EOFError
    content = source.read(struct.unpack(">I", head)[0])
    return content


def _not_drawn() -> Refused:
    return Refused(
        _("文书现在印不出来。"),
        code="not_drawn",
        kept=_("文号和内容已经保存，一点没有丢。"),
        do=_("请过一会儿再点一次；还不行，请管理员运行 manage.py doctor。"),
    )


RENDERER = Renderer()


def pdf(blocks: Iterable[dict[str, Any]], *, title: str, mark: str = "") -> bytes:
    """A PDF of filled blocks, with the fonts in it. `mark` is printed across every page."""
    return RENDERER.draw({"do": "pdf", "blocks": list(blocks), "title": title, "mark": mark})


def docx(blocks: Iterable[dict[str, Any]], *, title: str, mark: str = "") -> bytes:
    """The same words as a Word file."""
    return RENDERER.draw({"do": "docx", "blocks": list(blocks), "title": title, "mark": mark})


def docx_from(file: bytes, values: Mapping[str, Any]) -> bytes:
    """An office's own Word file, filled."""
    return RENDERER.draw({"do": "docx", "file": base64.b64encode(file).decode(), "values": dict(values)})


def pages_of(file: bytes, kind: str) -> list[str]:
    """A photo or a PDF as pictures, one a page, for blocks of the kind "picture".

    Raises Refused "unreadable" for what is neither or is broken, "too_many_pages".
    """
    job = {"do": "pages", "file": base64.b64encode(file).decode(), "type": kind}
    found: list[str] = json.loads(RENDERER.draw(job))
    return found


def copy_of(file: bytes, kind: str) -> bytes:
    """A picture drawn anew as JPEG, at most 2400 pixels long. Raises Refused "unreadable", "not_drawn"."""
    return RENDERER.draw({"do": "copy", "file": base64.b64encode(file).decode(), "type": kind})


def docx_start(blocks: Iterable[dict[str, Any]], lists: Iterable[str], *, title: str) -> bytes:
    """A Word file with fields, to begin one's own from."""
    return RENDERER.draw({"do": "start", "blocks": list(blocks), "lists": list(lists), "title": title})


def fields_in(file: bytes) -> list[str]:
    """The fields that a Word file names. Raises Refused "not_word", "too_large", "macros", "outside",
    "bad_template", each for the field "docx".
    """
    found: list[str] = json.loads(RENDERER.draw({"do": "fields", "file": base64.b64encode(file).decode()}))
    return found
