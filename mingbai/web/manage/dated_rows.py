"""How the rows of the dated tables read, and how two of them begin."""

from typing import Any

from django.utils.translation import gettext as _

from mingbai.cases.models import HelpContact
from mingbai.legalaid import actions
from mingbai.legalaid.enums import Form
from mingbai.legalaid.models import (
    Belonging,
    FilePart,
    HardshipLine,
    Matter,
)
from mingbai.legalaid.rules.file import PartTerms
from mingbai.oversight.models import QuotaRule
from mingbai.servicedays.models import DayRule
from mingbai.subsidies.actions import set_rate
from mingbai.subsidies.models import Rate
from mingbai.subsidies.rules import Terms as RateTerms
from mingbai.web.manage.dated_forms import (
    MONEY,
)


def matter_cells(row: Matter) -> list[Any]:
    return [row.plain, row.name, row.get_group_display(), row.get_ground_display()]


def belonging_cells(row: Belonging) -> list[Any]:
    limited = "、".join(row.only_for) or _("都适用")
    return [row.plain, row.name, row.get_role_display(), limited]


def part_cells(row: FilePart) -> list[Any]:
    forms = "、".join(str(Form(code).label) for code in row.forms) or _("都适用")
    return [row.name, forms, "、".join(row.words)]


def line_cells(row: HardshipLine) -> list[Any]:
    return [row.region.name, _("%(amount)s 元") % {"amount": f"{row.amount.normalize():f}"}]


def contact_cells(row: HelpContact) -> list[Any]:
    return [row.name, row.get_risk_display(), row.phone, row.when]


def number_cells(row: DayRule) -> list[Any]:
    return [row.get_code_display(), row.region.name if row.region else _("全市"), row.amount]


def rate_cells(row: Rate) -> list[Any]:
    sort = (row.get_work_display(), row.kind and Form(row.kind).label, row.stage and row.get_stage_display())
    more = (row.area and row.get_area_display(),)
    name = " ".join(str(part) for part in (*sort, *more) if part)
    return [name, row.region.name, f"{row.fee:,.2f}", f"{row.direct:,.2f}"]


def begin_rate(by: Any, data: dict[str, Any]) -> Rate:
    terms = RateTerms(**{name: data.pop(name) for name in MONEY})
    return set_rate(by=by, terms=terms, **data)


def begin_part(by: Any, data: dict[str, Any]) -> FilePart:
    """What the system recognises by itself stays with the code: the page asks only for words."""
    last = FilePart.objects.filter(code=data["code"]).order_by("valid_from").last()
    return actions.add_file_part(by=by, terms=PartTerms(**data, signs=tuple(last.signs) if last else ()))


def quota_cells(row: QuotaRule) -> list[Any]:
    which = row.get_village_class_display() if row.village_class else _("没有另定的各类村")
    return [row.get_code_display(), which, row.amount]
