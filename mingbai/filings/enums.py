"""How one record stands with the other system."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FilingState(TextChoices):
    NOT_SENT = "not_sent", _("没有报送")
    SENT = "sent", _("已报送")
    CONFIRMED = "confirmed", _("已核对一致")
    DIFFERS = "differs", _("不一致")
