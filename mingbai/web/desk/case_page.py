"""CasePage: everything the page of one matter shows, in the words of the page."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.enums import GRADES, AppealState, RiskState, State
from mingbai.cases.kinds import stage_of
from mingbai.cases.models import Attachment, Case, HelpContact, Resident, RiskCard
from mingbai.cases.perms import can_designate
from mingbai.cases.queries import contacts_for
from mingbai.core import when
from mingbai.core.checks import mask_id, mask_name, mask_phone
from mingbai.legalaid.perms import can_state
from mingbai.mediation.perms import can_lead
from mingbai.web.chips import is_legal, view_chip
from mingbai.web.desk.aid_panel import AidPanel
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.issued import issued_of, new_ones
from mingbai.web.desk.mediation_panel import MediationPanel
from mingbai.web.desk.story import entries_of
from mingbai.web.desk.turn import Turn, act_url, bar_of, turn_of
from mingbai.web.desk.verbs import VERBS
from mingbai.web.desk.verbs.people import masked
from mingbai.web.matters import kind_label, title_of


def stage_label(case: Case) -> str:
    """The line's own step, "" where it says no more than the state."""
    stage = stage_of(case.kind, case.stage)
    label = str(stage.label) if stage else ""
    return "" if label == case.get_state_display() else label


def tags_of(case: Case) -> list[dict[str, str]]:
    tags = (
        (case.is_wage, _("欠薪求助"), "soon"),
        (case.at_risk, _("有风险"), "late"),
        (case.is_urgent, _("紧急"), "late"),
        (case.is_confidential, _("要求保密"), ""),
        (case.needs_designation and case.is_open, _("待指定承办"), "late"),
    )
    return [{"text": text, "tone": tone} for holds, text, tone in tags if holds]


