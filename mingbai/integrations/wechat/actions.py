"""What the official account does with what it hears: keeps it durably, answers at once, binds a phone."""

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.actions.follow import follow
from mingbai.cases.enums import State
from mingbai.cases.models import Case
from mingbai.cases.rules.risks import AT_ONCE
from mingbai.core.actor import RESIDENT, Actor
from mingbai.core.checks import clean_phone, clean_text, last4
from mingbai.core.crypto import keyed_hash, new_key
from mingbai.core.numbers import clean_number, group_number
from mingbai.core.refused import Refused
from mingbai.integrations.models import BindCode, Follower, WeChatMessage
from mingbai.integrations.wechat.queries import SALT, came_as
from mingbai.journal.actions import write
from mingbai.knowledge.enums import Risk
from mingbai.knowledge.rules.triage import risks_of
from mingbai.notices.actions import notify
from mingbai.notices.actions.groups import tell_management
from mingbai.people.models import Grant
from mingbai.people.roles import RoleCode

CODE_MINUTES = timedelta(minutes=10)
MOST_CODES, MOST_TRIES = 3, 5
_MOST_TEXT = 5000
_LINK = "{link}"
_SECTION = re.compile(r"^\s*(查询|查|解绑|解除绑定|绑定|验证码)\s*[:：]?\s*(.*)$", re.DOTALL)
_KEPT = frozenset({"text", "image", "voice", "video", "shortvideo", "location", "link"})


@transaction.atomic
def receive(*, by: Actor, fields: Mapping[str, str], now: datetime | None = None) -> str:
    """Keep a message and return what to answer, "" for nothing. The same message again (a retry of the
    platform, a replay) is known by its number: it gets the same answer and does nothing more."""
    at = now or timezone.now()
    known = WeChatMessage.objects.filter(came_as=came_as(fields)).first()
    if known is not None:
        return _linked(known)
    follower = _follower(fields["FromUserName"], at)
    kind = fields.get("MsgType", "")[:16].lower()
    message = WeChatMessage(came_as=came_as(fields), follower=follower, kind=kind, at=at)
    message.text, message.media = _text_of(fields), fields.get("MediaId", "")[:128]
    message.is_settled = kind not in _KEPT
    try:
        with transaction.atomic():
            message.save(force_insert=True)
    except IntegrityError:  # two retries at the same moment
        return _linked(WeChatMessage.objects.get(came_as=message.came_as))
    message.reply = _event(follower, fields, at) if kind == "event" else _answer(message, follower, at)
    message.save(update_fields=["reply", "risks", "is_settled"])
    return _linked(message)


def _linked(message: WeChatMessage) -> str:
    """The answer with its link, which is made anew each time and kept nowhere: it opens the message."""
    if _LINK not in message.reply:
        return message.reply
    link = f"{settings.PUBLIC_URL}/wechat/ask/{token_for(by=RESIDENT, message=message)}/"
    return message.reply.replace(_LINK, link)


def _follower(openid: str, at: datetime) -> Follower:
    hashed = keyed_hash(openid, what="wechat.openid")
    found = Follower.objects.filter(pk=hashed).first()
    if found is None:
        made = Follower(openid_hash=hashed, wrote_at=at)
        made.openid = openid
        Follower.objects.bulk_create([made], ignore_conflicts=True)
        return Follower.objects.get(pk=hashed)
    found.wrote_at = max(found.wrote_at, at)
    if not found.key:  # forgotten, and here again
        found.key, found.is_following = new_key(), True
        found.openid = openid
    found.save(update_fields=["wrote_at", "key", "openid_sealed", "is_following"])
    return found


def _text_of(fields: Mapping[str, str]) -> str:
    """What was said: the text, or what the platform heard in a voice, or where somebody stands."""
    said = fields.get("Content") or fields.get("Recognition") or fields.get("Label") or ""
    return said.replace("\x00", "").strip()[:_MOST_TEXT]


