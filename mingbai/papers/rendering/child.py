"""The drawing process: one job after the other from stdin, its result to stdout, until stdin ends.

A frame is four bytes of length and the content: a job is JSON, a result one byte ("1" good, "0" not) and the
bytes of the file or JSON {"code", "detail"}. Started by `renderer.py`; nothing here may import Django.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import struct
import sys
from typing import Any, BinaryIO

from mingbai.papers.rendering import page, pictures, word


def draw(job: dict[str, Any]) -> bytes:
    """One job: {"do", "blocks"?, "title"?, "mark"?, "file"? (base64), "values"?, "lists"?, "type"?}."""
    file = base64.b64decode(job.get("file", ""))
    said = {"title": job.get("title", "")}
    match job["do"]:
        case "warm":
            pdf_of(page.html_of([{"kind": "text", "cells": ["一"]}], title=""))
            return b""
        case "pdf":
            return pdf_of(page.html_of(job["blocks"], mark=job.get("mark", ""), **said))
        case "docx" if file:
            return word.word_from(file, job["values"])
        case "docx":
            return word.word_of(job["blocks"], mark=job.get("mark", ""), **said)
        case "pages":
            return json.dumps(pictures.pages_of(file, job["type"])).encode()
        case "copy":
            return pictures.copy_of(file, job["type"])
        case "fields":
            return json.dumps(word.fields_in(file), ensure_ascii=False).encode()
        case "start":
            return word.start_file(job["blocks"], job["lists"], **said)
    raise word.BadFile("unknown_job", str(job["do"]))


def pdf_of(html: str) -> bytes:
    """Only what the page itself holds is drawn: nothing is fetched, from the network or from the disk."""
    from weasyprint import HTML

    made: bytes = HTML(string=html, url_fetcher=_fetch_nothing).write_pdf()
    return made


def _fetch_nothing(url: str, *args: Any, **more: Any) -> Any:
    from weasyprint.urls import URLFetcherResponse

    head, _comma, data = url.partition(",")
    if head == pictures.HEAD:  # a picture that stands in the page itself
        return URLFetcherResponse(url, base64.b64decode(data), {"Content-Type": "image/jpeg"})
    raise ValueError("nothing is fetched for a paper")


MOST_MEMORY = 2 << 30
"""Bytes of address space: a job that wants more fails here, before the machine ends a database for it."""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    source, target = sys.stdin.buffer, _own_output()
    while job := _read(source):
        try:
            good, content = b"1", draw(json.loads(job))
        except word.BadFile as error:
            good, content = b"0", _said(error.code, error.detail)
        except Exception as error:  # one bad job must not end the others
            good, content = b"0", _said("not_drawn", f"{type(error).__name__}: {error}")
        target.write(struct.pack(">I", len(content) + 1) + good + content)
        target.flush()


def _own_output() -> BinaryIO:
    """What libraries print must not land between the frames."""
    own = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return own


def _read(source: BinaryIO) -> bytes:
    head = source.read(4)
    return source.read(struct.unpack(">I", head)[0]) if len(head) == 4 else b""


def _said(code: str, detail: str) -> bytes:
    return json.dumps({"code": code, "detail": detail[:300]}, ensure_ascii=False).encode()


if __name__ == "__main__":
    main()
