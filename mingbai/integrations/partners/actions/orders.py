"""Orders: taken in, given out, said and heard. What is heard moves the order and the matter together."""

from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions import work
from mingbai.cases.actions.intake import Opened, open_case
from mingbai.cases.enums import Channel, Purpose
from mingbai.cases.models import Case
from mingbai.cases.rules.intake import Intake
from mingbai.cases.rules.states import may
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.integrations.models import Endpoint, Exchange, Order
from mingbai.integrations.partners.actions.endpoints import queue
from mingbai.integrations.partners.enums import Direction, OrderState, Verb
from mingbai.integrations.partners.queries import shown
from mingbai.integrations.partners.rules import (
    DECLINE_WORKDAYS,
    HANDLER,
    WAITS_ON,
    Tracks,
    contradiction,
    given,
    handled,
    place_in_line,
)
from mingbai.journal.actions import write
from mingbai.people.models import Partner
from mingbai.places.queries import workdays


@dataclass(frozen=True, slots=True)
class Said:
    """One message about an order. `seq` counts one side's messages from 1; `on`: which answer is judged."""

    seq: int
    verb: str
    text: str = ""
    on: int = 0
    happy: bool = False


def take_in(*, by: Actor, partner: Partner, intake: Intake) -> tuple[Order, Opened]:
    """An order of theirs becomes a matter; their number again gives the same one.

    Raises Refused "number_missing", "key_reused" for another content under the same number.
    """
    if not intake.partner_number.strip():
        raise Refused(_("请给出您的工单编号。"), code="number_missing", field="partner_number")
    intake = replace(
        intake,
        channel=Channel.PARTNER,
        partner_id=partner.pk,
        idempotency_key=f"order:{intake.partner_number}",
        source=partner.actor.code,
    )
    opened = open_case(by=by, intake=intake)
    order = _made(opened.case, partner, Direction.IN, intake.partner_number, opened.case.opened_at)
    return order, opened


def _made(case: Case, partner: Partner, direction: str, number: str, at: datetime) -> Order:
    """The order's row; written by whoever comes first, also when an earlier try died after the matter."""
    order = Order(direction=direction, partner=partner, case=case, their_number=number, made_at=at)
    order.moved_at, order.accept_by = at, _accept_by(at)
    order.waits_on = _waits(direction, OrderState.OFFERED)
    try:
        with transaction.atomic():
            order.save(force_insert=True)
    except IntegrityError:
        return Order.objects.get(partner=partner, case=case)
    return order


def _accept_by(at: datetime) -> datetime:
    """The end of the last working day on which it may be given back."""
    day = workdays().add_workdays(timezone.localdate(at), DECLINE_WORKDAYS)
    return timezone.make_aware(datetime.combine(day, time.max))


def _waits(direction: str, state: str) -> str:
    """Who must act next, seen from us: "us", "them", ""."""
    who = WAITS_ON[state]
    if not who:
        return ""
    ours = "handler" if direction == Direction.IN else "giver"
    return "us" if who == ours else "them"


@transaction.atomic
def give(*, by: Actor, case: Case, partner: Partner, text: str) -> Order:
    """Hand a matter to another system; the owner stays with us and closes it when they have answered.

    Name and phone go along only where the resident agreed to it and has not withdrawn that (PIPL Art. 15,
    23). Raises Refused "no_endpoint", "wrong_state", "given_already".
    """
    endpoint = _endpoint(partner)
    if endpoint is None:
        raise Refused(_("这个单位还没有推送地址。"), code="no_endpoint", field="partner")
    case = Case.objects.select_for_update(of=("self",)).select_related("speaker").get(pk=case.pk)
    if not case.is_open:
        raise Refused(_("办件已经结束，不能再转。"), code="wrong_state")
    if Order.objects.filter(partner=partner, case=case).exists():
        raise Refused(_("已经转给这个单位。"), code="given_already", field="partner")
    text = clean_text(text, most=5000)
    order = _made(case, partner, Direction.OUT, "", timezone.now())
    body: dict[str, Any] = {"number": case.number, "kind": case.kind, "text": text}
    body |= {"region": case.region_id or "", "accept_by": order.accept_by}
    person = _agreed(case)
    body |= person
    queue(
        by=by,
        endpoint=endpoint,
        source=f"order:{order.pk}",
        event="order.offered",
        about=case.chain,
        body=body,
    )
    told = {"partner": partner.code, "partner_name": partner.name, "order": order.pk, "person": bool(person)}
    write(chain=case.chain, verb="case.given", by=by, place=case.station_id, data=told)
    return order


def _agreed(case: Case) -> dict[str, str]:
    """Name and phone, as long as the consent stands."""
    agreed = case.consents.filter(purpose=Purpose.PASS_ON, withdrawn_at=None).exists()
    if case.speaker is None or not agreed:
        return {}
    return {"name": case.speaker.name, "phone": case.speaker.phone}


