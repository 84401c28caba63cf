"""For tests of the exchange of the master key: a key file in use, and what must be readable at any moment."""

import base64
from pathlib import Path

from django.apps import apps
from django.db import models

from mingbai.core.crypto import keyring
from mingbai.core.sealed import Sealed


def own_models() -> list[type[models.Model]]:
    found = [model for model in apps.get_models() if model.__module__.startswith("mingbai.")]
    return sorted(found, key=lambda model: model._meta.label)


def key_file(folder: Path, master: bytes) -> Path:
    path = folder / "key"
    path.write_bytes(base64.b64encode(master) + b"\n")
    path.chmod(0o600)
    return path


def unreadable() -> list[str]:
    """Sealed values that do not open now, by model and attribute; values of every row are tried."""
    found = []
    for model in own_models():
        sealed = [name for name, each in vars(model).items() if isinstance(each, Sealed)]
        for row in model._default_manager.order_by("pk") if sealed else ():
            for name in sealed:
                try:
                    getattr(row, name)
                except Exception as error:
                    found.append(f"{model._meta.label}.{name} {row.pk}: {error!r}")
    return found


def not_of_today() -> list[str]:
    """Blind indexes that are not exactly what the writing key alone makes."""
    found = []
    for model in own_models():
        blind = getattr(model, "BLIND", {})
        for row in model._default_manager.order_by("pk") if blind else ():
            for column, (attribute, what) in blind.items():
                text, stored = getattr(row, attribute), getattr(row, column)
                wanted = str(keyring().keyed_hash(text, what=what)) if text else stored
                if (stored or "") != (wanted or ""):
                    found.append(f"{model._meta.label}.{column} {row.pk}")
    return found
