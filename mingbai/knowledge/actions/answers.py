"""Answers: proposed, with names taken out; reviewed by a lawyer who is somebody else; valid until when."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.knowledge.actions import _index
from mingbai.knowledge.actions._allowed import require
from mingbai.knowledge.entries import answer_entry
from mingbai.knowledge.enums import AnswerState, Kind
from mingbai.knowledge.models import Answer, Article
from mingbai.knowledge.perms import can_propose_answer, can_review_answer, can_withdraw_answer
from mingbai.knowledge.rules.masking import masked
from mingbai.people.models import User
from mingbai.places.enums import Line
from mingbai.places.models import Region

REVIEWED_EVERY = timedelta(days=365)
GRACE = timedelta(days=60)
"""So long after its day of review an answer still stands; then it expires by itself and is not found."""
PROPOSAL_KEPT = timedelta(days=90)
MOST_ARTICLES = 20
MOST = {"question": 2_000, "answer": 10_000}


@transaction.atomic
def propose_answer(
    *,
    by: Actor,
    question: str,
    answer: str,
    line: str = Line.CONSULTATION,
    region: Region | None = None,
    articles: Iterable[Article] = (),
    case_ref: str = "",
    names: Sequence[str] = (),
    is_confidential: bool = False,
) -> Answer:
    """Propose a question and answer from a matter; what names or numbers it holds is taken out first.

    `names` are those of the matter's people; `case_ref` is opaque. Raises Refused "text_missing",
    "text_too_long", "unknown_line", "not_allowed", "confidential", "already_proposed",
    "bad_articles".
    """
    require(by, can_propose_answer)
    if is_confidential:
        raise Refused(_("这件要求保密，不能提为问答。"), code="confidential")
    if line not in Line.values:
        raise Refused(_("没有这项业务。"), code="unknown_line", field="line")
    asked = _text(question, names, "question")
    _once(case_ref[:64], asked)
    made = Answer.objects.create(
        question=asked,
        answer=_text(answer, names, "answer"),
        line=line,
        region=region,
        case_ref=case_ref[:64],
        proposed_by=_user(by),
        proposed_at=timezone.now(),
    )
    made.articles.set(_in_force(articles))
    _enter(made, "proposed", by, is_new=True, case=case_ref[:64])
    return made


def _in_force(articles: Iterable[Article]) -> list[Article]:
    """What an answer rests on: articles that hold today, no more than MOST_ARTICLES."""
    given, today = list(articles), timezone.localdate()
    over = [one for one in given if one.valid_to and one.valid_to < today]
    if over or len(given) > MOST_ARTICLES:
        told = "、".join(one.ref for one in over[:3])
        raise Refused(
            _("这些条文已经不是现行的：%(refs)s。") % {"refs": told}
            if over
            else _("最多写 %(most)d 条依据。") % {"most": MOST_ARTICLES},
            code="bad_articles",
            field="articles",
        )
    return given


def _once(case_ref: str, question: str) -> None:
    """A button pressed twice proposes once: the same question of the same matter waits already."""
    waiting = Answer.objects.filter(case_ref=case_ref, question=question, state=AnswerState.PROPOSED)
    if case_ref and waiting.exists():
        raise Refused(
            _("这个问题已经从这件办件提出过，正等审核。"), code="already_proposed", field="question"
        )


def _text(text: str, names: Sequence[str], field: str) -> str:
    clean = masked(text, names).strip()
    if not clean:
        raise Refused(_("请写明内容，不能为空。"), code="text_missing", field=field)
    if len(clean) > MOST[field]:
        raise Refused(_("最多 %(most)d 个字。") % {"most": MOST[field]}, code="text_too_long", field=field)
    return clean


def _user(by: Actor) -> User | None:
    return by.user if isinstance(by.user, User) else None


@transaction.atomic
def publish_answer(
    *,
    by: Actor,
    answer: Answer,
    question: str | None = None,
    text: str | None = None,
    articles: Iterable[Article] | None = None,
    review_on: date | None = None,
    expires_on: date | None = None,
) -> Answer:
    """A lawyer has read it, mended it where needed, and answers for it: from now on everybody finds it.

    Also for one that is published and due: it is confirmed until the new date. Raises Refused
    "not_reviewer", "wrong_state", "bad_date", "text_missing", "text_too_long", "bad_articles".
    """
    answer = _locked(answer, AnswerState.PROPOSED, AnswerState.PUBLISHED, AnswerState.EXPIRED)
    _may_review(by, answer)
    today = timezone.localdate()
    answer.review_on = review_on or today + REVIEWED_EVERY
    if answer.review_on <= today or (expires_on is not None and expires_on < today):
        raise Refused(_("复核日期和失效日期须晚于今天。"), code="bad_date", field="review_on")
    if question is not None:
        answer.question = _text(question, (), "question")
    if text is not None:
        answer.answer = _text(text, (), "answer")
    if articles is not None:
        answer.articles.set(_in_force(articles))
    before = answer.state
    answer.state, answer.reason, answer.expires_on = AnswerState.PUBLISHED, "", expires_on
    answer.reviewed_by, answer.reviewed_at = _user(by), timezone.now()
    answer.save()
    _index.enter([answer_entry(answer)])
    _enter(answer, "published", by, before=before, review_on=answer.review_on.isoformat())
    return answer


@transaction.atomic
def decline_answer(*, by: Actor, answer: Answer, reason: str) -> Answer:
    """Give a proposal back, saying why. Raises Refused "not_reviewer", "wrong_state", "reason_missing"."""
    answer = _locked(answer, AnswerState.PROPOSED)
    _may_review(by, answer)
    answer.state, answer.reason = AnswerState.DECLINED, _reason(reason)
    answer.reviewed_by, answer.reviewed_at = _user(by), timezone.now()
    answer.save()
    _enter(answer, "declined", by)
    return answer


@transaction.atomic
def withdraw_answer(*, by: Actor, answer: Answer, reason: str) -> Answer:
    """Take a published answer away at once: it is wrong, or the law has changed. Any reviewer may, also the
    proposer: taking back needs no second pair of eyes. Raises Refused "wrong_state", "reason_missing",
    "not_allowed"."""
    require(by, can_withdraw_answer)
    answer = _locked(answer, AnswerState.PUBLISHED)
    _expire(answer, _reason(reason), by)
    return answer


def _reason(reason: str) -> str:
    if not reason.strip():
        raise Refused(_("请写明理由。"), code="reason_missing", field="reason")
    return reason.strip()[:500]


def _expire(answer: Answer, reason: str, by: Actor) -> None:
    answer.state, answer.reason = AnswerState.EXPIRED, reason
    answer.save(update_fields=["state", "reason"])
    _index.leave(Kind.ANSWER, [str(answer.pk)])
    _enter(answer, "expired", by, reason=reason)


@transaction.atomic
def expire_answers(*, by: Actor, now: datetime) -> int:
    """The day's round: end what has run out, or what nobody reviewed within the grace after its day."""
    today = timezone.localdate(now)
    published = Answer.objects.select_for_update(of=("self",)).filter(state=AnswerState.PUBLISHED)
    over = published.filter(expires_on__lt=today) | published.filter(review_on__lt=today - GRACE)
    ended = list(over.order_by("pk"))
    for answer in ended:
        run_out = answer.expires_on is not None and answer.expires_on < today
        _expire(answer, _("已过失效日期") if run_out else _("逾期未复核"), by)
    return len(ended)


