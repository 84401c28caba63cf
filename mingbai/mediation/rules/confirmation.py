"""Joint confirmation by the court (人民调解法 Art. 33): what it does not confirm, and the papers for it."""

from collections.abc import Collection, Mapping
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.refused import Refused
from mingbai.mediation.enums import Unfit

_RULES = gettext_lazy("最高人民法院《关于人民调解协议司法确认程序的若干规定》（2011）第四条")
_LATER = gettext_lazy("《民事诉讼法》司法解释第三百五十五条（未核到原文）")

SOURCES: Mapping[str, object] = {
    Unfit.STATUS: _RULES,
    Unfit.TITLE: _LATER,
    Unfit.NOT_COURT: _RULES,
    Unfit.SPECIAL: _LATER,
}
"""Why a court does not confirm it: Unfit → source."""

PAPERS = (
    gettext_lazy("司法确认申请书（双方签字）"),
    gettext_lazy("调解协议"),
    gettext_lazy("双方的身份证明"),
    gettext_lazy("与协议有关的财产权利证明"),
    gettext_lazy("双方的送达地址、电话"),
)
"""What the court wants with it (the rules of 2011, Art. 3); it costs nothing."""


def check_fit(unfit: Collection[str]) -> None:
    """Raises Refused "not_confirmable" with what stands in the way."""
    if not unfit:
        return
    what = "；".join(str(Unfit(code).label) for code in unfit)
    raise Refused(_("这份协议法院不予确认：%(what)s。") % {"what": what}, code="not_confirmable")


def check_in_time(on: date, until: date | None) -> None:
    """Raises Refused "too_late" after the thirty days."""
    if until is not None and on > until:
        raise Refused(
            _("共同申请司法确认的三十日已到 %(day)s 为止，法院不再受理。") % {"day": until.isoformat()},
            code="too_late",
            do=_("协议仍然有效；一方不履行的，另一方可以向法院起诉。"),
        )


def check_joint(asking: Collection[int], parties: Collection[int]) -> None:
    """Raises Refused "not_joint": one alone cannot ask for it."""
    if set(parties) - set(asking):
        raise Refused(_("司法确认要各方当事人共同申请，还有人没有同意。"), code="not_joint", field="asking")
