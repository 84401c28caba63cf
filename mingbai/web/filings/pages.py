"""What goes to another system of record: its columns, one record to copy, many as a file, what came back."""

import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from mingbai.cases.models import Case
from mingbai.cases.perms import can_show_person
from mingbai.core import when
from mingbai.core.numbers import group_number
from mingbai.core.pagination import page_of
from mingbai.filings import actions, queries
from mingbai.filings.enums import FilingState
from mingbai.filings.kinds import FILING_KINDS, FilingKind
from mingbai.filings.models import Filing, FilingField
from mingbai.filings.queries import Shown
from mingbai.filings.rules import row_of
from mingbai.integrations.filing_rows import Landed, land
from mingbai.integrations.ledgers.files import read
from mingbai.people.models import User
from mingbai.people.perms import can, is_only_own
from mingbai.people.roles import Permission
from mingbai.places.queries import register
from mingbai.web.access import staff, user_of
from mingbai.web.desk.reach import case_for
from mingbai.web.exports import table_file
from mingbai.web.filings.codes import code_section
from mingbai.web.pages import Ask, Section, Sheet

PER_PAGE, MOST_ROWS, MOST_BYTES = 50, 5000, 5_000_000
_STATES = FilingState.choices


def _kind(request: HttpRequest, system: str) -> FilingKind:
    """404 for a system that is not there; refused for who works only their own matters."""
    known = dict(FILING_KINDS.items())
    if system not in known:
        raise Http404
    if is_only_own(user_of(request)):
        raise PermissionDenied
    return known[system]


def _cases(user: User, kind: FilingKind) -> QuerySet[Case]:
    return Case.objects.visible_to(user).filter(kind=kind.line).exclude(stage="").order_by("-pk")


def _action(label: str, name: str, *args: object, icon: str = "", post: bool = False) -> dict[str, Any]:
    return {"label": label, "url": reverse(f"filings:{name}", args=args), "icon": icon, "post": post}


def _shown_to(user: User) -> bool:
    return can(user, Permission.PERSON_SHOW) and not is_only_own(user)