@transaction.atomic
def forget_proposals(*, by: Actor, now: datetime) -> int:
    """Destroy the words of proposals that nobody reviewed in time, and of declined ones; return how many."""
    old = Answer.objects.filter(
        state__in=[AnswerState.PROPOSED, AnswerState.DECLINED], proposed_at__lt=now - PROPOSAL_KEPT
    ).exclude(question="")
    gone = list(old.select_for_update(of=("self",)).order_by("pk"))
    for answer in gone:
        answer.question = answer.answer = ""
        answer.state, answer.reason = AnswerState.DECLINED, answer.reason or _("逾期未审核，内容已清除")
        answer.save(update_fields=["question", "answer", "state", "reason"])
        _enter(answer, "forgotten", by)
    return len(gone)


def _locked(answer: Answer, *states: str) -> Answer:
    answer = Answer.objects.select_for_update(of=("self",)).get(pk=answer.pk)
    if answer.state not in states or not answer.question:
        raise Refused(
            _("这条问答现为“%(state)s”，不能这样处理。") % {"state": answer.get_state_display()},
            code="wrong_state",
        )
    return answer


def _may_review(by: Actor, answer: Answer) -> None:
    """Four eyes: the proposer never reviews; a machine never answers for the law."""
    if _user(by) is None or not can_review_answer(by.user, answer):
        raise Refused(
            _("问答须由有审核权限的律师审核，提出人不能审核自己的问答。"),
            code="not_reviewer",
            do=_("请交由另一位律师审核。"),
        )


def _enter(answer: Answer, verb: str, by: Actor, *, is_new: bool = False, **data: str) -> None:
    """The journal holds no words of a question: it holds what happened to it."""
    write(chain=f"answer:{answer.pk}", verb=f"answer.{verb}", by=by, data=dict(data), is_new=is_new)
