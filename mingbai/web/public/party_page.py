"""PartyPage: a mediation in the words of one party; of the others only that they are there."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import when
from mingbai.core.checks import mask_name
from mingbai.mediation.enums import (
    AgreementState,
    Confirmation,
    Consent,
    Form,
    NotOnLine,
    PartyKind,
    Role,
    SessionState,
    Side,
    Stage,
    TermState,
)
from mingbai.mediation.models import Party, Pass, Sitting, Term
from mingbai.mediation.queries.online import Share, Words, why_not_on_line
from mingbai.mediation.rules.letters import ways
from mingbai.mediation.rules.stages import may
from mingbai.web.public.mediation_words import party_sentence

_EARLY = frozenset({Stage.REQUESTED, Stage.ACCEPTED, Stage.ASKED, Stage.PREPARING, Stage.MEDIATING})
_ENDS = frozenset({Stage.FAILED, Stage.DECLINED})
_TONES = {TermState.DONE: "ok", TermState.BROKEN: "late"}


@dataclass
class PartyPage:
    """Built from what one party may see."""

    share: Share
    part: Pass
    now: datetime

    def __post_init__(self) -> None:
        self.case, self.me = self.share.case, self.share.me
        self.station = self.case.station

    @property
    def sentence(self) -> str:
        return party_sentence(self.case.stage, self.me.consent)

    @property
    def turn(self) -> dict[str, Any] | None:
        """Whose turn it is; None once it is over."""
        if not self.case.is_open:
            return None
        if self.may_agree:
            return {"who": _("轮到您"), "text": _("看看是什么事，愿不愿意调解由您定。"), "wait": False}
        if self.words and self.words.agreement.state == AgreementState.DRAFT and not self.has_signed:
            return {"who": _("轮到您"), "text": _("看清协议的每一句。愿意就签，不愿意就说。"), "wait": False}
        if self.case.stage in (Stage.EFFECTIVE, *_ENDS):
            return None
        return {"who": _("轮到我们"), "text": _("有新的安排，这里会写上。"), "wait": True}

    @property
    def facts(self) -> list[tuple[str, str]]:
        row = self.share.row
        committee = row.committee.organisation.name if row.committee else self.station.name
        rows = [
            (_("什么事"), _("%(kind)s纠纷") % {"kind": row.get_dispute_display()} if row.dispute else ""),
            (_("您是"), str(self.me.get_side_display())),
            (_("还有谁"), "、".join(self._other(one) for one in self._others)),
            (_("谁来调解"), committee),
            (_("调解员"), "、".join(one.worker.name for one in self.share.mediators)),
            (_("开始调解"), when.moment(row.begun_at) if row.begun_at else ""),
        ]
        return [(label, value) for label, value in rows if value]

    @property
    def _others(self) -> list[Party]:
        return [one for one in self.share.parties if one.pk != self.me.pk]

    def _other(self, one: Party) -> str:
        """An organisation's name is public; of a person the surname is enough to know who it is."""
        name = one.name if one.kind == PartyKind.ORGANISATION else mask_name(one.name)
        return _("%(name)s（%(side)s）") % {"name": name, "side": one.get_side_display()}

    # ── yes or no ──

    @property
    def may_agree(self) -> bool:
        is_early = self.case.stage in _EARLY
        return is_early and (self.me.consent != Consent.AGREES or self.me.told_rights_at is None)

    @property
    def may_decline(self) -> bool:
        return may(self.case.stage, "decline")

    @property
    def said(self) -> str:
        """What this party has said."""
        if self.me.consent == Consent.OPEN or self.me.consent_at is None:
            return ""
        words = (
            _("您在%(at)s同意调解。") if self.me.consent == Consent.AGREES else _("您在%(at)s说不愿意调解。")
        )
        return words % {"at": when.moment(self.me.consent_at)}

    # ── meetings ──

    @property
    def sittings(self) -> list[dict[str, Any]]:
        return [self._sitting(one) for one in self.share.sittings]

    def _sitting(self, one: Sitting) -> dict[str, Any]:
        is_planned = one.state == SessionState.PLANNED
        place = one.place or str(one.get_kind_display())
        return {
            "title": when.moment(one.starts_at),
            "state": one.get_state_display(),
            "tone": "soon" if is_planned else "",
            "place": place if is_planned else "",
        }

    # ── agreement ──

    @property
    def words(self) -> Words | None:
        return self.share.words

    @property
    def digest(self) -> str:
        return self.words.digest if self.words else ""

    @property
    def agreement(self) -> dict[str, Any] | None:
        if self.words is None:
            return None
        one = self.words.agreement
        rows = ((_("主要事实"), one.facts), (_("责任"), one.duty), (_("协议内容"), one.content))
        return {
            "state": one.get_state_display(),
            "tone": "ok" if one.state == AgreementState.EFFECTIVE else "soon",
            "parts": [(label, text) for label, text in rows if text],
            "amount": f"{one.amount:,.2f}" if one.amount is not None else "",
            "terms": [self._term(term) for term in self.words.terms],
            "marks": self._marks() if one.form == Form.WRITTEN else [],
            "effective": when.moment(one.effective_at) if one.effective_at else "",
            "court": self._court(),
        }

    def _term(self, term: Term) -> dict[str, Any]:
        is_mine = term.who_id == self.me.pk
        sides = {one.pk: str(one.get_side_display()) for one in self.share.parties}
        who = _("您来做") if is_mine else sides.get(term.who_id or 0, _("各方"))
        due = _("%(day)s 前") % {"day": when.day(term.due_on)} if term.due_on else _("没有写期限")
        tone = _TONES.get(TermState(term.state), "")
        return {"text": term.text, "who": who, "due": due, "state": term.get_state_display(), "tone": tone}

    def _marks(self) -> list[dict[str, Any]]:
        """Who has signed, by side: a name is not needed to know it."""
        assert self.words is not None
        marks = self.words.signatures
        signed = {one.party_id for one in marks if one.party_id}
        rows = [
            (_("您") if one.pk == self.me.pk else str(one.get_side_display()), one.pk in signed)
            for one in self.share.parties
        ]
        rows.append((str(Role.MEDIATOR.label), any(one.role == Role.MEDIATOR for one in marks)))
        rows.append((str(Role.SEAL.label), any(one.role == Role.SEAL for one in marks)))
        return [{"who": who, "is_done": done} for who, done in rows]

    @property
    def has_signed(self) -> bool:
        marks = self.words.signatures if self.words else []
        return any(one.party_id == self.me.pk for one in marks)

    @property
    def is_to_sign(self) -> bool:
        return bool(self.digest) and self.case.stage == Stage.AGREED

    @cached_property
    def why_not_here(self) -> str:
        """Why this party signs on paper; "" where a code will do."""
        if self.words is None:
            return ""
        why = why_not_on_line(self.me, self.words.agreement, self.words.signatures, self.now)
        return str(NotOnLine(why).label) if why else ""

    @property
    def was_sent(self) -> bool:
        return bool(self.part.sms_hash)

    def _court(self) -> str:
        """Until when both can ask the court together, or what became of it."""
        assert self.words is not None
        one = self.words.agreement
        if one.state != AgreementState.EFFECTIVE:
            return ""
        if one.confirmation not in (Confirmation.NONE, Confirmation.WANTED):
            return str(one.get_confirmation_display())
        if one.confirm_by is None or one.confirm_by < timezone.localdate(self.now):
            return ""
        return _("想要法院确认的，双方一起申请，最晚 %(day)s，不收钱。") % {"day": when.day(one.confirm_by)}

    @property
    def ways(self) -> list[str]:
        """What is open to everybody when it came to nothing (人民调解法 Art. 26)."""
        return list(ways(self.share.row.dispute)) if self.case.stage in _ENDS else []

    @property
    def is_asking(self) -> bool:
        return self.me.side == Side.ASKING
