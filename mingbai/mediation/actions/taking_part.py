"""What a party does on line, by its own pass: open it, say yes or no, sign the words that were read."""

import hmac
import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from mingbai.cases.actions.follow import try_number
from mingbai.cases.enums import HandoverState
from mingbai.cases.models import Case
from mingbai.cases.rules.following import four_digits
from mingbai.core.actor import Actor
from mingbai.core.checks import last4
from mingbai.core.crypto import keyed_hash
from mingbai.core.numbers import clean_number
from mingbai.core.refused import Refused
from mingbai.mediation.actions._passes import send
from mingbai.mediation.actions._record import agreement_in, enter, held, now_or
from mingbai.mediation.actions.agreeing import sign
from mingbai.mediation.actions.consenting import agree_to, decline
from mingbai.mediation.enums import AgreementState, How, Mark, NotOnLine
from mingbai.mediation.models import Agreement, Party, Pass
from mingbai.mediation.queries.agreements import digest_of
from mingbai.mediation.queries.online import why_not_on_line
from mingbai.mediation.rules.online import MOST_CODES, code_holds, codes_sent

_NEVER = "-"  # no digit: what a person types never equals it


def open_pass(*, by: Actor, number: str, secret: str, at: datetime | None = None) -> Pass:
    """The pass of this number, for whoever knows its secret; the first time stands in the history.

    Raises Refused "not_found" (an unknown number, somebody else's, a wrong secret, one taken back: all the
    same), or "locked" after five wrong tries, as for the number of a matter.
    """
    at, secret = now_or(at), four_digits(secret)
    found = try_number(by=by, number=number, look=lambda: _look(clean_number(number), secret, at), at=at)
    if found is None:
        raise Refused(
            _(
                "编号或后四位不对，请核对。编号是 13 位数字，在短信或邀请单上；"
                "后面填您手机号的后四位，或邀请单上的四位参与码。"
            ),
            code="not_found",
            field="number",
        )
    if found.opened_at is None:
        _joined(found, at)
    return found


@transaction.atomic
def _joined(part: Pass, at: datetime) -> None:
    """Once, also where two windows open it at the same moment."""
    part.opened_at = at
    if Pass.objects.filter(pk=part.pk, opened_at=None).update(opened_at=at):
        enter(part.case, "med.joined", part.actor, at, party=part.party_id)


def _look(number: str, secret: str, at: datetime) -> Pass | None:
    """Opened and compared whether it exists or not, so that time tells nothing."""
    found = Pass.objects.live(at).filter(number=number[:13]).select_related("party", "case__station").first()
    kept = [_NEVER]
    if found is not None:
        found.party.case = found.case
        kept = [last4(found.party.phone) or _NEVER, found.code or _NEVER]
    same = [hmac.compare_digest(one.encode(), secret.encode()) for one in kept]
    return found if found is not None and any(same) else None


def _held(part: Pass, at: datetime) -> tuple[Case, Pass]:
    """The matter and the pass, held. Raises Refused "not_invited" for one that opens nothing any more."""
    case = held(Case.objects.get(pk=part.case_id))
    found = Pass.objects.live(at).select_for_update(of=("self",)).filter(pk=part.pk).first()
    if found is None:
        raise Refused(_("这个参与编号已经不能用了，请打电话问调委会。"), code="not_invited")
    found.case = case
    return case, found


@transaction.atomic
def say_yes(*, part: Pass, by: Actor, told_rights: bool, at: datetime | None = None) -> Party:
    """The party agrees to being mediated, having read its rights. Raises as `agree_to`, and "not_invited"."""
    at = now_or(at)
    case, part = _held(part, at)
    return agree_to(case=case, by=by, party=part.party_id, how=How.ONLINE, told_rights=told_rights, at=at)


