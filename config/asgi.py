"""The ASGI application: the live stream alone. Pages and API are served by WSGI, which Django does faster."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from mingbai.web.live.stream import application  # noqa: E402
from mingbai.web.supervisor import leash  # noqa: E402

__all__ = ["application"]

leash()
