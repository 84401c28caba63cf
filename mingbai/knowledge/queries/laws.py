"""Articles as they hold today: for reading, and for what is learned from them."""

from datetime import date

from django.utils import timezone

from mingbai.knowledge.models import Article


def article_texts(on: date | None = None) -> list[tuple[str, str]]:
    """Return (ref, text) of every article in force that day (default today), by law and number.

    ref = full title + 第…条 in Chinese numerals: "中华人民共和国民法典第一千零七十九条".
    """
    rows = Article.objects.in_force(on or timezone.localdate()).select_related("law")
    return [(row.ref, row.text) for row in rows.order_by("law__title", "number", "suffix", "id")]
