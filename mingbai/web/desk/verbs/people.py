"""The people of a matter: shown with a journal entry, linked to a known person, merged and taken apart."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.cases.actions import residents
from mingbai.cases.models import Resident
from mingbai.cases.perms import can_merge_person, can_show_person, can_work
from mingbai.core.checks import mask_name, mask_phone
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.verb import Doing, Verb, VerbForm
from mingbai.web.forms import WordsField

ROLES = [("speaker", _("来访(来电)人")), ("party", _("当事人"))]
SHOWN = ("name", "phone", "id_number")


def masked(resident: Resident) -> str:
    return " ".join(part for part in (mask_name(resident.name), mask_phone(resident.phone)) if part)


class WhoForm(VerbForm):
    """One of the people of this matter."""

    who = forms.ChoiceField(label=_("哪一位"))

    def prepare(self) -> None:
        people = self.people()
        self.fields["who"].choices = [(str(one.pk), masked(one) or _("未留姓名")) for one in people]  # type: ignore[attr-defined]
        if len(people) == 1:
            self.fields["who"].initial = str(people[0].pk)
            self.fields["who"].widget = forms.HiddenInput()

    def people(self) -> list[Resident]:
        return self.dossier.people

    def chosen(self) -> Resident:
        return next(one for one in self.people() if str(one.pk) == self.cleaned_data["who"])


class ShowForm(WhoForm):
    reason = WordsField(label=_("为什么要看"), most=100, required=False)


class LinkForm(VerbForm):
    resident = forms.ChoiceField(label=_("是哪一位"), widget=forms.RadioSelect)
    as_ = forms.ChoiceField(label=_("在这件事里是"), choices=ROLES, initial="speaker")

    def prepare(self) -> None:
        self.fields["resident"].choices = [  # type: ignore[attr-defined]
            (str(known.resident.pk), masked(known.resident)) for known in self.dossier.known
        ]


class MergePersonForm(WhoForm):
    into = forms.ChoiceField(label=_("和谁是同一个人"), widget=forms.RadioSelect)
    reason = WordsField(label=_("怎么确认的"), most=500, rows=2)

    def prepare(self) -> None:
        super().prepare()
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            (str(known.resident.pk), masked(known.resident)) for known in self.dossier.known
        ]


class UnmergePersonForm(WhoForm):
    reason = WordsField(label=_("为什么拆开"), most=500, rows=2)

    def people(self) -> list[Resident]:
        return [one for one in self.dossier.people if one.merged_into_id]


def _known(dossier: Dossier, pk: str) -> Resident:
    return next(known.resident for known in dossier.known if str(known.resident.pk) == pk)


def _link(doing: Doing) -> Any:
    resident = _known(doing.dossier, doing.data["resident"])
    return residents.link(case=doing.case, by=doing.by, resident=resident, as_=doing.data["as_"])


def _person(doing: Doing) -> Resident:
    return next(one for one in doing.dossier.people if str(one.pk) == doing.data["who"])


def _show(doing: Doing) -> Any:
    resident = _person(doing)
    reason = doing.data["reason"] or str(_("办理本案"))
    residents.show_person(resident=resident, case=doing.case, by=doing.by, fields=SHOWN, reason=reason)
    doing.dossier.shown.add(resident.pk)


def _merge(doing: Doing) -> Any:
    return residents.merge_residents(
        resident=_person(doing),
        into=_known(doing.dossier, doing.data["into"]),
        by=doing.by,
        reason=doing.data["reason"],
    )


def _unmerge(doing: Doing) -> Any:
    return residents.unmerge_resident(resident=_person(doing), by=doing.by, reason=doing.data["reason"])


def _can_merge(dossier: Dossier) -> bool:
    return can_merge_person(dossier.here.user, dossier.case)


VERBS = (
    Verb(
        "show_person",
        _("显示"),
        "eye",
        _("显示姓名、电话和证件号码；谁在什么时候看过，记入日志。"),
        _show,
        lambda dossier: can_show_person(dossier.here.user, dossier.case),
        ShowForm,
        fits=lambda dossier: bool(dossier.people),
    ),
    Verb(
        "link",
        _("认定是同一位群众"),
        "user-search",
        _("以前来过的人，认定后能看到他以前的事。以后还可以改。"),
        _link,
        lambda dossier: can_work(dossier.here.user, dossier.case),
        LinkForm,
        fits=lambda dossier: bool(dossier.known),
        done=_("已认定。"),
        why_not=_("没有找到电话或证件相同、以前来过的人。"),
    ),
    Verb(
        "merge_person",
        _("合并群众档案"),
        "link",
        _("两份档案是同一个人。随时可以拆开，原来的记录不变。"),
        _merge,
        _can_merge,
        MergePersonForm,
        fits=lambda dossier: bool(dossier.people and dossier.known),
        done=_("已合并档案。"),
        why_not=_("没有找到电话或证件相同的另一份档案。"),
    ),
    Verb(
        "unmerge_person",
        _("拆开群众档案"),
        "unlink",
        _("合并错了，恢复成两份档案。"),
        _unmerge,
        _can_merge,
        UnmergePersonForm,
        fits=lambda dossier: any(one.merged_into_id for one in dossier.people),
        done=_("已拆开档案。"),
    ),
)
