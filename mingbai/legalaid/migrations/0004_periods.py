"""The periods of legal aid as rules of time; an application for every matter that is open and not decided."""

import secrets

from django.db import migrations

from mingbai.legalaid.rules.periods import PERIODS

STAGES = {"received": "applied", "accepted": "accepted", "waiting": "asked", "in_progress": "review"}


def seed(apps, schema_editor):
    rules = apps.get_model("cases", "DeadlineRule")
    known = set(rules.objects.values_list("code", flat=True))
    rules.objects.bulk_create(rules(**each.row()) for each in PERIODS if each.code not in known)
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


def enrol(apps, schema_editor):
    """Matters opened before the line had rows: those answered already stay with the trunk."""
    cases, applications = apps.get_model("cases", "Case"), apps.get_model("legalaid", "Application")
    for state, stage in STAGES.items():
        found = cases.objects.filter(kind="legal_aid", state=state, stage="")
        applications.objects.bulk_create(
            applications(case_id=pk) for pk in found.values_list("pk", flat=True)
        )
        found.update(stage=stage)


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0003_applications"),
        ("cases", "0005_message_progress"),
        ("places", "0002_seed"),
    ]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(enrol, migrations.RunPython.noop),
    ]
