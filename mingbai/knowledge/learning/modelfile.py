"""A learned model as one file: named arrays and what they mean, with a checksum; never a pickle."""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from numpy.typing import NDArray

from mingbai.core.refused import Refused

FORMAT = "mingbai-model-1"
MOST_BYTES = 500_000_000
Arrays = Mapping[str, NDArray[Any]]


def write_model(path: Path, *, kind: str, version: int, arrays: Arrays, meta: Mapping[str, Any]) -> None:
    """Write beside and swap in: a reader sees the old file or the new one, never half of it."""
    packed = BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **dict(arrays))
    body = packed.getvalue()
    about = {"format": FORMAT, "kind": kind, "version": version, "sha256": _sum(body), "meta": dict(meta)}
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    try:
        with zipfile.ZipFile(beside, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr("about.json", json.dumps(about, ensure_ascii=False, sort_keys=True, indent=1))
            archive.writestr("arrays.npz", body)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def read_model(path: Path, *, kind: str, version: int) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return (arrays, meta). Raises Refused "no_model", "bad_model" (damaged, foreign), "old_model"."""
    about, body = _parts(path)
    if about.get("format") != FORMAT or about.get("kind") != kind:
        raise _bad(path, _("不是这里用的模型"))
    if about.get("version") != version:
        text = _("模型文件是旧版训练的：%(path)s") % {"path": path}
        raise Refused(text, code="old_model", do=_("请用现在的版本重新训练。"))
    if about.get("sha256") != _sum(body):
        raise _bad(path, _("内容和校验值不符"))
    with np.load(BytesIO(body), allow_pickle=False) as held:
        return {name: held[name] for name in held.files}, dict(about.get("meta", {}))


def _parts(path: Path) -> tuple[dict[str, Any], bytes]:
    if not path.is_file():
        raise Refused(_("没有这个模型文件：%(path)s") % {"path": path}, code="no_model")
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo("arrays.npz").file_size > MOST_BYTES:
                raise _bad(path, _("文件太大"))
            about = json.loads(archive.read("about.json"))
            if not isinstance(about, dict):
                raise _bad(path, _("说明部分读不懂"))
            return about, archive.read("arrays.npz")
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise _bad(path, str(error)) from None


def _bad(path: Path, why: str) -> Refused:
    text = _("模型文件用不了（%(why)s）：%(path)s") % {"why": why, "path": path}
    return Refused(text, code="bad_model", do=_("请重新训练，或从备份取回。没有模型也能查，只是准头差一些。"))


def _sum(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