def _event(follower: Follower, fields: Mapping[str, str], at: datetime) -> str:
    event = fields.get("Event", "").lower()
    if event in ("subscribe", "unsubscribe"):
        follower.is_following = event == "subscribe"
        if not follower.is_following:  # whoever leaves takes the phone along
            follower.phone_sealed, follower.phone_hash, follower.bound_at = b"", None, None
            follower.codes.all().delete()
        follower.save(update_fields=["is_following", "phone_sealed", "phone_hash", "bound_at"])
    if event == "subscribe":
        hello = _("您好，这里是公共法律服务。有事直接写；查进度发“查询 编号”；急事请拨打 %(hotline)s。")
        return hello % {"hotline": settings.CITY_HOTLINE}
    if event == "click" and fields.get("EventKey") == "follow":
        return _("请发：查询 办件编号 手机后四位。绑定过手机的，发编号就行。")
    return ""


def _answer(message: WeChatMessage, follower: Follower, at: datetime) -> str:
    text = message.text
    if message.kind == "text" and (asked := _SECTION.match(text)):
        verb: Callable[[Follower, str, datetime], str] = {
            "查询": _state,
            "查": _state,
            "绑定": _begin_binding,
            "验证码": _bind,
            "解绑": _unbind,
            "解除绑定": _unbind,
        }[asked[1]]
        is_order = not asked[2].strip() if verb is _unbind else any(sign.isdigit() for sign in asked[2])
        if is_order or verb in (_begin_binding, _bind):
            message.is_settled = True
            return verb(follower, asked[2].strip(), at)
    _warn(message)
    if message.risks:
        urgent = _("收到了，已告诉值班人员。有危险请拨 110 或 %(hotline)s。请点这里补上地点：%(link)s")
        return urgent % {"hotline": settings.CITY_HOTLINE, "link": _LINK}
    return _("收到了。请点这里选地点、看说明，交了就有编号：%(link)s") % {"link": _LINK}


def token_for(*, by: Actor, message: WeChatMessage) -> str:
    return signing.dumps(message.pk, salt=SALT)


def _warn(message: WeChatMessage) -> None:
    """Words that cannot wait alert the duty station before there is any matter."""
    found = dict.fromkeys(reason.code for reason in risks_of(message.text) if reason.code in AT_ONCE)
    message.risks = ",".join(found)[:100]
    if not found:
        return
    said = {"risk": "、".join(str(Risk(code).label) for code in found)}
    duty = Grant.objects.active(timezone.localdate()).filter(
        role=RoleCode.SUPERVISOR, region_id=settings.CITY_CODE, station=None, user__is_active=True
    )
    path, event = "/desk/wechat/", f"wechat:{message.pk}:urgent"
    for user in {grant.user for grant in duty.exclude(user__email="").select_related("user")}:
        notify(
            by=RESIDENT, event=event, to=f"user:{user.pk}", transport=settings.NOTICE_STAFF_TRANSPORT,
            template="wechat_urgent", address=user.email,
            context={**said, "link": f"{settings.PUBLIC_URL}{path}"},
        )  # fmt: skip
    tell_management(
        by=RESIDENT, region=settings.CITY_CODE, event=event, template="wechat_urgent", context=said, path=path
    )


# ── asking where a matter stands ──


def _state(follower: Follower, said: str, at: datetime) -> str:
    """By the number and the bound phone, else number and four digits; wrong tries are counted."""
    parts = said.replace("，", " ").split()
    secret, number = last4(follower.phone), "".join(parts)
    if len(parts) > 1 and len(parts[-1]) == 4 and len(clean_number(number)) > 13:
        secret, number = parts[-1], "".join(parts[:-1])
    if not secret:
        return _("请发：查询 办件编号 手机后四位（没留电话的发小票上的四位查询码）。")
    try:
        case = follow(by=RESIDENT, number=number, secret=secret, at=at)
    except Refused as refused:
        return str(refused)
    return _("%(number)s：%(state)s，承办：%(station)s。") % {
        "number": group_number(case.number),
        "state": State(case.state).label,
        "station": case.station.name,
    }


# ── binding a phone ──


def _begin_binding(follower: Follower, said: str, at: datetime) -> str:
    try:
        phone = clean_phone(said)
    except Refused as refused:
        return str(refused)
    hashed = keyed_hash(phone, what="wechat.phone")
    hour = at - timedelta(hours=1)
    lately = BindCode.objects.filter(made_at__gt=hour)
    if max(lately.filter(phone_hash=hashed).count(), lately.filter(follower=follower).count()) >= MOST_CODES:
        return _("验证码要得太频繁，请一小时后再试。")
    code = f"{secrets.randbelow(1_000_000):06}"
    row = BindCode(follower=follower, phone_hash=hashed, made_at=at, code_hash=_code_hash(code))
    row.phone = phone
    row.save(force_insert=True)
    notify(
        by=RESIDENT, event=f"bind:{row.pk}", to=f"phone:{hashed}", transport=settings.NOTICE_CODE_TRANSPORT,
        template="bind_code", address=phone, context={"code": code},
    )  # fmt: skip
    return _("验证码已发到这个手机，十分钟内发：验证码 六位数字。")


