"""The public history of a matter as the timeline shows it, newest first; the words are the trunk's own."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from mingbai.cases.queries import Line

_SIGNS = {
    "opened": "inbox",
    "taken_up": "user",
    "accepted": "circle-check",
    "started": "file-text",
    "refused": "hand-stop",
    "asked": "message",
    "supplemented": "paperclip",
    "attached": "paperclip",
    "answered": "message",
    "guided": "map-pin",
    "told": "phone",
    "closed": "check",
    "withdrawn": "arrow-back-up",
    "reopened": "refresh",
    "redone": "refresh",
    "converted": "arrows-exchange",
    "handed_over": "arrows-exchange",
    "designated": "arrows-exchange",
    "extended": "calendar-due",
    "clock_corrected": "calendar-due",
    "merged": "link",
    "unmerged": "unlink",
    "rated": "star",
}


def story(lines: Iterable[Line]) -> list[dict[str, Any]]:
    """What components/timeline.html needs."""
    return [_row(line) for line in reversed(list(lines))]


def _row(line: Line) -> dict[str, Any]:
    mine = line.who == _("群众")
    return {
        "sign": _SIGNS.get(line.verb.removeprefix("case."), "info-circle"),
        "tone": "" if mine else "ours",
        "who": _("您") if mine else line.who,
        "where": "",
        "what": line.text,
        "at": line.at,
        "why": line.why,
        "quote": "",
        "links": [],
    }
