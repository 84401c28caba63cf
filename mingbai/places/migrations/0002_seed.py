"""What a plain `migrate` leaves: the calendar of working days, the lines each tier must offer, the token."""

import secrets

from django.db import migrations

from mingbai.core.statutory import seed_calendar
from mingbai.places.rules.lines import SEED

FIRST_YEAR, LAST_YEAR = 2018, 2030


def seed(apps, schema_editor):
    day = apps.get_model("places", "CalendarDay")
    day.objects.bulk_create(
        [
            day(
                date=date,
                is_workday=entry.workday,
                name=entry.name,
                is_estimated=entry.estimated,
                source=source,
            )
            for date, entry, source in seed_calendar(FIRST_YEAR, LAST_YEAR)
        ],
        ignore_conflicts=True,
    )
    standard = apps.get_model("places", "LineStandard")
    standard.objects.bulk_create(standard(tier=row.tier, line=row.line, source=row.source) for row in SEED)
    apps.get_model("places", "Revision").objects.get_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


class Migration(migrations.Migration):
    dependencies = [("places", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
