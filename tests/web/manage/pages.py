"""Posting to a register's page, and what entered the journal."""

from typing import Any

from mingbai.journal.models import Entry
from mingbai.people.models import User
from tests.web.desk.pages import signed_in


def post(user: User, url: str, **data: Any) -> Any:
    """The answer, after the redirect to the page of the row."""
    return signed_in(user).post(f"/manage/{url}", data, follow=True)


def verbs(chain: str) -> list[str]:
    return [entry.verb for entry in Entry.objects.filter(chain=chain).order_by("seq")]
