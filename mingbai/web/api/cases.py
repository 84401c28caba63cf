"""Matters through the API: hand over, read back, add to, withdraw."""

from typing import Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from ninja import Header, Router, Status

from mingbai.cases.actions.follow import seen_answer
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.actions.work import supplement as add_supplement
from mingbai.cases.actions.work import withdraw as withdraw_case
from mingbai.cases.enums import Channel, MessageKind, Tell
from mingbai.cases.models import Case
from mingbai.cases.queries import history_of
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.crypto import sm3
from mingbai.core.numbers import clean_number, is_number
from mingbai.knowledge.queries import external_code
from mingbai.people.models import Partner
from mingbai.places.queries import register
from mingbai.web.api import schemas as s

router = Router(tags=["cases"])
PROBLEMS = dict.fromkeys((400, 401, 403, 404, 409, 413, 422, 429, 503), s.ProblemOut)
READING = dict.fromkeys((401, 403, 404, 422, 429, 503), s.ProblemOut)


def partner_of(request: HttpRequest) -> Partner:
    return request.auth  # type: ignore[attr-defined]


@router.post("/cases", response={201: s.CaseCreated, 200: s.CaseCreated, **PROBLEMS})
def create(
    request: HttpRequest,
    body: s.CaseIn,
    idempotency_key: str | None = Header(None, alias="Idempotency-Key", max_length=200),
) -> Status:
    """Hand a matter over. The same key and body again give the same number (200)."""
    partner = partner_of(request)
    opened = open_case(by=partner.actor, intake=intake_of(partner, body, idempotency_key))
    return Status(201 if opened.is_new else 200, _created(opened))


def intake_of(partner: Partner, body: s.CaseIn, key: str | None) -> Intake:
    happened = body.happened_at
    if happened and timezone.is_naive(happened):
        happened = timezone.make_aware(happened)
    return Intake(
        kind=body.kind,
        channel=Channel.PARTNER,
        text=body.text,
        region=body.region,
        place_text=body.place_text or "",
        speaker=Person(body.name or "", body.phone or "", body.id_number or ""),
        is_urgent=body.urgent,
        happened_at=happened,
        partner_id=partner.pk,
        partner_number=body.partner_number or "",
        source=partner.actor.code,
        # The header's keys and the partner's own numbers are two name spaces.
        idempotency_key=f"key:{key}" if key else (f"no:{body.partner_number}" if body.partner_number else ""),
        body_hash=sm3(body.model_dump_json().encode()),
    )


def _created(opened: Opened) -> dict[str, Any]:
    case = opened.case
    return {
        "number": case.number,
        "state": case.state,
        "station": _station(case),
        "due_at": case.due_at,
        "routing": list(opened.reasons),
        "follow_code": opened.follow_code or None,
    }


def _station(case: Case) -> dict[str, str]:
    return {"code": case.station_id, "name": register().stations[case.station_id].name}


def _own(request: HttpRequest, number: str) -> Case:
    """The partner's own matter; another's and an unknown number take this one path to 404."""
    meant = clean_number(number)
    meant = meant if is_number(meant) else ""  # asked all the same: one path, one query
    found = Case.objects.filter(partner=partner_of(request), number=meant).first()
    if found is None:
        raise Http404
    return found


@router.get("/cases/{number}", response={200: s.CaseOut, **READING})
def read(request: HttpRequest, number: str) -> dict[str, Any]:
    """Where a matter stands, its history, its answer. Reading an answer is entered as told, once."""
    case = _own(request, number)
    answer = case.messages.filter(kind=MessageKind.ANSWER).order_by("-at", "-id").first()
    if answer and case.told_at is None:
        case = seen_answer(case=case, by=partner_of(request).actor, how=Tell.PARTNER)
    return {
        "number": case.number,
        "kind": case.kind,
        "topic": case.topic,
        "topic_code": external_code(case.topic, partner_of(request).code),
        "state": case.state,
        "station": _station(case),
        "due_at": case.due_at,
        "history": [
            {"at": row.at, "state": row.state, "text": row.text} for row in history_of(case, public=True)
        ],
        "answer": {"text": answer.text, "laws": answer.laws, "at": answer.at} if answer else None,
    }


@router.post("/cases/{number}/messages", response={201: s.MessageOut, **PROBLEMS})
def message(request: HttpRequest, number: str, body: s.MessageIn) -> Status:
    """Add to a matter; one that waited for the resident goes on."""
    case = add_supplement(
        case=_own(request, number), by=partner_of(request).actor, text=body.text, channel=Channel.PARTNER
    )
    return Status(201, {"number": case.number, "state": case.state})


@router.post("/cases/{number}/withdraw", response={200: s.MessageOut, **PROBLEMS})
def withdraw(request: HttpRequest, number: str, body: s.WithdrawIn) -> dict[str, Any]:
    """Take a matter back."""
    case = withdraw_case(case=_own(request, number), by=partner_of(request).actor, reason=body.reason)
    return {"number": case.number, "state": case.state}
