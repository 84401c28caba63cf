"""Needs: taken down for one or several people, once each; ended; their people looked at; forgotten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.files import attach
from mingbai.cases.actions.intake import open_case
from mingbai.cases.enums import OPEN_STATES, Channel
from mingbai.cases.models import Case
from mingbai.cases.queries import hashed
from mingbai.cases.rules.intake import Intake, Person
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.crypto import sm3
from mingbai.core.holdings import free
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused
from mingbai.servicedays.actions._record import Spot, end_locked, enter, now_or, spot_of
from mingbai.servicedays.enums import DayState, NeedSource, NeedState
from mingbai.servicedays.models import Need, ServiceDay
from mingbai.servicedays.rules.needs import Known, Wish, checked, same_need
from mingbai.servicedays.rules.skills import KIND_OF, OF_KIND

MOST_AT_ONCE = 200
KEPT = timedelta(days=180)
"""How long it can be read who a need was of, after it has ended."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one line: a need, new or known already, or the reason why not."""

    wish: Wish
    need: Need | None = None
    is_new: bool = False
    refused: Refused | None = None


def take_down_needs(*, by: Actor, wishes: Sequence[Wish], at: datetime | None = None) -> list[Taken]:
    """Write down what several people need; each line stands for itself, in the order given.

    A line that is refused leaves the others kept: `Taken.refused` says why. A line sent again under its
    `client_key` gives the need it made before. Raises Refused "too_many" for more than MOST_AT_ONCE lines.
    """
    if len(wishes) > MOST_AT_ONCE:
        raise Refused(_("一次最多登记 %(most)d 条。") % {"most": MOST_AT_ONCE}, code="too_many")
    return [_one(wish, by, now_or(at)) for wish in wishes]


def _one(wish: Wish, by: Actor, at: datetime) -> Taken:
    try:
        need, is_new = _taken(wish, by, at)
    except Refused as refused:
        return Taken(wish, refused=refused)
    if wish.voice is not None:
        try:
            need = _with_voice(need, wish, by, at)
        except Refused as refused:
            refused.kept = refused.kept or _("需求已经登记，录音没有存上。")
            return Taken(wish, need, is_new, refused)
    return Taken(wish, need, is_new)


def _taken(wish: Wish, by: Actor, at: datetime) -> tuple[Need, bool]:
    clean = checked(wish, timezone.localdate(at))
    try:
        with transaction.atomic():
            return _write(clean, by, at)
    except IntegrityError:
        # The same line came at this very moment from elsewhere: it is the one that is kept.
        with transaction.atomic():
            return _write(clean, by, at)


def _write(wish: Wish, by: Actor, at: datetime) -> tuple[Need, bool]:
    if earlier := _sent_before(wish):
        return earlier, False
    place = spot_of(wish.region, timezone.localdate(at))
    hashes: dict[str, str] = {"phone": hashed("phone", wish.phone), "name": hashed("name", wish.name)}
    case = _case_of(wish, place, hashes)
    if earlier := _waiting_already(wish, place, case, hashes):
        return _for_day(earlier, wish, by, at), False
    need = Need(
        region_id=place.region,
        spot_id=place.spot,
        city=place.city,
        county=place.county,
        skill=wish.skill,
        is_urgent=wish.is_urgent or bool(case and case.is_urgent),
        count=wish.count,
        since=wish.since or _since(case, at),
        source=wish.source,
        case=case,
        day=_day_of(wish),
        phone_hash=hashes["phone"],
        name_hash=hashes["name"],
        client_key=wish.client_key,
        digest=wish.digest if wish.client_key else "",
        taken_by=by.name,
        taken_at=at,
    )
    need.name, need.phone, need.text = wish.name, wish.phone, wish.text
    need.save(force_insert=True)
    said = {"place": place.region, "skill": need.skill, "count": need.count, "urgent": need.is_urgent}
    enter(need, "taken", by, at, **said, source=need.source, case=case.number if case else "")
    return need, True


def _sent_before(wish: Wish) -> Need | None:
    """What this key made before. Raises Refused "key_reused" for another content."""
    if not wish.client_key:
        return None
    found = Need.objects.filter(client_key=wish.client_key).first()
    if found is not None and found.digest != wish.digest:
        raise Refused(_("这个提交编号已经用过，内容却不一样。"), code="key_reused")
    return found


def _case_of(wish: Wish, place: Spot, hashes: dict[str, str]) -> Case | None:
    """The matter that was named, or the one open matter of this telephone, name and skill in the city."""
    if wish.case:
        found = Case.objects.filter(number=clean_number(wish.case)).first()
        if found is None:
            raise Refused(_("没有这个办件编号，请核对。"), code="unknown_case", field="case")
        if not found.is_open:
            raise Refused(_("这个办件已经结束，不用再排服务日。"), code="case_ended", field="case")
        return found
    if not hashes["phone"]:
        return None
    kinds = [kind for kind, skill in OF_KIND.items() if skill == wish.skill]
    theirs = Case.objects.filter(
        speaker__phone_hash=hashes["phone"], kind__in=kinds, state__in=OPEN_STATES, city=place.city
    )
    if hashes["name"]:
        theirs = theirs.filter(speaker__name_hash__in=["", hashes["name"]])
    # Two open matters of one telephone: nobody guesses which.
    candidates = list(theirs.order_by("id")[:2])
    return candidates[0] if len(candidates) == 1 else None