@transaction.atomic
def say_no(*, part: Pass, by: Actor, reason: str = "", at: datetime | None = None) -> Case:
    """The party does not want to be mediated, or not any more: it ends. Raises as `decline`."""
    at = now_or(at)
    case, part = _held(part, at)
    if case.handovers.filter(state=HandoverState.OFFERED).exists():
        raise Refused(
            _("这件事正在转给别的单位，这会儿不能在网上办。"),
            code="handover_open",
            kept=_("您写的没有丢失。"),
            do=_("请打电话告诉我们，或者过两天再来。"),
        )
    return decline(case=case, by=by, party=part.party_id, how=How.ONLINE, reason=reason, at=at)


# ── signing ──


def _to_sign(part: Pass, at: datetime) -> tuple[Case, Pass, Agreement]:
    case, part = _held(part, at)
    agreement = agreement_in(case, AgreementState.DRAFT, _("没有等签字的协议。"))
    party = Party.objects.get(pk=part.party_id)
    party.case = case
    why = why_not_on_line(party, agreement, list(agreement.signatures.all()), at)
    if why:
        raise Refused(str(NotOnLine(why).label), code="paper_only" if why != "signed" else "signed_twice")
    part.party = party
    return case, part, agreement


@transaction.atomic
def send_code(*, part: Pass, by: Actor, at: datetime | None = None) -> Pass:
    """Six digits to the party's own telephone, with which it signs within ten minutes.

    Raises Refused "paper_only" with the reason, "no_agreement", "too_many" on one day, "not_invited".
    """
    at = now_or(at)
    case, part, _agreement = _to_sign(part, at)
    sent = codes_sent(part.sms_sent, part.sms_at, at)
    if sent >= MOST_CODES:
        raise Refused(_("验证码要得太频繁，请明天再试，或者当面签。"), code="too_many", field="code")
    code = f"{secrets.randbelow(1_000_000):06}"
    part.sms_sent = sent + 1
    part.sms_hash, part.sms_at, part.sms_tries = _hash(part, code), at, 0
    part.save(update_fields=["sms_hash", "sms_at", "sms_tries", "sms_sent"])
    send(part, case, by, f"code:{at.timestamp():.6f}", "mediation_code", code=code)
    return part


def _hash(part: Pass, code: str) -> str:
    return keyed_hash(f"{part.pk} {code}", what="mediation.code")


def sign_on_line(
    *, part: Pass, by: Actor, code: str, words: str, agrees: bool, at: datetime | None = None
) -> Agreement:
    """The party's electronic mark under the words it read: `words` is their digest, `agrees` that it wants
    to sign in this way.

    Raises Refused "not_agreed", "words_changed" where they are not what stands there now, "bad_code" (a
    wrong one is counted), and those of `send_code` and `sign`.
    """
    at = now_or(at)
    if not agrees:
        raise Refused(_("愿意网上签的，请先勾选。"), code="not_agreed", field="agrees")
    if not _right_code(part, code, at):
        raise Refused(_("验证码不对，或者过了十分钟。请核对，或者再要一个。"), code="bad_code", field="code")
    return _signed(part, by, words, at)


@transaction.atomic
def _right_code(part: Pass, code: str, at: datetime) -> bool:
    """Counted by itself, so that a wrong try stays counted; a right one is used up with the mark."""
    _case, part = _held(part, at)
    if not code_holds(part.sms_at, part.sms_tries, at) or not part.sms_hash:
        return False
    if hmac.compare_digest(str(_hash(part, clean_number(code)[:6])), part.sms_hash):
        return True
    part.sms_tries += 1
    part.save(update_fields=["sms_tries"])
    return False


@transaction.atomic
def _signed(part: Pass, by: Actor, words: str, at: datetime) -> Agreement:
    case, part, agreement = _to_sign(part, at)
    if not hmac.compare_digest(digest_of(agreement).encode(), str(words).encode()):
        raise Refused(
            _("协议的文字刚刚改过，请重新看一遍再签。"), code="words_changed", kept=_("您还没有签。")
        )
    part.sms_hash = ""
    part.save(update_fields=["sms_hash"])
    more: dict[str, Any] = {"mark": Mark.ELECTRONIC, "party": part.party_id}
    return sign(case=case, by=by, at=at, **more)