@staff(Permission.PERSON_SHOW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if is_only_own(user_of(request)):
        raise PermissionDenied
    rows = [
        [{"text": str(kind.label), "url": reverse("filings:system", args=[code])}, kind.source]
        for code, kind in FILING_KINDS.items()
    ]
    return Sheet(
        title=_("报送"),
        lead=_("别的系统要的数据，从这里带走，不用再录一遍；那边导出来的，拿回来核对。"),
        facts=(),
        back=(_("我的办件"), reverse("desk:home")),
        sections=[Section(_("系统"), (_("系统"), _("依据")), rows)],
    ).show(request)


home.shown_to = _shown_to  # type: ignore[attr-defined]


@staff(Permission.PERSON_SHOW)
@require_safe
def system(request: HttpRequest, system: str) -> HttpResponse:
    """The matters with how each stands there, and the columns as they are set."""
    kind, user = _kind(request, system), user_of(request)
    page = page_of(_cases(user, kind), request.GET, PER_PAGE)
    chains = [case.chain for case in page.items]
    known = {row.about: row for row in Filing.objects.filter(system=system, about__in=chains)}
    rows = [_line(kind, case, known.get(case.chain)) for case in page.items]
    todo = [
        _action(_("导出没有报送的"), "out", system, icon="download"),
        _action(_("核对那边导出的"), "in", system, icon="upload"),
    ]
    return Sheet(
        title=str(kind.label),
        lead=kind.source,
        facts=(),
        back=(_("报送"), reverse("filings:home")),
        actions=todo,
        sections=[
            Section(_("办件"), (_("办件"), _("对方编号"), _("状态"), _("时间")), rows, page=page),
            code_section(kind, may=can(user, Permission.RULES_EDIT)),
            _fields(kind, user),
        ],
    ).show(request)


def _line(kind: FilingKind, case: Case, row: Filing | None) -> list[Any]:
    url = reverse("filings:record", args=[kind.system, case.number])
    at = (row.came_at or row.sent_at) if row else None
    return [
        {"text": group_number(case.number), "url": url},
        row.number if row else "",
        row.get_state_display() if row else FilingState.NOT_SENT.label,
        when.moment(at) if at else "–",
    ]


def _fields(kind: FilingKind, user: User) -> Section:
    may = can(user, Permission.RULES_EDIT)
    rows = []
    for place, column in enumerate(queries.columns_of(kind), start=1):
        url = reverse("filings:field", args=[kind.system, column.code])
        name: Any = {"text": column.name, "url": url} if may else column.name
        rows.append([str(place), name, str(kind.fields[column.code])])
    return Section(_("对方的列"), (_("次序"), _("对方的列名"), _("我们的字段")), rows)


class FieldForm(forms.Form):
    column = forms.CharField(label=gettext_lazy("对方的列名"), max_length=64)
    position = forms.IntegerField(label=gettext_lazy("次序"), min_value=0, max_value=9999)
    is_used = forms.BooleanField(label=gettext_lazy("报送这一列"), required=False)


@staff(Permission.RULES_EDIT)
def field(request: HttpRequest, system: str, code: str) -> HttpResponse:
    kind, user = _kind(request, system), user_of(request)
    if code not in kind.fields:
        raise Http404
    row = FilingField.objects.filter(system=system, code=code).first()
    place = (list(kind.fields).index(code) + 1) * 10
    initial = {
        "column": row.column if row else kind.fields[code],
        "position": row.position if row else place,
        "is_used": row.is_used if row else True,
    }

    def act(data: dict[str, Any]) -> None:
        actions.set_field(by=user.actor, system=system, code=code, **data)

    back = (str(kind.label), reverse("filings:system", args=[system]))
    return Ask(str(kind.fields[code]), partial(FieldForm, initial=initial), act, back).show(request)


# ── one record ──


def _case(request: HttpRequest, kind: FilingKind, number: str) -> Case:
    case = case_for(user_of(request), int(number) if number.isdigit() else 0)
    if case.kind != kind.line or not case.stage:
        raise Http404
    if not can_show_person(user_of(request), case):
        raise PermissionDenied
    return case


@staff(Permission.PERSON_SHOW)
@require_safe
def record(request: HttpRequest, system: str, number: str) -> HttpResponse:
    """In the other system's order, to copy; looking at it is in the history."""
    kind = _kind(request, system)
    case = _case(request, kind, number)
    actions.note_look(by=user_of(request).actor, system=system, about=case.chain)
    filing, shown = queries.shown(kind, case.chain)
    rows = [[one.column, one.ours, _beside(one), one.theirs or ""] for one in shown]
    return Sheet(
        title=f"{kind.label} {group_number(case.number)}",
        tags=[{"text": filing.get_state_display(), "tone": _TONES.get(FilingState(filing.state), "")}],
        facts=[
            (_("办件"), {"text": group_number(case.number), "url": reverse("desk:case", args=[case.number])}),
            (_("对方编号"), filing.number),
            (_("报送时间"), when.moment(filing.sent_at) if filing.sent_at else ""),
            (_("核对时间"), when.moment(filing.came_at) if filing.came_at else ""),
        ],
        back=(str(kind.label), reverse("filings:system", args=[system])),
        actions=[_action(_("已在那边录好"), "sent", system, case.number, icon="check", post=True)],
        sections=[
            Section(_("按对方的次序"), (_("列"), _("我们的"), _("代码的意思"), _("那边不一样的")), rows)
        ],
    ).show(request)


def _beside(one: Shown) -> str:
    """What a code stands for, or that a word goes out for want of one."""
    return _("还没有对方的代码") if one.is_missing else one.word if one.word != one.ours else ""


_TONES = {FilingState.DIFFERS: "late", FilingState.CONFIRMED: "ok"}


@staff(Permission.PERSON_SHOW)
@require_POST
def mark_sent(request: HttpRequest, system: str, number: str) -> HttpResponse:
    kind = _kind(request, system)
    case = _case(request, kind, number)
    actions.note_sent(by=user_of(request).actor, system=system, abouts=[case.chain])
    messages.success(request, _("已记下：报送过。"))
    return redirect("filings:record", system, case.number)


# ── many ──


class OutForm(forms.Form):
    suffix = forms.ChoiceField(
        label=gettext_lazy("文件"), choices=[("xlsx", "Excel"), ("csv", "CSV")], widget=forms.RadioSelect
    )
    state = forms.ChoiceField(
        label=gettext_lazy("哪些"),
        choices=[("", gettext_lazy("没有报送的和不一致的")), *_STATES],
        required=False,
    )


@staff(Permission.PERSON_SHOW)
def take_out(request: HttpRequest, system: str) -> HttpResponse:
    """The records whose people the user may see, as a file; each is then told."""
    kind, user = _kind(request, system), user_of(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        found = [case.chain for case in _cases(user, kind)[:MOST_ROWS] if can_show_person(user, case)]
        chosen = list(queries.unsent(kind, found, data["state"]))
        columns = queries.columns_of(kind)
        book = queries.codebook(kind)
        rows = [row_of(columns, queries.values_of(kind, about, book)) for about in chosen]
        names = [column.name for column in columns]
        actions.note_sent(by=user.actor, system=system, abouts=chosen)
        return table_file(request, system, data["suffix"], names, rows, is_personal=True, is_bare=True)

    lead = _("一次最多 %(most)d 件。带走的都记成已报送，办件的历史里看得到是谁带走的。") % {"most": MOST_ROWS}
    back = (str(kind.label), reverse("filings:system", args=[system]))
    form = partial(OutForm, initial={"suffix": "xlsx"})
    return Ask(_("导出报送"), form, act, back, _("导出"), lead=lead).show(request)


class InForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("那边导出的文件（Excel 或 CSV）"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES or Path(file.name).suffix.lower() not in (".xlsx", ".csv"):
            raise forms.ValidationError(_("请选 5 MB 以内的 Excel（.xlsx）或 CSV 文件。"))
        return file


@staff(Permission.PERSON_SHOW)
def bring_in(request: HttpRequest, system: str) -> HttpResponse:
    kind, user = _kind(request, system), user_of(request)

    def act(data: dict[str, Any]) -> HttpResponse:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / f"in{Path(data['file'].name).suffix.lower()}"
            path.write_bytes(data["file"].read())
            rows = read(path, [])
        numbers = frozenset(_cases(user, kind).values_list("number", flat=True))
        done = land(by=user.actor, kind=kind, rows=rows, region=_home(user), numbers=numbers)
        return _landed(request, kind, done)

    lead = _("按“对方的列名”认列。有我们编号的逐列核对；没有的，按对方编号登记成新的办件，只登记一次。")
    back = (str(kind.label), reverse("filings:system", args=[system]))
    return Ask(_("核对那边导出的"), InForm, act, back, _("核对"), lead=lead).show(request)


def _home(user: User) -> str:
    """The place where new matters of the user's office lie."""
    worker = getattr(user, "worker", None)
    if worker is None:
        return ""
    return register().county_of(worker.region_id) or str(worker.region_id)


def _landed(request: HttpRequest, kind: FilingKind, done: Landed) -> HttpResponse:
    facts = [
        (_("一致"), str(done.confirmed)),
        (_("不一致"), str(done.differs)),
        (_("新登记"), str(done.opened)),
        (_("没有收下"), str(len(done.refused))),
    ]
    rows = [[str(line), why] for line, why in done.refused[:200]]
    return Sheet(
        title=_("核对结果"),
        facts=facts,
        back=(str(kind.label), reverse("filings:system", args=[kind.system])),
        sections=[Section(_("没有收下的行"), (_("行"), _("原因")), rows)] if rows else [],
    ).show(request)
