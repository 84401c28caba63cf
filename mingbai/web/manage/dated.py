"""Dated tables with sources: who gets legal aid, whom to call at a risk, the numbers of service days."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.cases.actions import risks
from mingbai.cases.models import HelpContact
from mingbai.cases.rules.risks import HelpTerms
from mingbai.figures.actions import set_open_rule
from mingbai.figures.models import OpenRule
from mingbai.legalaid import actions
from mingbai.legalaid.models import (
    Approval,
    Belonging,
    Criterion,
    FilePart,
    GradeLine,
    HardshipLine,
    Matter,
    SoleFirm,
)
from mingbai.legalaid.rules.catalogue import BelongingTerms, MatterTerms
from mingbai.legalaid.rules.quality import CriterionTerms, GradeTerms
from mingbai.mediation.actions import set_number as set_committee_number
from mingbai.mediation.models import CommitteeRule
from mingbai.oversight.actions.rulebook import set_climb, set_quota
from mingbai.oversight.models import ClimbRule, QuotaRule
from mingbai.people.roles import Permission
from mingbai.servicedays.actions.terms import set_number
from mingbai.servicedays.models import DayRule
from mingbai.subsidies.models import Rate
from mingbai.web.access import staff
from mingbai.web.dated import state_of, valid_said
from mingbai.web.manage import dated_rows as rows
from mingbai.web.manage.dated_forms import (
    ApprovalForm,
    BelongingForm,
    ClimbForm,
    CommitteeForm,
    ContactForm,
    CriterionForm,
    Dated,
    FilePartForm,
    GradeLineForm,
    LineForm,
    MatterForm,
    NumberForm,
    OpenForm,
    QuotaForm,
    RateForm,
    SoleFirmForm,
)
from mingbai.web.manage.deadlines import end_page
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.manage.ways import action, link
from mingbai.web.pages import Ask, Section, Sheet, Text


@dataclass(frozen=True)
class Table:
    """One dated table: its rows, how a row reads, the form and the action of a new one."""

    model: type[Model]
    title: Text
    add: Text
    columns: Sequence[Text]
    cells: Callable[[Any], list[Any]]
    form: type[Dated]
    begin: Callable[..., Any]


def _of_places(
    model: type[Model], title: Text, add: Text, form: type[Dated], begin: Callable[..., Any]
) -> Table:
    """Rows that name a place and nothing else."""
    return Table(
        model,
        title,
        add,
        (gettext_lazy("地区"),),
        lambda row: [row.region.name],
        form,
        lambda by, data: begin(by=by, **data),
    )


TABLES: dict[str, Table] = {
    "open": Table(
        OpenRule,
        gettext_lazy("公开数据"),
        gettext_lazy("改一个数"),
        (gettext_lazy("少于几个不公开"),),
        lambda row: [row.least],
        OpenForm,
        lambda by, data: set_open_rule(by=by, **data),
    ),
    "quota": Table(
        QuotaRule,
        gettext_lazy("到村服务应有多少"),
        gettext_lazy("改一个数"),
        (gettext_lazy("哪一项"), gettext_lazy("哪类村"), gettext_lazy("应有多少")),
        rows.quota_cells,
        QuotaForm,
        lambda by, data: set_quota(by=by, **data),
    ),
    "climb": Table(
        ClimbRule,
        gettext_lazy("超期几天督办"),
        gettext_lazy("改一个数"),
        (gettext_lazy("到哪一级"), gettext_lazy("超期几天")),
        lambda row: [row.get_rung_display(), row.days],
        ClimbForm,
        lambda by, data: set_climb(by=by, **data),
    ),
    "rate": Table(
        Rate,
        gettext_lazy("补贴标准"),
        gettext_lazy("登记标准"),
        (gettext_lazy("工作"), gettext_lazy("地区"), gettext_lazy("劳务费"), gettext_lazy("直接费用")),
        rows.rate_cells,
        RateForm,
        rows.begin_rate,
    ),
    "line": Table(
        HardshipLine,
        gettext_lazy("经济困难标准"),
        gettext_lazy("登记标准"),
        (gettext_lazy("地区"), gettext_lazy("平均每人每月收入不超过")),
        rows.line_cells,
        LineForm,
        lambda by, data: actions.set_line(by=by, **data),
    ),
    "matter": Table(
        Matter,
        gettext_lazy("事项"),
        gettext_lazy("增加事项"),
        (gettext_lazy("大白话"), gettext_lazy("事项"), gettext_lazy("分组"), gettext_lazy("条件")),
        rows.matter_cells,
        MatterForm,
        lambda by, data: actions.add_matter(by=by, terms=MatterTerms(**data)),
    ),
    "belonging": Table(
        Belonging,
        gettext_lazy("特定人员"),
        gettext_lazy("增加人员"),
        (gettext_lazy("大白话"), gettext_lazy("人员"), gettext_lazy("作用"), gettext_lazy("仅限事项")),
        rows.belonging_cells,
        BelongingForm,
        lambda by, data: actions.add_belonging(by=by, terms=BelongingTerms(**data)),
    ),
    "sole_firm": _of_places(
        SoleFirm,
        gettext_lazy("只有一家律所的县区"),
        gettext_lazy("登记县区"),
        SoleFirmForm,
        actions.name_sole_firm,
    ),
    "approval": _of_places(
        Approval,
        gettext_lazy("由负责人审批的地方"),
        gettext_lazy("登记审批办法"),
        ApprovalForm,
        actions.name_approval,
    ),
    "file_part": Table(
        FilePart,
        gettext_lazy("归档材料"),
        gettext_lazy("增加材料"),
        (gettext_lazy("材料"), gettext_lazy("仅限援助形式"), gettext_lazy("文件名里的词")),
        rows.part_cells,
        FilePartForm,
        rows.begin_part,
    ),
    "criterion": Table(
        Criterion,
        gettext_lazy("质量评估项目"),
        gettext_lazy("增加项目"),
        (gettext_lazy("评估项目"), gettext_lazy("满分"), gettext_lazy("怎样得分")),
        lambda row: [row.name, row.most, row.hint],
        CriterionForm,
        lambda by, data: actions.set_criterion(by=by, terms=CriterionTerms(**data)),
    ),
    "grade_line": Table(
        GradeLine,
        gettext_lazy("质量等次"),
        gettext_lazy("改一个等次"),
        (gettext_lazy("等次"), gettext_lazy("得分率不低于（%）")),
        lambda row: [row.get_grade_display(), row.least],
        GradeLineForm,
        lambda by, data: actions.set_grade_line(by=by, terms=GradeTerms(**data)),
    ),
    "contact": Table(
        HelpContact,
        gettext_lazy("求助单位"),
        gettext_lazy("增加单位"),
        (gettext_lazy("单位"), gettext_lazy("风险"), gettext_lazy("电话"), gettext_lazy("什么情况")),
        rows.contact_cells,
        ContactForm,
        lambda by, data: risks.add_contact(by=by, terms=HelpTerms(**data)),
    ),
    "number": Table(
        DayRule,
        gettext_lazy("服务日的数"),
        gettext_lazy("改一个数"),
        (gettext_lazy("哪个数"), gettext_lazy("地区"), gettext_lazy("数值")),
        rows.number_cells,
        NumberForm,
        lambda by, data: set_number(by=by, **data),
    ),
    "committee": Table(
        CommitteeRule,
        gettext_lazy("调委会的数"),
        gettext_lazy("改一个数"),
        (gettext_lazy("哪个数"), gettext_lazy("数值")),
        lambda row: [row.get_code_display(), row.amount],
        CommitteeForm,
        lambda by, data: set_committee_number(by=by, **data),
    ),
}


def _table(what: str) -> Table:
    if what not in TABLES:
        raise Http404
    return TABLES[what]


@dataclass(frozen=True)
class Book:
    """What stands on one page."""

    title: Text
    lead: Text
    tables: tuple[str, ...]


BOOKS: dict[str, Book] = {
    "oversight": Book(
        gettext_lazy("督办和到村服务规则"),
        gettext_lazy("超期几天督办，每类村每月、每季度应有多少。改，就是从某天起换一个数。"),
        ("climb", "quota"),
    ),
    "open": Book(
        gettext_lazy("公开数据规则"),
        gettext_lazy("公开数据里，少于几个的不公开，免得认出是谁。改，就是从某天起换一个数。"),
        ("open",),
    ),
    "aid": Book(
        gettext_lazy("法律援助条件"),
        gettext_lazy(
            "群众自己查“能不能申请法律援助”，用的就是这几张表。改，就是加一条新的：旧的到前一天失效。"
        ),
        ("line", "matter", "belonging", "sole_firm", "approval", "file_part", "criterion", "grade_line"),
    ),
    "help": Book(
        gettext_lazy("风险找谁"),
        gettext_lazy("办件提示风险时，页面上列出的单位和电话。把本地的单位、电话加进来，用不着的使它失效。"),
        ("contact",),
    ),
    "subsidy": Book(
        gettext_lazy("补贴标准"),
        gettext_lazy(
            "一件、一天、一个月多少钱。改，就是从某天起换一条；在那天以前指派的，仍按旧标准。不能有重叠，也不能有空档。"
        ),
        ("rate",),
    ),
    "days": Book(
        gettext_lazy("服务日规则"),
        gettext_lazy(
            "提前几天公布、一年至少几天、派人最远多少公里。县区可以有自己的数；改，就是从某天起换一个数。"
        ),
        ("number",),
    ),
    "mediation": Book(
        gettext_lazy("调委会规则"),
        gettext_lazy("委员几人、一届几年。不合的调委会会提示出来，不影响调解。"),
        ("committee",),
    ),
}


def _back(what: str) -> tuple[str, str]:
    code = next(code for code, book in BOOKS.items() if what in book.tables)
    return str(BOOKS[code].title), reverse("manage:dated", args=[code])


@staff(Permission.RULES_EDIT)
def book(request: HttpRequest, book: str) -> HttpResponse:
    own = keeper(request, Permission.RULES_EDIT)
    if book not in BOOKS:
        raise Http404
    shown = BOOKS[book]
    return Sheet(
        title=shown.title,
        lead=shown.lead,
        facts=(),
        back=(_("设置"), reverse("manage:home")),
        sections=[_section(what, TABLES[what], own) for what in shown.tables],
    ).show(request)


def _section(what: str, table: Table, own: Keeper) -> Section:
    rows = table.model._default_manager.all()  # in the order its Meta names
    if what in ("line", "number", "rate", "sole_firm", "approval"):
        rows = rows.select_related("region")
    return Section(
        title=table.title,
        columns=(*table.columns, _("依据"), _("施行")),
        rows=[_cells(what, table, row) for row in rows],
        actions=[action(table.add, "dated_new", what)] if own.is_city_wide else [],
        empty=_("还没有登记。"),
    )


def _cells(what: str, table: Table, row: Any) -> list[Any]:
    first, *rest = table.cells(row)
    return [link(first, "dated_entry", what, row.pk), *rest, row.source, valid_said(row)]


@staff(Permission.RULES_EDIT)
def entry(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    own, table = keeper(request, Permission.RULES_EDIT), _table(what)
    row: Any = get_object_or_404(table.model, pk=pk)
    cells = table.cells(row)
    facts = [*zip(table.columns, cells, strict=True), (_("依据"), row.source), (_("施行"), valid_said(row))]
    may = own.is_city_wide and row.valid_to is None
    return Sheet(
        title=cells[0],
        tags=[{"text": state_of(row, timezone.localdate()), "tone": ""}],
        facts=facts,
        back=_back(what),
        chain=f"rule:{row.TABLE}:{pk}",
        actions=[action(_("使失效"), "dated_end", what, pk, icon="x")] if may else [],
    ).show(request)


def _city_wide(request: HttpRequest) -> Keeper:
    own = keeper(request, Permission.RULES_EDIT)
    if not own.is_city_wide:
        raise Http404
    return own


@staff(Permission.RULES_EDIT)
def new(request: HttpRequest, what: str) -> HttpResponse:
    own, table = _city_wide(request), _table(what)

    def act(data: dict[str, Any]) -> str:
        made = table.begin(own.user.actor, data)
        return reverse("manage:dated_entry", args=[what, made.pk])

    return Ask(table.add, partial(table.form, own=own), act, _back(what)).show(request)


@staff(Permission.RULES_EDIT)
def end(request: HttpRequest, what: str, pk: int) -> HttpResponse:
    own, row = _city_wide(request), get_object_or_404(_table(what).model, pk=pk)
    return end_page(request, own, row, (_back(what)[0], reverse("manage:dated_entry", args=[what, pk])))
