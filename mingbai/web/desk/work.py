"""The work list and the search: which matters wait, and which one was meant."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.cases.queries import find, inbox, shown, waiting_on_residents, work_groups
from mingbai.core.numbers import clean_number, is_number
from mingbai.core.pagination import page_of
from mingbai.people.perms import can
from mingbai.people.roles import Permission
from mingbai.web.access import HtmxRequest, staff
from mingbai.web.desk.reach import Here
from mingbai.web.desk.worklist import (
    FilterForm,
    Wanted,
    chips_of,
    groups_of,
    row_of,
    rows_wanted,
    wanted,
    without,
)
from mingbai.web.ways import tab

PAGE = 50


@staff(Permission.CASE_SEE)
def home(request: HtmxRequest) -> HttpResponse:
    """My work list; on a wide screen the matter named by `open` stands beside it."""
    here = Here(request.user)  # type: ignore[arg-type]
    form = FilterForm(request.GET, here)
    asked = wanted(form, here)
    page = page_of(rows_wanted(asked, here), request.GET, PAGE)
    opened = clean_number(request.GET.get("open", ""))
    context = {
        "post": here.post,
        "form": form,
        "chips": chips_of(form, request.GET),
        "clear_url": f"?whose={asked.whose}",
        "page": page,
        "groups": groups_of(page.items, here, opened),
        "tabs": _tabs(asked, here),
        "waiting": _waiting(request, asked, here),
        "is_waiting": asked.filters.waiting == "resident",
        "open_url": reverse("desk:case", args=[opened]) if is_number(opened) else "",
        "empty": _empty(asked, bool(form.changed_data)),
        "here_url": request.get_full_path(),
    }
    return render(request, "desk/_work.html" if request.htmx else "desk/work.html", context)


def _tabs(asked: Wanted, here: Here) -> list[dict[str, Any]]:
    """Whose matters; with how many wait on us, and what waits to be accepted."""
    groups = work_groups(here.user, "station" if here.stations else "all")
    counts = {name: shown(count) for name, count in groups.items()}
    offers = inbox(here.user).count()
    tabs: list[tuple[str, str, object]] = []
    if here.worker and can(here.user, Permission.CASE_WORK):
        tabs.append(("mine", _("我的"), counts["mine"]))
    if here.stations:
        tabs.append(("unowned", _("没人接办"), counts["unowned"]))
        tabs.append(("station", _("本站全部"), counts["waiting"]))
    if not here.stations or asked.whose == "all":
        tabs.append(("all", _("辖区全部"), "" if here.stations else counts["waiting"]))
    rows = [
        tab(label, f"?whose={code}", current=asked.whose == code, count=count) for code, label, count in tabs
    ]
    if here.stations:
        rows.append(tab(_("待签收"), reverse("desk:inbox"), count=offers))
    return rows


def _waiting(request: HtmxRequest, asked: Wanted, here: Here) -> dict[str, Any] | None:
    """One line instead of a long group: what stands still until the resident answers."""
    if asked.filters.waiting != "station" or asked.whose == "unowned":
        return None
    count = waiting_on_residents(here.user, asked.filters.scope)
    base = without(request.GET, "wait", "open")
    return (
        {"count": shown(count), "url": f"{base}{'&' if len(base) > 1 else ''}wait=resident"}
        if count
        else None
    )


def _empty(asked: Wanted, filtered: bool) -> dict[str, str]:
    if filtered:
        return {"title": _("没有这样的办件"), "text": _("换一个条件，或去掉几个筛选再看。")}
    if asked.whose == "mine":
        return {"title": _("您手上没有要办的事"), "text": _("没人接办的在旁边一栏；新来的会自己出现在这里。")}
    return {"title": _("这里没有要办的事"), "text": _("新来的办件会自己出现在这里。")}


@staff(Permission.CASE_SEE)
def search(request: HtmxRequest) -> HttpResponse:
    """By number, phone, ID number or whole name; a number that is found opens at once.

    The page's own form sends a POST: no phone and no name in an address.
    """
    here = Here(request.user)  # type: ignore[arg-type]
    text = (request.POST.get("q") or request.GET.get("q", "")).replace("\x00", "").strip()[:80]
    found = find(text, here.user) if text else []
    if len(found) == 1 and is_number(clean_number(text)):
        return redirect("desk:case", found[0].number)
    now = timezone.now()
    context = {
        "post": here.post,
        "text": text,
        "rows": [row_of(case, here, now) for case in found],
        "count": len(found),
    }
    return render(request, "desk/search.html", context)
