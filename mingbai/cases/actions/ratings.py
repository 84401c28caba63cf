"""Ratings: once, by the resident alone; bad ones are called back, mistaken ones can be appealed."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions import _clockwork
from mingbai.cases.actions._record import locked, move, now_or, saved, say
from mingbai.cases.actions.work import reopen
from mingbai.cases.enums import (
    BAD_GRADES,
    GRADES,
    AppealState,
    Channel,
    ClockEnd,
    Event,
    HeardFrom,
    MessageKind,
)
from mingbai.cases.models import Case, Rating
from mingbai.cases.queries import books
from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused


@transaction.atomic
def rate(
    *,
    case: Case,
    by: Actor,
    grade: int,
    text: str = "",
    channel: str = Channel.WEB,
    at: datetime | None = None,
) -> Rating:
    """One of five grades (5 very satisfied … 1 not at all), once a matter, after its answer.

    Never by staff and never by default (国办发〔2019〕51号). A bad one starts the clock of the return call.
    Raises Refused "not_resident", "bad_grade", "rated_already", "wrong_state".
    """
    if by.kind != "resident":
        raise Refused(_("评价只能由群众本人作出。"), code="not_resident")
    if grade not in GRADES:
        raise Refused(_("请选择一项评价。"), code="bad_grade", field="grade")
    if channel not in Channel.values:
        raise Refused(_("没有这个渠道。"), code="unknown_channel", field="channel")
    at, case = now_or(at), locked(case)
    move(case, "rate")
    if Rating.objects.filter(case=case).exists():
        raise Refused(_("这件事已经评价过了，谢谢您。"), code="rated_already")
    rating = Rating(case=case, grade=grade, channel=channel, at=at)
    rating.text = clean_text(text, most=2000) if text.strip() else ""
    rating.save(force_insert=True)
    if grade in BAD_GRADES:
        _clockwork.start(case, Event.RATED_BADLY, at)
    saved(case, "rated", by, at, grade=grade)
    return rating


@transaction.atomic
def tell_how(
    *,
    case: Case,
    by: Actor,
    heard_from: str = "",
    was_first_choice: bool | None = None,
    at: datetime | None = None,
) -> Rating:
    """Two taps after a rating, each may be left out: how one heard of us, and whether we came first to mind.

    Raises Refused "not_resident", "bad_choice", "nothing_told", "told_already", "not_rated".
    """
    if by.kind != "resident":
        raise Refused(_("评价只能由群众本人作出。"), code="not_resident")
    if heard_from and heard_from not in HeardFrom.values:
        raise Refused(_("没有这个选项。"), code="bad_choice", field="heard_from")
    if not heard_from and was_first_choice is None:
        raise Refused(_("一项都没有选，不选也没关系。"), code="nothing_told")
    at, case = now_or(at), locked(case)
    rating = Rating.objects.select_for_update(of=("self",)).filter(case=case).first()
    if rating is None:
        raise Refused(_("先评价，再说这两样。"), code="not_rated")
    if rating.heard_from or rating.was_first_choice is not None:
        raise Refused(_("已经说过了，谢谢您。"), code="told_already")
    rating.heard_from, rating.was_first_choice = heard_from, was_first_choice
    rating.save(update_fields=["heard_from", "was_first_choice"])
    saved(case, "told_how", by, at, heard_from=heard_from, first=was_first_choice)
    return rating


@transaction.atomic
def call_back(*, case: Case, by: Actor, happy: bool, text: str, at: datetime | None = None) -> Case:
    """回访: somebody other than the owner asks again. Who is still unhappy gets the matter redone (重办).

    Raises Refused "own_rating", "called_back_already", "wrong_state".
    """
    at, case = now_or(at), locked(case)
    text = clean_text(text, most=2000)
    _refuse_owner(case, by)
    move(case, "rate")
    rating = Rating.objects.select_for_update(of=("self",)).filter(case=case).first()
    if rating is not None:
        if rating.called_back_at:
            raise Refused(_("这条评价已经回访过。"), code="called_back_already")
        rating.called_back_at, rating.is_happy_after = at, happy
        rating.save(update_fields=["called_back_at", "is_happy_after"])
    say(case, MessageKind.CALL_BACK, by, text, at, public=False)
    _clockwork.stop(case, Event.CALLED_BACK, at=at)
    saved(case, "called_back", by, at, happy=happy)
    return case if happy else reopen(case=case, by=by, reason=text, at=at, verb="redo")


def _refuse_owner(case: Case, by: Actor) -> None:
    worker = getattr(by.user, "worker", None)
    if worker is not None and worker.pk == case.owner_id:
        raise Refused(_("不能由被评价的人自己办理。"), code="own_rating")


@transaction.atomic
def appeal(*, rating: Rating, by: Actor, reason: str, at: datetime | None = None) -> Rating:
    """The station says that a rating is mistaken (误评) or malicious; it counts until that is decided."""
    at, case = now_or(at), locked(rating.case)
    rating = _fresh(rating)
    reason = clean_text(reason, most=500, field="reason")
    if rating.appeal != AppealState.NONE:
        raise Refused(_("这条评价已经申诉过。"), code="appealed_already")
    rating.appeal, rating.appeal_reason = AppealState.ASKED, reason
    rating.save(update_fields=["appeal", "appeal_reason"])
    saved(case, "appealed", by, at, why=reason)
    return rating


@transaction.atomic
def decide_appeal(
    *, rating: Rating, by: Actor, struck: bool, answer: str, at: datetime | None = None
) -> Rating:
    """A struck rating leaves the figures (`Rating.objects.counted()`) and owes no return call."""
    at, case = now_or(at), locked(rating.case)
    rating = _fresh(rating)
    answer = clean_text(answer, most=500, field="answer")
    _refuse_owner(case, by)
    if rating.appeal != AppealState.ASKED:
        raise Refused(_("没有待处理的申诉。"), code="no_appeal")
    rating.appeal = AppealState.STRUCK if struck else AppealState.UPHELD
    rating.appeal_answer = answer
    rating.save(update_fields=["appeal", "appeal_answer"])
    if struck:
        rules = books().rules.by_id
        for clock in _clockwork.running_of(case):
            if rules[clock.rule_id].stops_on == Event.CALLED_BACK:
                _clockwork.end(clock, at, ClockEnd.CANCELLED)
    saved(case, "appeal_decided", by, at, struck=struck, why=answer)
    return rating


def _fresh(rating: Rating) -> Rating:
    return Rating.objects.select_for_update(of=("self",)).get(pk=rating.pk)
