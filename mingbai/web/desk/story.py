"""The history of a matter as the timeline shows it: a sign, who, what, the words that were said, why."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from mingbai.cases.enums import Channel, MessageKind
from mingbai.cases.models import Message
from mingbai.cases.queries import Line
from mingbai.core.checks import mask_name
from mingbai.web.desk.dossier import Dossier

_CHANNEL_SIGNS = {
    Channel.WINDOW: "building-community",
    Channel.HOTLINE: "phone",
    Channel.WEB: "world",
    Channel.WECHAT: "brand-wechat",
    Channel.KIOSK: "ticket",
    Channel.SERVICE_DAY: "bus",
    Channel.RECEPTION_DAY: "users",
    Channel.VILLAGE: "home",
    Channel.HOME_VISIT: "map-pin",
    Channel.PARTNER: "arrows-exchange",
}
_SIGNS = {
    "taken_up": "check",
    "accepted": "circle-check",
    "started": "arrow-right",
    "assigned": "user",
    "offered": "arrows-exchange",
    "handed_over": "arrows-exchange",
    "declined": "arrow-back-up",
    "taken_back": "arrow-back-up",
    "designated": "gavel",
    "help_asked": "users",
    "helped": "users",
    "asked": "message-2-question",
    "supplemented": "message",
    "answered": "message",
    "guided": "map-pin",
    "told": "phone-call",
    "closed": "circle-check",
    "refused": "hand-stop",
    "withdrawn": "arrow-back-up",
    "reopened": "refresh",
    "redone": "refresh",
    "noted": "edit",
    "converted": "refresh",
    "clock_soon": "clock",
    "clock_late": "clock",
    "clock_corrected": "calendar-event",
    "clock_set": "calendar-event",
    "merged": "link",
    "absorbed": "link",
    "unmerged": "unlink",
    "released": "unlink",
    "linked": "user-search",
    "person_shown": "eye",
    "person_copied": "printer",
    "person_corrected": "edit",
    "classified": "search",
    "warned": "alert-triangle",
    "risk_reported": "phone-call",
    "risk_dismissed": "x",
    "rated": "star",
    "called_back": "phone-call",
    "appealed": "flag",
    "attached": "paperclip",
    "attachment_opened": "eye",
}
_SPOKEN = {
    "asked": MessageKind.ASK,
    "supplemented": MessageKind.SUPPLEMENT,
    "withdrawn": MessageKind.SUPPLEMENT,
    "answered": MessageKind.ANSWER,
    "guided": MessageKind.ANSWER,
    "refused": MessageKind.ANSWER,
    "noted": MessageKind.NOTE,
    "told": MessageKind.NOTE,
    "reopened": MessageKind.NOTE,
    "redone": MessageKind.NOTE,
    "called_back": MessageKind.CALL_BACK,
    **dict.fromkeys(
        "granted given_first transferred objection_upheld objection_ordered terminated finished".split(),
        MessageKind.ANSWER,
    ),
    **dict.fromkeys(("assigned", "begun", "progress", "concluded"), MessageKind.PROGRESS),
}


def entries_of(dossier: Dossier) -> list[dict[str, Any]]:
    """Newest first, for components/timeline.html."""
    said = {(message.at, message.kind): message for message in dossier.messages}
    return [_entry(dossier, line, said) for line in reversed(dossier.history)]


def _entry(dossier: Dossier, line: Line, said: dict[Any, Message]) -> dict[str, Any]:
    verb = line.verb.rpartition(".")[2]
    # An action writes its message and its entry with one time: that is what ties them together.
    message = said.get((line.at, _SPOKEN.get(verb, "")))
    why = [line.why] if line.why else []
    return {
        "sign": _sign(dossier, verb, message),
        "tone": _tone(line, verb),
        "who": _who(dossier, line),
        "where": _where(dossier, verb, message),
        "what": f"{line.text}{_laws(message)}",
        "at": line.at,
        "why": "；".join([*why, *line.details]),
        "quote": dossier.case.text if verb == "opened" else (message.text if message else ""),
        "links": _files(dossier, line) if verb == "attached" else [],
    }


def _sign(dossier: Dossier, verb: str, message: Message | None) -> str:
    if verb == "opened":
        return _CHANNEL_SIGNS[Channel(dossier.case.channel)]
    if message and message.channel:
        return _CHANNEL_SIGNS[Channel(message.channel)]
    return _SIGNS.get(verb, "history")


def _tone(line: Line, verb: str) -> str:
    if verb == "clock_late":
        return "late"
    return "ours" if verb in {"answered", "guided", "told", "asked", "taken_up", "accepted"} else ""


def _who(dossier: Dossier, line: Line) -> str:
    """The resident by their masked name; everybody else as the journal names them."""
    speaker = dossier.case.speaker
    if line.who == _("群众") and speaker is not None and speaker.name:
        return mask_name(speaker.name)
    return line.who


def _where(dossier: Dossier, verb: str, message: Message | None) -> str:
    if verb == "opened":
        return str(dossier.case.get_channel_display())
    return str(Channel(message.channel).label) if message and message.channel else ""


def _laws(message: Message | None) -> str:
    return _("（依据：%(laws)s）") % {"laws": "、".join(message.laws)} if message and message.laws else ""


def _files(dossier: Dossier, line: Line) -> list[tuple[str, str]]:
    number = dossier.case.number
    return [
        (file.name, reverse("desk:file", args=[number, file.pk]))
        for file in dossier.files
        if file.added_at == line.at
    ]
