"""What figures count, and in which unit."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Unit(TextChoices):
    TIMES = "times", _("次")
    PERSON_TIMES = "person_times", _("人次")
    MATTERS = "matters", _("件")
    COPIES = "copies", _("份")
    PIECES = "pieces", _("个")
    PEOPLE = "people", _("人")
    DAYS = "days", _("场")
    PLACE = "place", _("位")
    YUAN = "yuan", _("元")
    SPAN_DAYS = "span_days", _("天")
    SECONDS = "seconds", _("秒")


class Counts(TextChoices):
    """One matter that came by 12345, telephone and window is three contacts and one matter."""

    CONTACTS = "contacts", _("按接触计，一事多次来各算一次")
    MATTERS = "matters", _("按事项计，并单的不重复算")
    STOCK = "stock", _("期末时点数")
