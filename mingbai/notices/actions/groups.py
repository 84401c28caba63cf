"""Groups: made, told, and asked. What goes to a group names nobody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.notices.actions.outbox import notify
from mingbai.notices.enums import GroupKind
from mingbai.notices.models import Group, Post, Question, Reply
from mingbai.notices.queries import is_member, members
from mingbai.notices.rules import REPLY_WITHIN, ROBOTS, is_robot, without_persons
from mingbai.notices.transports import words_for
from mingbai.people.models import Worker
from mingbai.places.enums import Line
from mingbai.places.models import Region
from mingbai.places.queries import register

SALT = "guidance"
MOST_REPLIES = 5


@dataclass(frozen=True, slots=True)
class GroupTerms:
    """What a group is; `robot`: the https address of a WeCom robot, "" for none."""

    name: str
    kind: str
    region: str
    topic: str = ""
    robot: str = ""


@transaction.atomic
def make_group(*, by: Actor, terms: GroupTerms) -> Group:
    """Raises Refused "bad_choice", "unknown_region", "bad_address", "group_there"."""
    if terms.kind not in GroupKind.values or (terms.topic and terms.topic not in Line.values):
        raise Refused(_("没有这个选项，请重新选择。"), code="bad_choice", field="kind")
    region = Region.objects.filter(code=terms.region).first()
    if region is None:
        raise Refused(_("没有这个地区。"), code="unknown_region", field="region")
    group = Group(kind=terms.kind, region=region, topic=terms.topic)
    group.name, group.robot = clean_text(terms.name, most=64, field="name"), _address(terms.robot)
    try:
        with transaction.atomic():
            group.save(force_insert=True)
    except IntegrityError:
        raise Refused(_("这个地区已经有这样的群。"), code="group_there", field="region") from None
    write(chain=f"group:{group.pk}", verb="group.made", by=by, data={"kind": terms.kind, "region": region.pk})
    return group


@transaction.atomic
def set_robot(*, by: Actor, group: Group, robot: str) -> Group:
    """The robot's address, "" for none; it is a secret and enters no journal."""
    found: Group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    found.robot = _address(robot)
    found.save(update_fields=["robot_secret"])
    write(chain=f"group:{found.pk}", verb="group.robot_set", by=by, data={"has": bool(found.robot)})
    return found


@transaction.atomic
def end_group(*, by: Actor, group: Group) -> Group:
    found: Group = Group.objects.select_for_update(of=("self",)).get(pk=group.pk)
    found.is_active = False
    found.save(update_fields=["is_active"])
    write(chain=f"group:{found.pk}", verb="group.ended", by=by)
    return found


def _address(robot: str) -> str:
    """Only of those who run robots, but for this machine's own fakes. Raises Refused "bad_address"."""
    robot = robot.strip()
    if robot and not is_robot(robot, fakes=settings.EDGES_ON_LOOPBACK):
        text = _("机器人地址须以 https://%(host)s/ 开头。") % {"host": ROBOTS[0]}
        raise Refused(text, code="bad_address", field="robot")
    return robot[:500]


@transaction.atomic
def post(
    *, by: Actor, group: Group, event: str, template: str, context: dict[str, Any], path: str
) -> Post | None:
    """Say something in a group, once for each event: to its robot, to its members by message, and as a text
    that anybody may copy into the chat. The template and its context hold no personal data."""
    link = f"{settings.PUBLIC_URL}{path}"
    said = {**context, "link": link}
    words = words_for(template, said)
    text = f"{words.subject}\n{words.body}"
    row = Post(group=group, event=event, text=text, path=path, made_at=timezone.now())
    if Post.objects.filter(group=group, event=event).exists():
        return None
    Post.objects.bulk_create([row], ignore_conflicts=True)
    common: dict[str, Any] = {"by": by, "event": event, "template": template, "context": said}
    if group.robot:
        notify(to=f"group:{group.pk}", transport="wecom", address=group.robot, **common)
    for one in members(group):
        if one.email and template != "group_question":
            transport = settings.NOTICE_STAFF_TRANSPORT
            notify(to=one.code, transport=transport, address=one.email, **common)
    return row


