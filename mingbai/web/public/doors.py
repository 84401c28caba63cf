"""The doors residents know: which button of the home page leads to which kind of matter."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from mingbai.cases.enums import Mode
from mingbai.cases.kinds import KINDS, Kind, Text

WAGE = "wage"
FIRST = "consultation"

_ICONS = {
    "consultation": "message-2-question",
    "legal_aid": "scale",
    "mediation": "heart-handshake",
    "notary": "rubber-stamp",
    "counsel": "user-search",
    "approval": "file-text",
    "forensic": "microscope",
    "arbitration": "gavel",
    "exam": "book",
    "complaint": "message-report",
    "opinion": "message",
    WAGE: "cash-off",
}
EIGHT = (FIRST, "legal_aid", "mediation", "notary", WAGE, "counsel", "forensic", "arbitration")
"""The large buttons; the other kinds follow as plain links."""
_NO_EVENT = frozenset({"notary", "counsel", "approval", "opinion"})


@dataclass(frozen=True, slots=True)
class Door:
    """`code` ends the address. 欠薪求助 is a consultation with a tag: a person decides what it becomes."""

    code: str
    kind: Kind
    icon: str
    title: Text
    sub: Text
    is_wage: bool = False

    @property
    def is_guided(self) -> bool:
        return self.kind.mode == Mode.GUIDED

    @property
    def has_event(self) -> bool:
        """Whether something happened somewhere on a day; else the question is where it shall be done."""
        return self.kind.code not in _NO_EVENT

    @property
    def url(self) -> str:
        if self.is_guided:
            return reverse("public:guide", args=[self.code])
        return reverse("public:ask") if self.code == FIRST else reverse("public:ask", args=[self.code])

    def tile(self) -> dict[str, Any]:
        """What components/tiles.html needs."""
        return {"icon": self.icon, "title": self.title, "sub": self.sub, "url": self.url}


def door(code: str) -> Door | None:
    """The door of this address, None where there is none."""
    if code == WAGE:
        title, sub = _("欠薪求助"), _("干了活，没拿到工钱")
        return Door(WAGE, KINDS.get(FIRST), _ICONS[WAGE], title, sub, is_wage=True)
    if code not in KINDS:
        return None
    kind = KINDS.get(code)
    return Door(code, kind, _ICONS.get(code, "file-text"), kind.button, kind.plain)


def icon_of(code: str) -> str:
    """The sign of a kind or of a line."""
    return _ICONS.get(code, "file-text")


def large_doors() -> list[Door]:
    return [found for code in EIGHT if (found := door(code))]


def small_doors() -> list[Door]:
    """Every other kind, also those that a line has registered since."""
    return [found for code in KINDS.codes() if code not in EIGHT and (found := door(code))]