def _endpoint(partner: Partner) -> Endpoint | None:
    return Endpoint.objects.live().filter(partner=partner).order_by("id").first()


# ── what we say ──


@transaction.atomic
def say(*, by: Actor, order: Order, verb: str, source: str, text: str = "", happy: bool = False) -> bool:
    """Our side's word, if its track allows it: False when it would say nothing new."""
    endpoint = _endpoint(order.partner)
    if endpoint is not None:  # the line before the order, as everybody locks
        Endpoint.objects.select_for_update(of=("self",)).get(pk=endpoint.pk)
    order = Order.objects.select_for_update(of=("self",)).select_related("case", "partner").get(pk=order.pk)
    said = Said(order.last_out + 1, verb, text, order.answer, happy)
    try:
        tracks = _moved(order, said, by_handler=order.direction == Direction.IN)
    except Refused:
        return False
    order.last_out = said.seq
    _settle(order, tracks, said, ours=True, outcome="said")
    if by.kind != "system":  # what the journal made us say stands there already
        told = {"partner": order.partner.code, "partner_name": order.partner.name, "said": verb}
        write(chain=order.case.chain, verb="case.order_said", by=by, place=order.case.station_id, data=told)
    if endpoint is not None:
        body: dict[str, Any] = {"seq": said.seq, "verb": verb, "text": text, "happy": happy, "on": said.on}
        queue(
            by=by,
            endpoint=endpoint,
            source=source,
            event="order.event",
            about=order.case.chain,
            body=body | shown(order),
        )
    return True


# ── what we hear ──


def hear(
    *, by: Actor, order: Order, said: Said, their_number: str = "", now: datetime | None = None
) -> Order:
    """Their side's word, once. A repetition changes nothing; a gap and a contradiction are refused, and the
    contradiction stands in the log. Raises Refused "gap", "contradiction", "period_over", "reason_missing".
    """
    try:
        return _hear(by, order, said, their_number, now or timezone.now())
    except Refused as refused:
        if refused.code in ("contradiction", "period_over"):
            _log(order, said, ours=False, outcome=refused.code)
        raise


@transaction.atomic
def _hear(by: Actor, order: Order, said: Said, their_number: str, now: datetime) -> Order:
    order = Order.objects.select_for_update(of=("self",)).select_related("case", "partner").get(pk=order.pk)
    if place_in_line(said.seq, order.last_in) == "again":
        return order
    if said.verb not in Verb.values:
        raise Refused(_("没有这个事项。"), code="unknown_verb", field="verb")
    text = clean_text(said.text, most=5000) if said.text.strip() else ""
    if said.verb in (Verb.DECLINE, Verb.ANSWER) and not text:
        raise Refused(_("请写明理由或答复。"), code="reason_missing", field="text")
    if said.verb == Verb.DECLINE and order.accept_by and now > order.accept_by:
        raise Refused(_("退回期限已过。"), code="period_over")
    tracks = _moved(order, said, by_handler=order.direction == Direction.OUT)
    order.last_in = said.seq
    if their_number and not order.their_number:
        order.their_number = their_number.strip()[:64]
    _settle(order, tracks, said, ours=False, outcome="heard")
    _work(order, said, text, by)
    return order


def _moved(order: Order, said: Said, *, by_handler: bool) -> Tracks:
    if by_handler != (said.verb in HANDLER):
        raise contradiction(order.state)
    if by_handler:
        return handled(order.tracks, said.verb, said.seq)
    return given(order.tracks, said.verb, on=said.on, happy=said.happy)


def _settle(order: Order, tracks: Tracks, said: Said, *, ours: bool, outcome: str) -> None:
    order.handler, order.answer = tracks.handler, tracks.answer
    order.withdrawn, order.judged, order.happy = tracks.withdrawn, tracks.judged, tracks.happy
    order.state, order.moved_at = tracks.state, timezone.now()
    order.waits_on = _waits(order.direction, order.state)
    order.save()
    _log(order, said, ours=ours, outcome=outcome)


def _log(order: Order, said: Said, *, ours: bool, outcome: str) -> None:
    verb = said.verb if said.verb in Verb.values else ""
    Exchange.objects.create(
        order=order, is_ours=ours, verb=verb, seq=said.seq, outcome=outcome, at=timezone.now()
    )


def _work(order: Order, said: Said, text: str, by: Actor) -> None:
    """What their word does to the matter. An answer is for our owner: a person tells the resident."""
    case = order.case
    if said.verb == Verb.WITHDRAW and may(case.state, "withdraw"):
        work.withdraw(case=case, by=by, reason=text or _("转来单位撤回"))
    elif said.verb == Verb.CALL_BACK and not said.happy and may(case.state, "redo"):
        work.reopen(case=case, by=by, reason=text or _("回访不满意"), verb="redo")
    else:
        words = {"verb": Verb(said.verb).label, "text": text}
        work.note(case=case, by=by, text=_("%(verb)s：%(text)s") % words if text else str(words["verb"]))
