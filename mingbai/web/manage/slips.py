"""One-time sign-in slips of a station, to print and hand over."""

from functools import partial
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.models import Worker
from mingbai.people.roles import Permission
from mingbai.people.slips import slips_page
from mingbai.web.access import staff
from mingbai.web.manage.reach import Keeper, keeper
from mingbai.web.pages import Ask


class SlipForm(forms.Form):
    station = forms.ChoiceField(label=gettext_lazy("哪个站点的人"))

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        super().__init__(*args, **options)
        staffed = frozenset(
            Worker.objects.filter(station__in=own.stations, is_active=True, user__is_active=True).values_list(
                "station", flat=True
            )
        )
        self.fields["station"].choices = [("", _("请选择")), *own.station_choices(staffed)]  # type: ignore[attr-defined]


@staff(Permission.PEOPLE_EDIT)
def slips(request: HttpRequest) -> HttpResponse:
    own = keeper(request, Permission.PEOPLE_EDIT)

    def act(data: dict[str, Any]) -> HttpResponse:
        printed = actions.make_slips(by=own.user.actor, workers=_with_sign_in(data["station"]))
        if not printed:
            raise Refused(
                _(
                    "这个站点没有能用登录条的人：要双因素登录的、还没有登录名的、权限超出您管理范围的人都不能用。"
                ),
                code="nobody",
                field="station",
            )
        response = HttpResponse(slips_page(printed, site_url=request.build_absolute_uri("/")))
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    lead = _(
        "每人一张，扫码登录一次，七天内有效；重新制作，旧的随即作废。还没有登录名的人，请系统管理员先建立、安全管理员授权。"
    )
    values = {"station": request.GET.get("station", "")}
    return Ask(
        _("登录条"),
        partial(SlipForm, own=own, initial=values),
        act,
        (_("设置"), reverse("manage:home")),
        button=_("制作并打印"),
        lead=lead,
    ).show(request)


def _with_sign_in(station: str) -> QuerySet[Worker]:
    found = Worker.objects.filter(station=station, is_active=True, user__is_active=True)
    ordered: QuerySet[Worker] = found.select_related("user", "region", "station").order_by("code")
    return ordered
