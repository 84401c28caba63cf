"""The WSGI application that granian serves: pages and API (the live stream has config/asgi.py)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

from mingbai.web.health import refuse_foreign_data  # noqa: E402
from mingbai.web.supervisor import leash  # noqa: E402
from mingbai.web.warm import warm  # noqa: E402

refuse_foreign_data()
leash()
warm()
