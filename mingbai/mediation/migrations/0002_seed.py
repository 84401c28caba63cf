"""The periods of mediation as rules of time, the numbers of committees; a row for every matter still open."""

import secrets

from django.db import migrations

from mingbai.mediation.rules.seeds import NUMBERS, PERIODS

STAGES = {"received": "requested", "accepted": "accepted", "waiting": "asked", "in_progress": "preparing"}

FIRST = ("members_least", "members_most", "term_years")  # what the column takes as of 0001


def seed(apps, schema_editor):
    rules = apps.get_model("cases", "DeadlineRule")
    known = set(rules.objects.values_list("code", flat=True))
    rules.objects.bulk_create(rules(**each.row()) for each in PERIODS if each.code not in known)
    numbers = apps.get_model("mediation", "CommitteeRule")
    numbers.objects.bulk_create(numbers(**each.row()) for each in NUMBERS if each.code in FIRST)
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


def enrol(apps, schema_editor):
    """Matters opened before the line had rows: those answered already stay with the trunk."""
    cases, rows = apps.get_model("cases", "Case"), apps.get_model("mediation", "Mediation")
    for state, stage in STAGES.items():
        found = cases.objects.filter(kind="mediation", state=state, stage="")
        rows.objects.bulk_create(rows(case_id=pk) for pk in found.values_list("pk", flat=True))
        found.update(stage=stage)


class Migration(migrations.Migration):
    dependencies = [
        ("mediation", "0001_initial"),
        ("cases", "0007_several_engaged"),
        ("places", "0002_seed"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(enrol, migrations.RunPython.noop),
    ]
