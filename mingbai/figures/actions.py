"""What writes: the province's table, and letters as they are issued."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.checks import clean_text
from mingbai.core.refused import Refused
from mingbai.figures.letter import definition_of, figures_of, pieces, plain
from mingbai.figures.models import IssuedLetter, OpenRule, PeerMonth
from mingbai.figures.rules import Period
from mingbai.journal.actions import write
from mingbai.journal.models import Entry
from mingbai.places.actions import begin_rule
from mingbai.places.models import Region


@transaction.atomic
def land_peer_month(
    *, by: Actor, month: int, city: str, offered: int, answered: int, source: str
) -> PeerMonth:
    """One row of the province's table; a corrected one replaces it, with an entry.

    Raises Refused "bad_number", "bad_month".
    """
    if answered > offered:
        raise Refused(_("接通量大于呼入量。"), code="bad_number", field="answered")
    if not (1990 <= month // 100 <= timezone.localdate().year + 1 and 1 <= month % 100 <= 12):
        raise Refused(_("月份不对：%(month)s") % {"month": month}, code="bad_month", field="month")
    row = PeerMonth.objects.select_for_update().filter(month=month, city=city).first()
    before = [row.offered, row.answered] if row else None
    row = row or PeerMonth(month=month, city=city)
    row.offered, row.answered, row.source = offered, answered, source
    row.save()
    if before != [offered, answered]:
        data = {"from": before, "to": [offered, answered], "source": source}
        write(chain=row.chain, verb="peer.published", by=by, at=timezone.now(), data=data)
    return row


@transaction.atomic
def set_open_rule(
    *, by: Actor, least: int, source: str, valid_from: date, at: datetime | None = None
) -> OpenRule:
    """From how many on a count is published from a day on. Raises Refused "rule_past", "bad_rule"."""
    rule = OpenRule(least=least, source=clean_text(source, most=300, field="source"), valid_from=valid_from)
    data = {"least": least, "source": rule.source}
    same = OpenRule.objects.all()
    made: OpenRule = begin_rule(rule=rule, same=same, by=by, data=data, at=at or timezone.now())
    return made


@transaction.atomic
def issue_letter(
    *,
    by: Actor,
    number: str,
    title: str,
    year: int,
    period: Period,
    region: Region,
    paragraphs: Sequence[str],
    at: datetime | None = None,
) -> IssuedLetter:
    """Keep the letter as it is sent: number, words, figures, definitions, and up to which entry it counted.

    `paragraphs` hold {key} where figures stand. Raises Refused "unknown_figure", "number_taken", "empty".
    """
    at = at or timezone.now()
    figures = figures_of(period)
    plainly = {key: plain(value.value) for key, value in figures.items()}
    texts = [clean_text(text, most=2000, field="paragraphs") for text in paragraphs if text.strip()]
    if not texts:
        raise Refused(_("正文不能是空的。"), code="empty", field="paragraphs")
    for text in texts:
        pieces(text, plainly)
    letter = IssuedLetter(
        number=clean_text(number, most=64, field="number"),
        title=clean_text(title, most=200, field="title"),
        region=region, year=year, first=period.first, last=period.last, paragraphs=texts,
        figures={
            key: {"value": plainly[key], "numerator": value.numerator, "denominator": value.denominator}
            for key, value in figures.items()
        },
        definitions={key: definition_of(key) for key in figures},
        position=Entry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0,
        issued_by=by.name, issued_at=at,
    )  # fmt: skip
    _save(letter)
    data = {"number": letter.number, "region": region.pk, "year": year, "position": letter.position}
    write(chain=letter.chain, verb="letter.issued", by=by, at=at, data=data)
    return letter


def _save(letter: IssuedLetter) -> None:
    try:
        with transaction.atomic():
            letter.save(force_insert=True)
    except IntegrityError:
        raise Refused(
            _("文号“%(number)s”已经用过。") % {"number": letter.number}, code="number_taken", field="number"
        ) from None
