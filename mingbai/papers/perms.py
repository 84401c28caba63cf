"""Who reads a paper, who changes how papers read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mingbai.papers.kinds import PAPER_KINDS
from mingbai.people.perms import can, scopes
from mingbai.people.roles import Permission

if TYPE_CHECKING:
    from mingbai.papers.models import Paper
    from mingbai.people.models import User


def can_see(user: User | Any, paper: Paper) -> bool:
    """The line that issues the paper answers; one whose line is gone is seen by nobody."""
    return paper.kind in PAPER_KINDS and PAPER_KINDS.get(paper.kind).may_see(user, paper.about)


def can_edit(user: User | Any, office: str | None) -> bool:
    """An office changes its own papers; those of the whole city who keeps the whole city."""
    if office is None:
        return bool(scopes(user, Permission.PAPERS_EDIT).everywhere_cities)
    return can(user, Permission.PAPERS_EDIT, station=office)