@dataclass
class CasePage:
    """Built from a dossier; `now` is the moment every clock of the page is told at."""

    dossier: Dossier
    now: datetime = field(default_factory=timezone.now)

    def __post_init__(self) -> None:
        self.case = self.dossier.case
        self.number = self.case.number
        self.url = reverse("desk:case", args=[self.number])
        self.beside_url = reverse("desk:beside", args=[self.number])
        self.print_url = reverse("desk:print", args=[self.number])
        self.give_url = reverse("desk:give", args=[self.number])
        self.guidance_url = reverse("desk:guidance_ask", args=[self.number])
        self.title = title_of(self.case)
        self.state = State(self.case.state).label
        self.stage = stage_label(self.case)
        self.tags = tags_of(self.case)
        self.turn: Turn = turn_of(self.dossier)
        self.bar = bar_of(self.dossier)
        self.history = entries_of(self.dossier)

    @cached_property
    def risks(self) -> dict[str, Any] | None:
        """What desk/_risks.html needs; None where the text warns of nothing."""
        cards = [card for card in self.dossier.risk_cards if card.state != RiskState.DISMISSED]
        if not cards:
            return None
        contacts = contacts_for([card.risk for card in cards], timezone.localdate(self.now))
        return {
            "risks": [self._risk(card, contacts) for card in cards],
            "may": self._open("report_risk"),
            "report_url": act_url(self.dossier, "report_risk"),
            "dismiss_url": act_url(self.dossier, "dismiss_risk"),
        }

    def _risk(self, card: RiskCard, contacts: dict[str, list[HelpContact]]) -> dict[str, Any]:
        done = _("%(at)s，%(who)s报告给%(to)s。") % {
            "at": when.moment(card.ended_at) if card.ended_at else "",
            "who": card.ended_by,
            "to": card.reported_to,
        }
        return {
            "id": card.pk,
            "title": card.get_risk_display(),
            "words": card.words,
            "is_open": card.state == RiskState.OPEN,
            "done": done if card.state == RiskState.REPORTED else "",
            "contacts": contacts.get(card.risk, []),
        }

    @cached_property
    def aid(self) -> AidPanel | None:
        """What desk/_aid.html needs; None for every other matter."""
        return AidPanel(self.dossier) if self.dossier.aid else None

    @cached_property
    def mediation(self) -> MediationPanel | None:
        """What desk/_mediation.html needs; None for every other matter."""
        return MediationPanel(self.dossier) if self.dossier.mediation else None

    @property
    def facts(self) -> list[str]:
        case = self.case
        told = _("%(channel)s%(partner)s") % {
            "channel": case.get_channel_display(),
            "partner": _("（%(name)s）") % {"name": case.partner} if case.partner else "",
        }
        about = [str(case.get_topic_display())] if case.topic else []
        return [kind_label(case), *about, told, _("%(day)s收到") % {"day": when.moment(case.opened_at)}]

    @property
    def who_where(self) -> list[str]:
        case, places = self.case, self.dossier.here.places
        person = case.party or case.speaker
        who = mask_name(person.name) if person and person.name else _("匿名")
        where = (
            places.path_names(case.region_id).split(" ", 1)[-1]
            if case.region_id
            else case.get_place_display()
        )
        return [
            who,
            _("事情发生在 %(place)s") % {"place": where},
            *([case.place_text] if case.place_text else []),
        ]

    @property
    def clocks(self) -> list[dict[str, Any]]:
        """What still runs: the service promise and the legal end each on its own line."""
        workdays = self.dossier.here.places.workdays
        return [
            {
                "name": view.rule.name,
                "strength": _("法定期限") if is_legal(view) else _("服务承诺"),
                "chip": view_chip(view, self.now, workdays),
                "url": self._supervision_url(view.clock.subject),
            }
            for view in self.dossier.clocks
            if view.is_running
        ]

    @staticmethod
    def _supervision_url(subject: str) -> str:
        """Where the reply that this clock waits for is given."""
        what, _colon, key = subject.partition(":")
        return reverse("oversight:supervision", args=[key]) if what == "supervision" else ""

    @property
    def supervise_url(self) -> str:
        """Where who oversees asks why it is late, unless it is being asked already."""
        asked = any(one["url"] for one in self.clocks)
        if asked or not self.case.is_open or not can_designate(self.dossier.here.user, self.case):
            return ""
        return reverse("oversight:supervise", args=[self.case.number])

    @property
    def owner(self) -> dict[str, Any]:
        case, offer = self.case, self.dossier.offer
        helpers = [
            (
                str(one.worker or one.station),
                _("%(task)s，%(day)s前") % {"task": one.task, "day": when.day(one.due_on)},
            )
            for one in self.dossier.helpers
        ]
        return {
            "name": self.dossier.owner.name if self.dossier.owner else "",
            "station": case.station.name,
            "offer": _("已转给%(name)s，待签收") % {"name": offer.taker.name} if offer else "",
            "offer_clock": self._offer_clock() if offer else None,
            "helpers": helpers,
            "action_url": act_url(self.dossier, "offer") if self._open("offer") else "",
            "action_label": VERBS["offer"].label,
        }

    def _offer_clock(self) -> dict[str, Any] | None:
        workdays = self.dossier.here.places.workdays
        running = (v for v in self.dossier.clocks if v.is_running and v.clock.subject.startswith("handover:"))
        return next((view_chip(view, self.now, workdays) for view in running), None)

    def _open(self, code: str) -> bool:
        return VERBS[code].is_open(self.dossier)

    @property
    def people(self) -> list[dict[str, Any]]:
        case = self.case
        if case.speaker_id == case.party_id:
            rows = [(case.speaker, _("本人来访(来电)"))]
        else:
            rows = [(case.party, _("当事人")), (case.speaker, _("来访(来电)人"))]
        return [self._person(resident, role) for resident, role in rows if resident]

    def _person(self, resident: Resident, role: str) -> dict[str, Any]:
        shown = resident.pk in self.dossier.shown
        hide = (lambda value: value) if shown else None
        id_number = (hide or mask_id)(resident.id_number)
        can_show = not shown and self._open("show_person")
        whose = resident.get_phone_of_display() if resident.phone and resident.phone_of != "own" else ""
        more = [_("身份证 %(id)s") % {"id": id_number}] if id_number else []
        if whose:
            more.append(_("%(whose)s的电话") % {"whose": whose})
        return {
            "pk": resident.pk,
            "name": (hide or mask_name)(resident.name) or _("未留姓名"),
            "role": role,
            "phone": (hide or mask_phone)(resident.phone),
            "more": " ".join(more),
            "show_url": act_url(self.dossier, "show_person") if can_show else "",
        }

    @property
    def shown(self) -> bool:
        return bool(self.dossier.shown)

    @property
    def shown_title(self) -> str:
        return _("个人信息已显示")

    @property
    def shown_text(self) -> str:
        return _("谁在什么时候看过，已记入日志。离开这一页后重新隐藏。")

    @property
    def telling(self) -> list[str]:
        case = self.case
        facts = [_("告知方式：%(how)s") % {"how": case.get_tell_by_display()}, case.get_may_be_told_display()]
        if case.told_at:
            facts.append(
                _("%(at)s已告知（%(how)s）")
                % {"at": when.moment(case.told_at), "how": case.get_told_how_display()}
            )
        return facts

    @property
    def people_links(self) -> list[dict[str, Any]]:
        """The way back from a merging, and what a person may ask of their data; proposals stand elsewhere."""
        return [*self._way_back, *self._rights]

    @property
    def _rights(self) -> list[dict[str, Any]]:
        if not self._open("correct_person"):
            return []
        alone = len(self.dossier.people) == 1
        return [
            {
                "label": _("个人信息权利")
                if alone
                else f"{_('个人信息权利')}：{masked(person) or _('未留姓名')}",
                "icon": "shield-lock",
                "url": reverse("desk:rights", args=[self.number, person.pk]),
            }
            for person in self.dossier.people
        ]

    @property
    def _way_back(self) -> list[dict[str, Any]]:
        if not any(person.merged_into_id for person in self.dossier.people) or not self._open(
            "unmerge_person"
        ):
            return []
        verb = VERBS["unmerge_person"]
        return [{"label": verb.label, "icon": verb.icon, "url": act_url(self.dossier, verb.code)}]

    @property
    def note_url(self) -> str:
        return act_url(self.dossier, "note") if self._open("note") else ""

    @property
    def attach_url(self) -> str:
        return act_url(self.dossier, "attach") if self._open("attach") else ""

    @property
    def card_url(self) -> str:
        """The route card, once the resident was guided."""
        guided = any(line.verb == "case.guided" for line in self.dossier.history)
        return reverse("desk:card", args=[self.number]) if guided else ""

    @property
    def papers(self) -> list[dict[str, Any]]:
        asked = [
            {
                "icon": "circle-check" if paper.given_at else "file-text",
                "name": paper.name,
                "url": "",
                "facts": [
                    _("%(day)s收到") % {"day": when.moment(paper.given_at)}
                    if paper.given_at
                    else _("%(day)s告知，还没有收到") % {"day": when.moment(paper.asked_at)}
                ],
            }
            for paper in self.dossier.papers
        ]
        return [*asked, *(self._file(file) for file in self.dossier.files)]

    def _file(self, file: Attachment) -> dict[str, Any]:
        return {
            "icon": "paperclip",
            "name": file.name,
            "url": (url := reverse("desk:file", args=[self.number, file.pk])),
            "kept_url": f"{url}?download",
            "facts": [
                size_text(file.size),
                _("群众提供") if file.by_resident else file.added_by,
                when.moment(file.added_at),
            ],
        }

    @cached_property
    def issued(self) -> list[dict[str, Any]]:
        return issued_of(self.dossier)

    @cached_property
    def issuable(self) -> list[tuple[str, str]]:
        return new_ones(self.dossier)

    @property
    def may_void(self) -> bool:
        user, case = self.dossier.here.user, self.dossier.case
        if self.dossier.mediation is not None:
            return can_lead(user, case)
        return self.dossier.aid is not None and can_state(user, case)

    @property
    def papers_note(self) -> str:
        missing = sum(1 for paper in self.dossier.papers if not paper.given_at)
        if missing:
            return _("还缺 %(n)d 样") % {"n": missing}
        return _("已齐") if self.dossier.papers else ""

    @property
    def rating(self) -> dict[str, Any] | None:
        rating = self.dossier.rating
        if rating is None:
            return None
        notes = []
        if rating.called_back_at:
            happy = _("回访后满意") if rating.is_happy_after else _("回访后仍不满意")
            notes.append(f"{when.moment(rating.called_back_at)} {happy}")
        elif rating.is_bad:
            notes.append(_("还没有回访"))
        if rating.appeal != AppealState.NONE:
            notes.append(rating.get_appeal_display())
        return {
            "grade": GRADES[rating.grade],
            "tone": "late" if rating.is_bad else "ok",
            "text": rating.text,
            "at": rating.at,
            "note": " ".join(notes),
        }


def size_text(size: int) -> str:
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, size // 1024)} KB"
