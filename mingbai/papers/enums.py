"""In which form a paper comes, how it stands, what a field holds, what a line of a template becomes."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Format(TextChoices):
    PDF = "pdf", "PDF"
    DOCX = "docx", "DOCX"


class PaperState(TextChoices):
    ISSUED = "issued", _("已出具")
    VOID = "void", _("已作废")


class Mark(TextChoices):
    """What is printed across a page that is no paper to go by."""

    NONE = "", ""
    SAMPLE = "样张", "样张"
    DRAFT = "草稿", "草稿"
    VOID = "作废", "作废"