def _waiting_already(wish: Wish, place: Spot, case: Case | None, hashes: dict[str, str]) -> Need | None:
    waiting = Need.objects.open().select_for_update(of=("self",)).filter(skill=wish.skill)
    if case is not None and (found := waiting.filter(case=case).first()):
        return found
    if not hashes["phone"]:
        return None
    rows = {
        need.pk: need
        for need in waiting.filter(spot_id=place.spot, phone_hash=hashes["phone"]).order_by("id")
    }
    known = [Known(pk, need.skill, need.phone_hash, need.name_hash) for pk, need in rows.items()]
    same = same_need(known, wish.skill, hashes["phone"], hashes["name"])
    return rows[same] if same is not None else None


def _since(case: Case | None, at: datetime) -> date:
    return timezone.localdate(case.opened_at if case else at)


def _day_of(wish: Wish) -> ServiceDay | None:
    """The day that was reserved. Raises Refused "no_such_day" where it is none any more."""
    if wish.day is None:
        return None
    found = ServiceDay.objects.filter(pk=wish.day, state=DayState.PLANNED).first()
    if found is None:
        raise Refused(_("这个服务日已经结束或取消，请另选一天。"), code="no_such_day", field="day")
    return found


def _for_day(need: Need, wish: Wish, by: Actor, at: datetime) -> Need:
    """Who waits already and now chooses a day keeps their age."""
    day = _day_of(wish)
    if day is not None and need.day_id != day.pk:
        need.day = day
        need.save(update_fields=["day"])
        enter(need, "reserved", by, at, day=day.pk, on=day.on.isoformat())
    return need


def _with_voice(need: Need, wish: Wish, by: Actor, at: datetime) -> Need:
    """Keep the recording with the need's matter, which is opened for it where there is none."""
    assert wish.voice is not None
    if need.case is None:
        need = _with_case(need, wish, by, at)
    case = need.case
    assert case is not None
    voice = wish.voice
    content = voice.stream.read(settings.ATTACHMENT_MAX_BYTES + 1)
    voice.stream.seek(0)
    # A line sent again must not hang the same recording there twice.
    if not case.attachments.filter(digest=sm3(content)).exists():
        attach(
            case=case, by=by, stream=voice.stream, name=voice.name, size=voice.size, by_resident=False, at=at
        )
    return need


@transaction.atomic
def _with_case(need: Need, wish: Wish, by: Actor, at: datetime) -> Need:
    need = _locked(need)
    if need.case is not None:
        return need
    intake = Intake(
        kind=KIND_OF[need.skill],
        channel=Channel.VILLAGE,
        text=wish.text or _("（语音留言，见附件）"),
        region=need.region_id,
        speaker=Person(name=wish.name, phone=wish.phone),
        is_urgent=need.is_urgent,
        source="need",
        idempotency_key=f"need:{need.pk}",
        opened_at=at,
    )
    need.case = open_case(by=by, intake=intake).case
    need.save(update_fields=["case"])
    enter(need, "bound", by, at, case=need.case.number)
    return need


def _locked(need: Need) -> Need:
    found: Need = Need.objects.select_for_update(of=("self",)).get(pk=need.pk)
    return found


def reserve(*, by: Actor, wish: Wish, at: datetime | None = None) -> Need:
    """A resident's own wish for a service day (`wish.day`), or for the next one near them.

    A telephone is asked for: without one nobody could be told. Raises Refused "bad_phone" and those of
    `rules.needs.checked`.
    """
    if not wish.phone.strip():
        raise Refused(_("请留一个电话，服务日有变化时好通知您。"), code="bad_phone", field="phone")
    taken = _one(_as_reservation(wish), by, now_or(at))
    if taken.refused is not None or taken.need is None:
        raise taken.refused or Refused(_("没有登记成功，请再试一次。"))
    return taken.need


def _as_reservation(wish: Wish) -> Wish:
    """Nobody makes themselves urgent: that is for who knows the place to say."""
    return Wish(
        region=wish.region, skill=wish.skill, text=wish.text, name=wish.name, phone=wish.phone,
        client_key=wish.client_key, day=wish.day, source=NeedSource.RESERVATION,
    )  # fmt: skip


@transaction.atomic
def end_need(*, by: Actor, need: Need, state: str, reason: str, at: datetime | None = None) -> Need:
    """It is settled elsewhere, or not wanted any more. Raises Refused "need_ended", "bad_choice"."""
    at, need = now_or(at), _locked(need)
    reason = clean_text(reason, most=300, field="reason")
    if state not in (NeedState.ELSEWHERE, NeedState.WITHDRAWN):
        raise Refused(_("请选择为什么不再等待。"), code="bad_choice", field="state")
    return end_locked(need, state, by, at, reason)


@transaction.atomic
def mark_urgent(*, by: Actor, need: Need, urgent: bool, reason: str, at: datetime | None = None) -> Need:
    """Who knows the place says that it cannot wait, or that it can."""
    at, need = now_or(at), _locked(need)
    reason = clean_text(reason, most=300, field="reason")
    if need.state != NeedState.OPEN:
        raise Refused(_("这条需求已经结束。"), code="need_ended")
    if need.is_urgent != urgent:
        need.is_urgent = urgent
        need.save(update_fields=["is_urgent"])
        enter(need, "urgent", by, at, urgent=urgent, why=reason)
    return need


@transaction.atomic
def show_person(*, by: Actor, need: Need, at: datetime | None = None) -> tuple[str, str]:
    """Name and telephone in clear; the look is in the need's history."""
    enter(need, "person_shown", by, now_or(at))
    return need.name, need.phone


def forget_needs(*, by: Actor, now: datetime) -> int:
    """Destroy what tells whose an ended need was, once it is kept for long enough; the figures stay."""
    old = free(Need.objects.exclude(state=NeedState.OPEN).filter(ended_at__lt=now - KEPT)).exclude(key=b"")
    return old.update(
        key=b"", name_sealed=b"", phone_sealed=b"", text_sealed=b"", phone_hash="", name_hash=""
    )
