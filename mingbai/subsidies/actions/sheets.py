"""The sheet of a month: what was earned by its end and stands in no sheet; made once, never changed."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.journal.actions import write
from mingbai.places.models import Region
from mingbai.subsidies.enums import PieceState
from mingbai.subsidies.models import Sheet
from mingbai.subsidies.queries import due_pieces, last_day


@transaction.atomic
def make_sheet(*, by: Actor, region: Region, month: int, at: datetime | None = None) -> Sheet:
    """Everything of the place that was earned by the end of the month (yyyymm) and stands in no sheet.

    Raises Refused "month_running", "sheet_made", "nothing_due".
    """
    at = at or timezone.now()
    if timezone.localdate(at) <= last_day(month):
        raise Refused(_("这个月还没有过完。"), code="month_running", field="month")
    # Whoever makes a sheet of the place waits here, and then sees the other's.
    Region.objects.select_for_update(of=("self",)).get(pk=region.pk)
    if Sheet.objects.filter(region=region, month=month).exists():
        raise Refused(_("这个月的发放表已经做过。"), code="sheet_made", field="month")
    due = due_pieces(region.pk, month).select_for_update(of=("self",)).order_by("pk")
    amounts = dict(due.values_list("pk", "amount"))
    if not amounts:
        raise Refused(_("这个月没有要发放的。"), code="nothing_due", field="month")
    # Added here and not by the database: SQLite adds in floating point.
    whole = sum(amounts.values(), Decimal(0))
    sheet = Sheet.objects.create(
        region=region, month=month, count=len(amounts), total=whole, made_by=by.name, made_at=at
    )
    due_pieces(region.pk, month).update(state=PieceState.SHEETED, sheet=sheet)
    if sheet.pieces.count() != len(amounts):
        raise Refused(_("制表时有记录变了，请再点一次。"), code="changed_meanwhile")
    data = {"region": region.pk, "month": month, "count": sheet.count, "total": str(sheet.total)}
    write(chain=sheet.chain, verb="sheet.made", by=by, at=at, data=data)
    return sheet