def tell_management(
    *, by: Actor, region: str, event: str, template: str, context: dict[str, Any], path: str
) -> int:
    """Tell every management group from this region upwards; return how many were told."""
    above = [row.code for row in register().ancestors(region)]
    groups = Group.objects.filter(kind=GroupKind.MANAGEMENT, is_active=True, region__in=above)
    told = [
        post(by=by, group=group, event=event, template=template, context=context, path=path)
        for group in groups.order_by("id")
    ]
    return sum(one is not None for one in told)


@transaction.atomic
def ask_group(
    *,
    by: Actor,
    group: Group,
    about: str,
    text: str,
    names: tuple[str, ...] = (),
    now: datetime | None = None,
) -> Question:
    """Ask the advisers; each gets a link of their own. Raises Refused "personal_data", "group_ended" …"""
    at = now or timezone.now()
    if not group.is_active or group.kind != GroupKind.GUIDANCE:
        raise Refused(_("这个群不能请教。"), code="group_ended", field="group")
    text = without_persons(clean_text(text, most=1000), names)
    question = Question(
        group=group, about=about, asked_by=by.name[:64], asked_at=at, closes_at=at + REPLY_WITHIN
    )
    question.text = text
    question.save(force_insert=True)
    event = f"question:{question.pk}"
    path = f"/desk/guidance/{question.pk}/"
    said = {"group": group.name}  # the words stay behind the link: sealed, for members, forgotten in time
    post(by=by, group=group, event=event, template="group_question", context=said, path=path)
    for one in members(group):
        address, transport = one.reach(settings.NOTICE_STAFF_TRANSPORT, settings.NOTICE_RESIDENT_TRANSPORT)
        if address:
            link = f"{settings.PUBLIC_URL}/guidance/own/{token_for(by=by, question=question, worker=one.pk)}/"
            notify(
                by=by, event=event, to=one.code, transport=transport, template="guidance_asked",
                address=address, context={"group": group.name, "link": link},
            )  # fmt: skip
    write(chain=about, verb="case.guidance_asked", by=by, at=at, data={"group": group.name})
    return question


def token_for(*, by: Actor, question: Question, worker: int) -> str:
    """The signed part of a personal link: who may answer which question with it."""
    return signing.dumps([question.pk, worker], salt=SALT)


@transaction.atomic
def reply(*, by: Actor, question: Question, worker: Worker, text: str, now: datetime | None = None) -> Reply:
    """Write an adviser's answer down. The same words again give the same reply.

    Raises Refused "not_member", "closed", "too_many" and those of the text.
    """
    at = now or timezone.now()
    question = Question.objects.select_for_update(of=("self",)).get(pk=question.pk)
    if not is_member(question.group, worker):
        raise Refused(_("您已经不在这个群里。"), code="not_member")
    if at >= question.closes_at:
        raise Refused(_("这个问题已经过了答复时间。"), code="closed")
    text = clean_text(text, most=5000)
    own = list(question.replies.filter(worker=worker).select_related("question").order_by("id"))
    for one in own:
        if one.text == text:
            return one
    if len(own) >= MOST_REPLIES:
        raise Refused(_("您已经答过多次，请直接联系承办人。"), code="too_many")
    row = Reply(question=question, worker=worker, at=at)
    row.text = text
    row.save(force_insert=True)
    return row


def forget_questions(*, by: Actor, about: str) -> int:
    """The matter is erased: what was asked about it, and answered, goes with it."""
    theirs = Question.objects.filter(about=about)
    Reply.objects.filter(question__in=theirs).update(text_sealed=b"")
    return theirs.update(key=b"", text_sealed=b"")


def forget_guidance(*, by: Actor, now: datetime) -> int:
    """Destroy the words of what was asked a year ago; the answers stand in the matters themselves.

    What was said to groups goes too: after a year, and the call to a question when nobody can answer it."""
    over = Q(event__startswith="question:", made_at__lt=now - REPLY_WITHIN)
    Post.objects.filter(over | Q(made_at__lt=now - timedelta(days=365))).delete()
    old = Question.objects.filter(asked_at__lt=now - timedelta(days=365)).exclude(key=b"")
    Reply.objects.filter(question__in=old).update(text_sealed=b"")
    return old.update(key=b"", text_sealed=b"")
