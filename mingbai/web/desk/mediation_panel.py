"""MediationPanel: what the page of a mediation shows above its history, in the words of the page."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core import when
from mingbai.core.checks import mask_id, mask_phone
from mingbai.mediation.enums import (
    AgreementState,
    Bar,
    Confirmation,
    Consent,
    Grade,
    MediatorState,
    OfferState,
    PartyKind,
    Role,
    SessionState,
    Source,
    Stage,
    TermState,
)
from mingbai.mediation.models import Agreement, Mediator, Offer, Party, Sitting, Term
from mingbai.mediation.perms import can_invite, can_read_inside
from mingbai.mediation.queries import terms_of
from mingbai.mediation.rules.agreement import Named, Signed, missing, unsigned
from mingbai.mediation.rules.file import file_number
from mingbai.web.desk.dossier import PARTIES, Dossier
from mingbai.web.desk.mediation_folder import shown_name
from mingbai.web.desk.mediation_turn import MEDIATION_CODES, mediation_next
from mingbai.web.desk.turn import act_url
from mingbai.web.desk.verbs import VERBS

_CONSENT_TONES = {Consent.AGREES: "ok", Consent.REFUSES: "late", Consent.OPEN: "soon"}
_AGREEMENT_TONES = {AgreementState.DRAFT: "soon", AgreementState.EFFECTIVE: "ok"}
_TERM_TONES = {TermState.DONE: "ok", TermState.BROKEN: "late"}
_SITTING_TONES = {SessionState.PLANNED: "soon", SessionState.HELD: "ok"}


@dataclass
class MediationPanel:
    """Built from a dossier whose matter is a mediation."""

    dossier: Dossier

    def __post_init__(self) -> None:
        assert self.dossier.mediation is not None
        self.folder = self.dossier.mediation
        self.case = self.dossier.case
        self.stage = Stage(self.case.stage).label
        self.is_plain = PARTIES in self.dossier.shown
        self.sees_inside = can_read_inside(self.dossier.here.user, self.case)

    @property
    def file_url(self) -> str:
        return reverse("mediation:file", args=[self.case.number]) if self.sees_inside else ""

    @property
    def facts(self) -> list[tuple[str, str]]:
        row = self.folder.row
        source = " ".join(filter(None, (str(Source(row.source).label), row.organ, row.organ_number)))
        rows = [
            (_("纠纷"), str(row.get_dispute_display()) if row.dispute else _("还没有定")),
            (_("来源"), source),
            (_("难易"), str(Grade(row.grade).label)),
            (_("调委会"), row.committee.organisation.name if row.committee else _("还没有定")),
            (_("上门"), _("希望上门调解") if row.wants_doorstep else ""),
            (_("开始"), when.moment(row.begun_at) if row.begun_at else ""),
            (_("卷宗号"), self.file_number),
        ]
        return [(label, value) for label, value in rows if value]

    @property
    def file_number(self) -> str:
        row = self.folder.row
        if row.file_seq is None or row.committee is None or row.file_year is None:
            return ""
        return file_number(row.file_year, row.committee.short, row.file_seq)

    @property
    def doubles(self) -> str:
        found = self.folder.doubles
        return _("同样的当事人另有 %(n)d 件调解在办，看看是不是同一件事。") % {"n": found} if found else ""

    @property
    def parties(self) -> list[dict[str, Any]]:
        return [self._party(number, party) for number, party in enumerate(self.folder.parties, 1)]

    def _party(self, number: int, party: Party) -> dict[str, Any]:
        facts = [
            (party.phone if self.is_plain else mask_phone(party.phone)),
            self._code(party),
            party.address if self.is_plain else "",
            _("监护人 %(name)s") % {"name": party.guardian} if party.guardian and self.is_plain else "",
            _("代理人 %(name)s") % {"name": party.agent} if party.agent and self.is_plain else "",
            _("权利义务已告知") if party.told_rights_at else "",
            f"{party.get_consent_how_display()} {when.moment(party.consent_at)}" if party.consent_at else "",
            self._online(party),
        ]
        left = party.left_at is not None
        return {
            "title": f"{number} {party.get_side_display()}",
            "name": shown_name(party, plain=self.is_plain),
            "state": _("不是当事人") if left else party.get_consent_display(),
            "tone": "" if left else _CONSENT_TONES[Consent(party.consent)],
            "facts": [fact for fact in facts if fact],
            "why": party.why if self.sees_inside else "",
            "print_url": self._invitation(party),
        }

    def _online(self, party: Party) -> str:
        """Whether the party takes part on line, and has looked."""
        part = self.folder.passes.get(party.pk)
        if part is None:
            return ""
        if part.opened_at is not None:
            return _("网上：%(at)s 打开过") % {"at": when.moment(part.opened_at)}
        return _("网上：%(at)s 邀请，还没打开") % {"at": when.moment(part.made_at)}

    def _invitation(self, party: Party) -> str:
        if party.pk not in self.folder.passes or not can_invite(self.dossier.here.user, self.case):
            return ""
        return reverse("mediation:invitation", args=[self.case.number, party.pk])

    def _code(self, party: Party) -> str:
        if not party.code or party.kind == PartyKind.ORGANISATION:
            return str(party.code)
        return str(party.code) if self.is_plain else mask_id(party.code)

    @property
    def mediators(self) -> list[dict[str, Any]]:
        return [self._mediator(each) for each in self.folder.mediators]

    def _mediator(self, one: Mediator) -> dict[str, Any]:
        facts = [
            str(one.get_named_by_display()),
            when.moment(one.at),
            _("主持") if one.is_lead and one.state == MediatorState.ACTIVE else "",
            "、".join(str(Bar(bar).label) for bar in one.bars),
        ]
        return {
            "name": one.worker.name,
            "state": one.get_state_display(),
            "facts": [fact for fact in facts if fact],
            "why": one.end_why or one.why,
        }

    @property
    def sittings(self) -> list[dict[str, Any]]:
        return [self._sitting(each) for each in self.folder.sittings]

    def _sitting(self, one: Sitting) -> dict[str, Any]:
        facts = [
            str(one.get_kind_display()),
            one.place if self.sees_inside else "",
            _("只约了：%(who)s") % {"who": self._names(one.invited)} if one.invited else "",
            _("到场：%(who)s") % {"who": self._names(one.present)} if one.present else "",
            _("%(n)s 小时") % {"n": one.hours.normalize()} if one.hours else "",
            one.written_by,
        ]
        return {
            "title": when.moment(one.starts_at),
            "state": one.get_state_display(),
            "tone": _SITTING_TONES.get(SessionState(one.state), ""),
            "facts": [fact for fact in facts if fact],
            "text": one.minutes if self.sees_inside else "",
        }

    def _names(self, pks: list[int]) -> str:
        return "、".join(self.folder.name_of(pk, plain=self.is_plain) for pk in pks)

    @property
    def offers(self) -> list[dict[str, Any]]:
        return [self._offer(each) for each in self.folder.offers] if self.sees_inside else []

    def _offer(self, one: Offer) -> dict[str, Any]:
        return {
            "title": _("%(who)s提出") % {"who": self.folder.name_of(one.party_id, plain=self.is_plain)},
            "state": one.get_state_display(),
            "tone": "ok" if one.state == OfferState.TAKEN else "",
            "text": one.text,
            "facts": [when.moment(one.at)],
        }

    @property
    def agreements(self) -> list[dict[str, Any]]:
        return [self._agreement(each) for each in reversed(self.folder.agreements)]

    def _agreement(self, one: Agreement) -> dict[str, Any]:
        counts = one is self.folder.shown_agreement
        facts = [
            _("%(who)s %(at)s 写成") % {"who": one.drafted_by, "at": when.moment(one.drafted_at)},
            _("%(at)s 生效") % {"at": when.moment(one.effective_at)} if one.effective_at else "",
            _("金额 %(n)s 元") % {"n": f"{one.amount:,.2f}"} if one.amount is not None else "",
            _("必须纸面签字") if one.on_paper else "",
        ]
        return {
            "title": f"{one.get_form_display()} {_('第 %(n)d 稿') % {'n': one.version}}",
            "state": one.get_state_display(),
            "tone": _AGREEMENT_TONES.get(AgreementState(one.state), ""),
            "facts": [fact for fact in facts if fact],
            "parts": self._parts(one) if self.sees_inside and counts else [],
            "why": one.void_why if self.sees_inside else "",
            "missing": self._missing(one) if one.state == AgreementState.DRAFT else [],
            "unsigned": self._unsigned() if one.state == AgreementState.DRAFT else [],
            "terms": [self._term(term) for term in self.folder.terms] if counts else [],
            "court": self._court(one),
        }

    def _parts(self, one: Agreement) -> list[tuple[str, str]]:
        rows = ((_("主要事实"), one.facts), (_("责任"), one.duty), (_("内容"), one.content))
        return [(label, text) for label, text in rows if text]

    def _missing(self, one: Agreement) -> list[str]:
        """What Art. 29 names and is not there: a warning."""
        named = [
            Named(shown_name(party, plain=self.is_plain), bool(party.code), bool(party.address))
            for party in self.folder.present
        ]
        return list(missing(terms_of(one), named))

    def _unsigned(self) -> list[str]:
        marks = self.folder.signatures
        signed = Signed(
            frozenset(one.party_id for one in marks if one.party_id),
            any(one.role == Role.MEDIATOR for one in marks),
            any(one.role == Role.SEAL for one in marks),
        )
        names = {
            party.pk: self.folder.name_of(party.pk, plain=self.is_plain) for party in self.folder.present
        }
        return list(unsigned(names, signed))

    def _term(self, term: Term) -> dict[str, Any]:
        who = self.folder.name_of(term.who_id, plain=self.is_plain) if term.who_id else _("各方")
        due = _("%(day)s 前") % {"day": when.day(term.due_on)} if term.due_on else _("没有写期限")
        settled = _("%(day)s 登记") % {"day": when.day(term.settled_on)} if term.settled_on else ""
        return {
            "text": term.text if self.sees_inside else "",
            "state": term.get_state_display(),
            "tone": _TERM_TONES.get(TermState(term.state), ""),
            "facts": [fact for fact in (who, due, settled, term.note if self.sees_inside else "") if fact],
        }

    def _court(self, one: Agreement) -> list[str]:
        """Until when the court can be asked, or what it said."""
        if one.state != AgreementState.EFFECTIVE:
            return []
        lines = []
        if one.confirmation != Confirmation.NONE:
            lines.append(str(one.get_confirmation_display()))
        elif one.unfit:
            lines.append(_("有法院不予确认的内容，不能申请司法确认。"))
        if one.confirm_by and one.confirmation in (Confirmation.NONE, Confirmation.WANTED):
            lines.append(self._countdown(one))
        lines += [text for text in (one.court, one.court_number, one.court_text) if text]
        return lines

    def _countdown(self, one: Agreement) -> str:
        assert one.confirm_by is not None
        left = (one.confirm_by - timezone.localdate()).days
        if left < 0:
            return _("共同申请司法确认的期限已过。")
        return _("可以共同申请司法确认，还剩 %(n)d 天（%(day)s 止）。") % {
            "n": left,
            "day": when.day(one.confirm_by),
        }

    @property
    def follow_ups(self) -> list[dict[str, Any]]:
        rows = self.folder.follow_ups if self.sees_inside else []
        return [
            {
                "title": _("回访：都履行了") if one.is_performed else _("回访：还没有履行完"),
                "facts": [when.moment(one.at), one.by],
                "text": one.text,
            }
            for one in rows
        ]

    @property
    def actions(self) -> list[dict[str, Any]]:
        """What may be done now, what the stage is for first."""
        codes = dict.fromkeys(
            [*mediation_next(self.dossier), *(code for code in VERBS if code in MEDIATION_CODES)]
        )
        verbs = (VERBS[code] for code in codes)
        return [
            {"label": verb.label, "icon": verb.icon, "url": act_url(self.dossier, verb.code)}
            for verb in verbs
            if verb.is_open(self.dossier)
        ]
