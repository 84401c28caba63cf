"""What work is paid for in the demo city, and last month's sheets."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from mingbai.core.refused import Refused
from mingbai.places.models import Region
from mingbai.subsidies import actions
from mingbai.subsidies.enums import Stage, Work
from mingbai.subsidies.rules import Terms
from mingbai.web.demo.city import CITY, COUNTY, DEMO, user_of

SOURCE = "演示：数额由本市财政和司法行政部门定"
_BACK = timedelta(days=120)
_FEES = {
    (Work.AID_CASE, Stage.ANY): 1800,
    (Work.HOTLINE_DUTY, Stage.ANY): 300,
    (Work.WINDOW_DUTY, Stage.ANY): 200,
    (Work.SERVICE_DAY, Stage.ANY): 300,
    (Work.ADVISER_MONTH, Stage.ANY): 500,
    (Work.MEDIATION, Stage.SIMPLE): 100,
    (Work.MEDIATION, Stage.ORDINARY): 300,
    (Work.MEDIATION, Stage.DIFFICULT): 600,
}


def live() -> None:
    """Rates of the city since a while ago, by which all that was worked is priced; a sheet of last month."""
    city, at = Region.objects.get(code=CITY), timezone.now() - _BACK
    for (work, stage), fee in _FEES.items():
        terms = Terms(fee=Decimal(fee), excellent=110, failed=50)
        since = timezone.localdate(at)
        actions.set_rate(
            by=DEMO, region=city, work=work, stage=stage, terms=terms, source=SOURCE, valid_from=since, at=at
        )
    last = timezone.localdate().replace(day=1) - timedelta(days=1)
    try:
        county = Region.objects.get(code=COUNTY)
        actions.make_sheet(by=user_of("finance").actor, region=county, month=last.year * 100 + last.month)
    except Refused:
        return  # the demo's weeks all lie in this month
