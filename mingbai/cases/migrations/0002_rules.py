"""What a plain `migrate` leaves: the dated rules of time and routing, with their sources."""

import secrets

from django.db import migrations

from mingbai.cases.rules.seeds import DEADLINES, ROUTES


def seed(apps, schema_editor):
    deadlines = apps.get_model("cases", "DeadlineRule")
    if not deadlines.objects.exists():
        deadlines.objects.bulk_create(deadlines(**each.row()) for each in DEADLINES)
    routes = apps.get_model("cases", "RoutingRule")
    if not routes.objects.exists():
        routes.objects.bulk_create(routes(**each.row()) for each in ROUTES)
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("places", "0002_seed")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
