"""Taking up, asking, answering, telling, closing: the verbs of whoever works the matter."""

from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import work
from mingbai.cases.enums import Channel, Mode, State, Tell
from mingbai.cases.kinds import KINDS, is_pending
from mingbai.cases.perms import can_work
from mingbai.legalaid.perms import can_decide as can_decide_aid
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField

BY_STAFF = (Channel.WINDOW, Channel.HOTLINE, Channel.VILLAGE, Channel.HOME_VISIT, Channel.WECHAT)
TOLD = [("", _("还没有，之后再告知")), *Tell.choices]


def works(dossier: Dossier) -> bool:
    return can_work(dossier.here.user, dossier.case)


def lines_of(text: str) -> list[str]:
    """One item a line, without empty ones."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Papers(forms.MultipleChoiceField):
    """Names of papers to tick."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, widget=forms.CheckboxSelectMultiple, **options)


def offer_papers(form: VerbForm, names: list[str]) -> None:
    """Papers to tick; where there are none, nothing stands on the form."""
    field: Any = form.fields["papers"]
    field.choices = [(name, name) for name in names]
    if not names:
        field.widget = forms.MultipleHiddenInput()


class TellingForm(VerbForm):
    """An answer that is told, and perhaps closed, in the same breath: a call or a window needs one form."""

    told = forms.ChoiceField(
        label=_("已经告诉群众了吗"),
        choices=TOLD,
        required=False,
        help_text=_("当面或电话里已经说清楚的，选怎么告知的。"),
    )
    close = forms.BooleanField(label=_("告知完就办结"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("close") and not data.get("told"):
            self.add_error("told", _("告知群众后才能办结：请选怎么告知的。"))
        return data


class AnswerForm(TellingForm):
    text = WordsField(label=_("答复"), rows=8, help_text=_("先说结论，再说怎么做、去哪里、带什么。"))
    laws = WordsField(
        label=_("法律依据"), most=2000, rows=2, required=False, help_text=_("一行一条，写清第几条。")
    )
    field_order = ("text", "laws", "told", "close")


class GuideForm(TellingForm):
    office = WordsField(label=_("请群众去哪里"), most=500)
    papers = Papers(label=_("请带上"))
    more = WordsField(label=_("还要带"), most=1000, rows=2, required=False, help_text=_("一行一样。"))
    text = WordsField(label=_("还要说明的"), most=5000, rows=4, required=False)
    field_order = ("office", "papers", "more", "text", "told", "close")

    def prepare(self) -> None:
        kind = KINDS.get(self.case.kind)
        names = [str(paper) for paper in kind.papers]
        offer_papers(self, names)
        self.fields["papers"].initial = names
        self.fields["office"].initial = str(kind.office)


class AskForm(VerbForm):
    text = WordsField(
        label=_("请群众补充什么"), most=5000, rows=4, help_text=_("一次说全。群众补齐之前，时限暂停。")
    )
    papers = Papers(label=_("还缺的材料"))
    more = WordsField(label=_("其他材料"), most=1000, rows=2, required=False, help_text=_("一行一样。"))

    def prepare(self) -> None:
        asked = {paper.name for paper in self.dossier.papers}
        names = [str(paper) for paper in KINDS.get(self.case.kind).papers]
        offer_papers(self, [name for name in names if name not in asked])


class SupplementForm(VerbForm):
    text = WordsField(label=_("群众补充了什么"), rows=4)
    papers = Papers(label=_("这次收到的材料"))
    channel = forms.ChoiceField(label=_("从哪里来的"), choices=[(c.value, c.label) for c in BY_STAFF])

    def prepare(self) -> None:
        offer_papers(self, [paper.name for paper in self.dossier.papers if not paper.given_at])


class TellForm(VerbForm):
    how = forms.ChoiceField(label=_("怎么告知的"), choices=Tell.choices, widget=forms.RadioSelect)
    note = WordsField(label=_("备注"), most=2000, required=False)
    close = forms.BooleanField(label=_("告知完就办结"), required=False)

    def prepare(self) -> None:
        self.fields["how"].initial = self.case.tell_by
        if self.case.state != State.ANSWERED:
            del self.fields["close"]


class RefuseForm(VerbForm):
    reason = WordsField(label=_("为什么不受理"), most=2000, rows=3, help_text=_("群众会看到。写明依据。"))
    remedy = WordsField(
        label=_("群众还可以怎么办"), most=2000, rows=3, help_text=_("去哪里、找谁、怎样申请复核。")
    )


class ReasonForm(VerbForm):
    reason = WordsField(label=_("原因"), most=500, rows=3)


class NoteForm(VerbForm):
    text = WordsField(label=_("记录"), most=5000, rows=4, help_text=_("只有工作人员看得到。"))


class ConvertForm(ReasonForm):
    kind = forms.ChoiceField(label=_("转为哪一类"), widget=forms.RadioSelect)
    field_order = ("kind", "reason")

    def prepare(self) -> None:
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (code, kind.label) for code, kind in KINDS.items() if code != self.case.kind
        ]


def _told(doing: Doing, case: Any) -> Any:
    """Tell and close in the transaction of the answer: all of it happens, or nothing."""
    if doing.data["told"]:
        case = work.tell(case=case, by=doing.by, how=doing.data["told"])
    if doing.data["close"]:
        case = work.close(case=case, by=doing.by)
    return case


@transaction.atomic
def _answer(doing: Doing) -> Any:
    laws = lines_of(doing.data["laws"])
    return _told(doing, work.answer(case=doing.case, by=doing.by, text=doing.data["text"], laws=laws))


@transaction.atomic
def _guide(doing: Doing) -> Any:
    data = doing.data
    papers = [*data["papers"], *lines_of(data["more"])]
    case = work.guide(case=doing.case, by=doing.by, office=data["office"], papers=papers, text=data["text"])
    return _told(doing, case)


@transaction.atomic
def _tell(doing: Doing) -> Any:
    case = work.tell(case=doing.case, by=doing.by, how=doing.data["how"], note=doing.data["note"])
    return work.close(case=case, by=doing.by) if doing.data.get("close") else case


def _ask(doing: Doing) -> Any:
    papers = [*doing.data["papers"], *lines_of(doing.data["more"])]
    return work.ask(case=doing.case, by=doing.by, text=doing.data["text"], papers=papers)


def _supplement(doing: Doing) -> Any:
    data = doing.data
    return work.supplement(
        case=doing.case, by=doing.by, text=data["text"], papers=data["papers"], channel=data["channel"]
    )


def asks_by_law(dossier: Dossier) -> bool:
    """Who decides on legal aid tells the complete list (aid_ask) instead."""
    return dossier.aid is not None and can_decide_aid(dossier.here.user, dossier.case)


def is_guided(dossier: Dossier) -> bool:
    return KINDS.get(dossier.case.kind).mode == Mode.GUIDED


def _is_formal(dossier: Dossier) -> bool:
    """Where taking up is not yet accepting, or nobody can be named as owner."""
    return dossier.case.state == State.RECEIVED or is_pending(dossier.case)


def _may_take(dossier: Dossier) -> bool:
    free = dossier.owner is None or dossier.is_owner_away
    return free and dossier.here.worker is not None and dossier.offer is None


VERBS = (
    Verb(
        "take_up",
        _("我来办"),
        "check",
        _("您成为主办人，群众能看到已经有人在办。"),
        lambda d: work.take_up(case=d.case, by=d.by, worker=d.dossier.here.worker),  # type: ignore[arg-type]
        works,
        state="take_up",
        fits=_may_take,
        done=_("您已接办这件事。"),
    ),
    Verb(
        "accept",
        _("受理"),
        "circle-check",
        _("正式受理，法定期限从今天起算。"),
        lambda d: work.accept(case=d.case, by=d.by),
        works,
        state="accept",
        fits=_is_formal,
        done=_("已受理。"),
    ),
    Verb(
        "start",
        _("开始办理"),
        "arrow-right",
        _("办件进入“办理中”。"),
        lambda d: work.start(case=d.case, by=d.by),
        works,
        state="start",
        fits=lambda dossier: dossier.case.state != State.IN_PROGRESS,
        done=_("已开始办理。"),
    ),
    Verb(
        "answer",
        _("答复"),
        "message",
        _("群众凭编号能看到答复。"),
        _answer,
        works,
        AnswerForm,
        state="answer",
        fits=lambda dossier: dossier.offer is None and dossier.case.told_at is None,
        done=_("已答复。"),
    ),
    Verb(
        "guide",
        _("指引"),
        "map-pin",
        _("告诉群众该去哪里、带什么，并打印指引卡。"),
        _guide,
        works,
        GuideForm,
        state="guide",
        fits=lambda dossier: dossier.offer is None,
        done=_("已指引，可以打印指引卡。"),
    ),
    Verb(
        "tell",
        _("告知群众"),
        "phone-call",
        _("记下谁、怎样、何时告诉群众的。"),
        _tell,
        works,
        TellForm,
        state="tell",
        fits=lambda dossier: dossier.case.told_at is None and dossier.case.state != State.CLOSED,
        done=_("已记下告知。"),
    ),
    Verb(
        "close",
        _("办结"),
        "circle-check",
        _("群众已经听到答复，这件事结束。之后可以请群众评价。"),
        lambda d: work.close(case=d.case, by=d.by),
        works,
        state="close",
        fits=lambda dossier: dossier.case.told_at is not None,
        done=_("已办结。"),
    ),
    Verb(
        "ask",
        _("请群众补充"),
        "message-2-question",
        _("缺什么一次说全；群众补齐之前，时限暂停。"),
        _ask,
        works,
        AskForm,
        state="ask",
        fits=lambda dossier: not asks_by_law(dossier),
        done=_("已请群众补充，时限暂停。"),
    ),
    Verb(
        "supplement",
        _("代群众补充"),
        "edit",
        _("群众来电、来人说的话和带来的材料，记在这里。"),
        _supplement,
        works,
        SupplementForm,
        state="supplement",
        done=_("已记下补充。"),
    ),
    Verb(
        "note",
        _("写一条记录"),
        "edit",
        _("说清做了什么、下一步是什么。"),
        lambda d: work.note(case=d.case, by=d.by, text=d.data["text"]),
        works,
        NoteForm,
        state="note",
        done=_("已记下。"),
    ),
    Verb(
        "convert",
        _("转为另一类业务"),
        "refresh",
        _("编号和经过不变，时限按新的业务重新计算。"),
        lambda d: work.convert(case=d.case, by=d.by, kind=d.data["kind"], reason=d.data["reason"]),
        works,
        ConvertForm,
        state="convert",
        done=_("已转为另一类业务。"),
    ),
    Verb(
        "withdraw",
        _("群众撤回"),
        "arrow-back-up",
        _("群众自己不想办了。以后还可以恢复。"),
        lambda d: work.withdraw(case=d.case, by=d.by, reason=d.data["reason"]),
        works,
        ReasonForm,
        state="withdraw",
        done=_("已记下撤回。"),
    ),
    Verb(
        "refuse",
        _("不予受理"),
        "hand-stop",
        _("由您决定并说明理由和救济途径，群众会收到。"),
        lambda d: work.refuse(case=d.case, by=d.by, reason=d.data["reason"], remedy=d.data["remedy"]),
        works,
        RefuseForm,
        state="refuse",
        done=_("已决定不予受理。请告知群众。"),
        is_danger=True,
    ),
    Verb(
        "reopen",
        _("恢复办理"),
        "refresh",
        _("回到“办理中”，重新计时。"),
        lambda d: work.reopen(case=d.case, by=d.by, reason=d.data["reason"]),
        works,
        ReasonForm,
        state="reopen",
        done=_("已恢复办理。"),
    ),
)
