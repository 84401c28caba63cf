"""A form as a phone keeps it: in a box that only the house opens, named by the form's key."""

import json
import re
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.files.uploadhandler import MemoryFileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.datastructures import MultiValueDict

from mingbai.core.box import BadBox
from mingbai.core.crypto import keyring

_NAME = re.compile(r"[0-9a-f]{32}")
_TYPE = re.compile(r"multipart/form-data; ?boundary=[\x21-\x7e]{1,100}")


@dataclass(frozen=True, slots=True)
class Form:
    """`url`: the page it was filled in on; `who`: the id of who filled it in, "" for nobody known; `body`:
    the form as the browser would have sent it, of content type `type`."""

    key: str
    url: str
    who: str
    type: str
    body: bytes

    def parsed(self, request: HttpRequest) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        """Fields and files. Raises BadBox for what no browser sends."""
        meta = {"CONTENT_TYPE": self.type, "CONTENT_LENGTH": str(len(self.body))}
        handlers = [MemoryFileUploadHandler(request), TemporaryFileUploadHandler(request)]
        try:
            return MultiPartParser(meta, BytesIO(self.body), handlers, "utf-8").parse()
        except (MultiPartParserError, BadRequest, SuspiciousOperation, RequestDataTooBig) as error:
            raise BadBox(type(error).__name__) from error


def opened(key: str, box: bytes) -> Form:
    """What a phone has put in. Raises BadBox for anything else."""
    if not _NAME.fullmatch(key):
        raise BadBox("no name")
    head, _line, body = keyring().open_box(box, what=key).partition(b"\n")
    try:
        said = json.loads(head)
        form = Form(key, str(said["url"]), str(said["who"]), str(said["type"]), body)
    except (ValueError, KeyError, TypeError, UnicodeError) as error:
        raise BadBox("no form") from error
    if not _TYPE.fullmatch(form.type) or not form.url.startswith("/") or len(form.url) > 500:
        raise BadBox("no form")
    return form
