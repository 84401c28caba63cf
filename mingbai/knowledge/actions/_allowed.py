"""Who may act on knowledge, asked again inside the actions: pages are not the only door."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.people.models import User


def require(by: Actor, may: Callable[[User], bool]) -> None:
    """The machine may (imports, the content a city starts with), people by their grants, others never.

    Raises Refused "not_allowed".
    """
    if by.kind == "system" or (isinstance(by.user, User) and may(by.user)):
        return
    raise Refused(
        _("您没有这项权限，或者这不归您管的区划。"),
        code="not_allowed",
        do=_("请找管理知识库的同事办，或请安全管理员授权。"),
    )