def _code_hash(code: str) -> str:
    return keyed_hash(code, what="wechat.code")


def _bind(follower: Follower, said: str, at: datetime) -> str:
    """A phone belongs to one account: bound anew, it leaves the one before."""
    row = follower.codes.filter(made_at__gt=at - CODE_MINUTES).order_by("-made_at", "-id").first()
    if row is None or row.tries >= MOST_TRIES:
        return _("验证码过期了，请重新发：绑定 手机号。")
    if _code_hash(clean_number(said)) != row.code_hash:
        row.tries += 1
        row.save(update_fields=["tries"])
        return _("验证码不对，请核对短信里的六位数字。")
    before = Follower.objects.filter(phone_hash=row.phone_hash).exclude(pk=follower.pk)
    moved = before.update(phone_hash=None, phone_sealed=b"", bound_at=None)
    follower.phone, follower.phone_hash, follower.bound_at = row.phone, row.phone_hash, at
    follower.save(update_fields=["phone_sealed", "phone_hash", "bound_at"])
    follower.codes.all().delete()
    data = {"follower": follower.openid_hash[:8], "moved": bool(moved)}
    write(chain="wechat", verb="wechat.bound", by=RESIDENT, at=at, data=data)
    return _("绑定好了。以后有答复，在这里告诉您；查进度只要发“查询 办件编号”。")


def _unbind(follower: Follower, said: str, at: datetime) -> str:
    """The phone leaves the account; codes that were asked for are worth nothing any more."""
    follower.codes.all().delete()
    if follower.phone_hash is None:
        return _("这个微信没有绑定手机。")
    follower.phone_sealed, follower.phone_hash, follower.bound_at = b"", None, None
    follower.save(update_fields=["phone_sealed", "phone_hash", "bound_at"])
    data = {"follower": follower.openid_hash[:8]}
    write(chain="wechat", verb="wechat.unbound", by=RESIDENT, at=at, data=data)
    return _("解绑好了。以后的答复发短信；要再绑定，发：绑定 手机号。")


# ── what becomes of a message ──


@transaction.atomic
def link_case(*, by: Actor, message: WeChatMessage, case: Case) -> WeChatMessage:
    """The message has become a matter; linked once."""
    held = WeChatMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if held.case_id is None:
        held.case, held.is_settled = case, True
        held.save(update_fields=["case", "is_settled"])
    return held


@transaction.atomic
def note_read(*, by: Actor, messages: Sequence[int]) -> None:
    """Somebody has read these letters: the words are a person's own, and who looked stands in the journal."""
    write(chain="wechat", verb="wechat.looked", by=by, data={"messages": list(messages)})


@transaction.atomic
def settle(*, by: Actor, message: WeChatMessage, note: str) -> WeChatMessage:
    """Nothing to be done any more, and why (answered by phone, no question)."""
    note = clean_text(note, most=200, field="note")
    held = WeChatMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    held.is_settled = True
    held.save(update_fields=["is_settled"])
    write(chain="wechat", verb="wechat.settled", by=by, data={"message": held.pk, "why": note})
    return held


def forget_letters(*, by: Actor, case: Case) -> int:
    """The matter is erased: the words of the letters it came from go with it."""
    return WeChatMessage.objects.filter(case=case).update(key=b"", text_sealed=b"")


def forget_old(*, by: Actor, now: datetime) -> int:
    """Destroy the words of messages a year after they came, and who has not written since; matters keep
    their own."""
    silent = Follower.objects.filter(wrote_at__lt=now - timedelta(days=365)).exclude(key=b"")
    silent.update(
        key=b"", openid_sealed=b"", phone_sealed=b"", phone_hash=None, bound_at=None, is_following=False
    )
    BindCode.objects.filter(made_at__lt=now - timedelta(days=1)).delete()
    old = WeChatMessage.objects.filter(at__lt=now - timedelta(days=365)).exclude(key=b"")
    return old.update(key=b"", text_sealed=b"")
