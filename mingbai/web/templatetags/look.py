"""Small filters and tags of the design system: icons, numbers, dates, form controls, the rail."""

import datetime as dt
from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    ChoiceWidget,
    RadioSelect,
)
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core import when
from mingbai.core.crypto import keyring
from mingbai.core.numbers import group_number
from mingbai.people.perms import can

register = template.Library()

# (icon, label, url name): an entry shows once its page exists.
RAIL = (
    ("list-details", gettext_lazy("办件"), "desk:home"),
    ("door", gettext_lazy("来访"), "door:home"),
    ("headset", gettext_lazy("热线"), "seat:home"),
    ("scale", gettext_lazy("法援"), "aid:home"),
    ("heart-handshake", gettext_lazy("调解"), "mediation:home"),
    ("bus", gettext_lazy("服务日"), "days:home"),
    ("book", gettext_lazy("知识"), "desk:knowledge"),
    ("flag", gettext_lazy("监督"), "oversight:villages"),
    ("table", gettext_lazy("补贴"), "pay:mine"),
    ("chart-bar", gettext_lazy("数据"), "board:home"),
    ("settings", gettext_lazy("设置"), "manage:home"),
)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite; without a label it is decoration and hidden from screen readers."""
    href = f"{static('built/icons.svg')}#{name}"
    if label:
        return format_html(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, href
        )
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', href)


@register.filter
def grouped(number: object) -> str:
    """2611234567894 → 2611 2345 6789 4: read and typed in fours."""
    return group_number("".join(str(number).split()))


@register.filter
def initial(name: object) -> str:
    """The family name in a round: the first character."""
    return str(name)[:1]


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """11月23日 周一; another year is named. Nothing for nothing."""
    if not value:
        return ""
    date = timezone.localdate(value) if isinstance(value, dt.datetime) else value
    return when.day(date, today=timezone.localdate())


@register.filter
def moment(value: dt.datetime | None) -> str:
    """11月23日 周一 14:30; today is called so."""
    if not value:
        return ""
    local = timezone.localtime(value)
    if local.date() == timezone.localdate():
        return _("今天 %(time)s") % {"time": local.strftime("%H:%M")}
    return when.moment(value)


@register.filter
def html_lang(code: str) -> str:
    """Django's language code as the lang attribute browsers and screen readers know."""
    return {"zh-hans": "zh-CN"}.get(code, code)


@register.filter
def control(field: BoundField) -> SafeString:
    """A form field's widget in Tabler's classes; Django itself adds the aria attributes."""
    widget = field.field.widget
    if isinstance(widget, (RadioSelect, CheckboxSelectMultiple)):
        css = "c-choices"
    elif isinstance(widget, CheckboxInput):
        css = "c-tick"
    elif isinstance(widget, ChoiceWidget):
        css = "form-select"
    else:
        css = "form-control"
    return field.as_widget(attrs={"class": f"{widget.attrs.get('class', '')} {css}".strip()})


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """A single tick box has its label behind it."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def beside(left: Iterable[Any], right: Iterable[Any]) -> list[tuple[Any, Any]]:
    """Pairs of two lists of the same length."""
    return list(zip(left, right, strict=True))


@register.simple_tag
def site_name(city: str = "") -> str:
    """抚顺市 → 抚顺公共法律服务: what the service calls itself."""
    return _("%(city)s公共法律服务") % {"city": city.removesuffix("市")}


@register.simple_tag
def box_key() -> str:
    """The house's public key in base64, for which phones close what waits on them."""
    return b64encode(keyring().box_key()).decode()


def _is_shown(view: Any, user: Any) -> bool:
    """By the view's permission; a view for several of them says itself whom it is shown to."""
    if hasattr(view, "shown_to"):
        return bool(view.shown_to(user))
    permission = getattr(getattr(view, "access", None), "permission", None)
    return permission is None or can(user, permission)


@register.simple_tag
def way(request: HttpRequest, name: str) -> str:
    """The address of a page that exists and that this person may call, else ""."""
    try:
        url = reverse(name)
    except NoReverseMatch:
        return ""
    return url if _is_shown(resolve(url).func, request.user) else ""


@register.simple_tag
def rail(request: HttpRequest) -> list[dict[str, Any]]:
    """The desk's main ways this person may go; `current`: the longest address that the page's begins with."""
    entries: list[dict[str, Any]] = []
    for sign, label, name in RAIL:
        if url := way(request, name):
            entries.append({"icon": sign, "label": label, "url": url, "current": False})
    here = [entry for entry in entries if request.path.startswith(entry["url"])]
    if here:
        max(here, key=lambda entry: len(entry["url"]))["current"] = True
    return entries
