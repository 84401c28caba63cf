"""How every page names a matter."""

from django.utils.translation import gettext as _

from mingbai.cases.kinds import KINDS
from mingbai.cases.models import Case


def kind_label(case: Case) -> str:
    return str(KINDS.get(case.kind).label)


def title_of(case: Case) -> str:
    """The resident's own words, one line of them."""
    return str(case.summary or _("（没有写下诉求）"))
