"""What is proposed of topic, kind and urgency, as rows: beside a matter, and while one is taken down."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from mingbai.cases.kinds import KINDS
from mingbai.knowledge.enums import Topic, Urgency
from mingbai.knowledge.queries import Proposed, proposals
from mingbai.people.roles import Permission
from mingbai.web.access import staff
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.new_form import NewForm
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS
from mingbai.web.desk.verbs.triage import kind_codes
from mingbai.web.hits import LEAST_TYPED

_SAID = {
    "say_kind": frozenset({"case.kind_confirmed", "case.converted"}),
    "say_urgency": frozenset({"case.made_urgent", "case.made_normal"}),
}
"""Entries after which a person has said it: nothing more is proposed."""


def rows_of(dossier: Dossier) -> list[dict[str, Any]]:
    """Rows `name said proposed url` of the panel beside a matter: what this person may say of it."""
    found, case = proposals(dossier.case.text, kind_codes()), dossier.case
    rows = []
    if VERBS["classify"].is_open(dossier):
        said = str(case.get_topic_display()) if case.topic else ""
        rows.append(_row(dossier, "classify", _("关于什么"), said, [] if said else _topics(found.topics)))
    if _asks(dossier, "say_kind", found.kind) and found.kind.code != case.kind:  # type: ignore[union-attr]
        said = str(KINDS.get(case.kind).label)
        keep = {"label": said, "code": case.kind, "words": "", "name": "kind", "yes": _("不用转")}
        rows.append(_row(dossier, "say_kind", _("哪一类业务"), said, [*_kinds(found.kind), keep]))
    if _asks(dossier, "say_urgency", found.urgency) and not case.is_urgent:
        rows.append(_row(dossier, "say_urgency", _("急不急"), "", [*_urgent(found.urgency), _not_urgent()]))
    return _keyed(rows)


def _asks(dossier: Dossier, verb: str, proposed: Proposed | None) -> bool:
    """Something is proposed, nobody has said it yet, and this person may."""
    if proposed is None or not VERBS[verb].is_open(dossier):
        return False
    return not any(line.verb in _SAID[verb] for line in dossier.history)


def _row(dossier: Dossier, verb: str, name: str, said: str, proposed: list[dict[str, str]]) -> dict[str, Any]:
    return {"name": name, "said": said, "proposed": proposed, "url": act_url(dossier, verb)}


def _keyed(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first proposal of each row is taken by the key of its place: 1, 2, 3."""
    for place, row in enumerate(rows, start=1):
        if row["proposed"]:
            row["proposed"][0]["key"] = str(place)
    return rows


def _topics(found: list[Proposed]) -> list[dict[str, str]]:
    return [{"label": one.label, "code": one.code, "words": one.words, "name": "topic"} for one in found]


def _kinds(found: Proposed | None) -> list[dict[str, str]]:
    if found is None or found.code not in KINDS:
        return []
    label = str(KINDS.get(found.code).label)
    return [{"label": label, "code": found.code, "words": found.words, "name": "kind", "yes": _("转过去")}]


def _urgent(found: Proposed | None) -> list[dict[str, str]]:
    """Urgent at once, or soon: the matter itself knows one word for both."""
    if found is None:
        return []
    return [{"label": found.label, "code": "yes", "words": found.words, "name": "urgent", "yes": _("紧急")}]


def _not_urgent() -> dict[str, str]:
    return {"label": str(Urgency.NORMAL.label), "code": "no", "words": "", "name": "urgent", "yes": _("不急")}


# ── while it is taken down ──


@staff(Permission.CASE_OPEN)
@require_POST
def proposed(request: HttpRequest) -> HttpResponse:
    """What the text proposes that the form does not say yet. Looks, keeps nothing."""
    data = request.POST
    typed = {name: data.get(name, "") for name in ("text", "topic", "kind", "is_urgent")}
    context = {"rows": list(typed_rows(**typed)), "target": _target(data.get("call", ""))}
    return render(request, "desk/_proposed.html", context)


def _target(call: str) -> str:
    """Where the form goes that the text stands in: a call's stays the call's."""
    is_call = call.isascii() and call.isdigit() and len(call) < 12
    return reverse("seat:call", args=[int(call)]) if is_call else reverse("desk:new")


def typed_rows(text: str, topic: str, kind: str, is_urgent: Any) -> Iterator[dict[str, Any]]:
    """Rows `name label words take`; `take` is the value of the button that puts it into the form."""
    if len(text.strip()) < LEAST_TYPED:
        return
    found = proposals(text[:10_000], kind_codes())
    if found.kind and found.kind.code in KINDS and found.kind.code != kind:
        label = str(KINDS.get(found.kind.code).label)
        yield _typed(_("哪一类业务"), label, found.kind, f"kind:{found.kind.code}")
    if found.urgency and not is_urgent:
        yield _typed(_("急不急"), found.urgency.label, found.urgency, "is_urgent:on")
    if found.topics and topic not in Topic.values:
        first = found.topics[0]
        yield _typed(_("关于什么"), first.label, first, f"topic:{first.code}")


def _typed(name: str, label: str, one: Proposed, take: str) -> dict[str, Any]:
    return {"name": name, "label": label, "words": one.words, "take": take}


TAKEN = ("kind", "topic", "is_urgent")


def taken(form: NewForm, take: str) -> NewForm:
    """The form with one proposal put in; anything else that is sent changes nothing."""
    name, _sign, value = take.partition(":")
    if name in TAKEN:
        form.data = {**form.data.dict(), name: value[:32]}  # type: ignore[attr-defined]
    return form
