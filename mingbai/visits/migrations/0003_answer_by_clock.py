"""The day of a proposal and of a promise moves to the clock of its matter, under a rule of its own."""

import secrets
from datetime import datetime, time, timedelta

from django.db import migrations, models
from django.utils import timezone

from mingbai.cases.rules.seeds import DEADLINES, PROMISE, PROPOSAL

SORTS = (PROPOSAL, PROMISE)
ROWS = [each for each in DEADLINES if each.kind == "opinion" and each.stage in SORTS]


def seed(apps, schema_editor):
    rules = apps.get_model("cases", "DeadlineRule")
    known = set(rules.objects.filter(kind="opinion").values_list("code", "stage"))
    rules.objects.bulk_create(rules(**each.row()) for each in ROWS if (each.code, each.stage) not in known)
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


def end_of(day):
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def move(apps, schema_editor):
    """Ended matters keep the clocks that they were measured by; those that run get the day that was shown.

    The warning of it comes a day before; with the next notice of days off it is set by the working days.
    """
    opinions = apps.get_model("visits", "Opinion").objects.filter(source__in=SORTS, due_on__isnull=False)
    rules = apps.get_model("cases", "DeadlineRule").objects.filter(code="answer", kind="opinion")
    rule_of = dict(rules.filter(stage__in=SORTS, valid_to=None).values_list("stage", "pk"))
    clocks = apps.get_model("cases", "Clock").objects.filter(rule__code="answer", done_at=None, subject="")
    for opinion in opinions.select_related("case").iterator():
        due = end_of(opinion.due_on)
        clocks.filter(case=opinion.case).update(
            rule_id=rule_of[opinion.source],
            until=opinion.due_on,
            due_at=due,
            soon_at=end_of(opinion.due_on - timedelta(days=2)) + timedelta(seconds=1),
            is_estimated=False,
        )
        _settle(opinion.case, opinion.source, clocks.model)
    opinions.filter(source=PROPOSAL).update(due_on=None)


def _settle(case, stage, model):
    running = model.objects.filter(case=case, done_at=None, is_paused=False).order_by("due_at")
    case.stage, first = case.stage or stage, running.first()
    case.due_at = first.due_at if first else None
    case.save(update_fields=["stage", "due_at"])


def back(apps, schema_editor):
    """The day of a proposal stands on the opinion again."""
    opinions = apps.get_model("visits", "Opinion").objects.filter(source=PROPOSAL, due_on=None)
    clocks = apps.get_model("cases", "Clock").objects
    for opinion in opinions.iterator():
        until = clocks.filter(case=opinion.case_id, until__isnull=False).values_list("until", flat=True)
        opinion.due_on = until.first()
        opinion.save(update_fields=["due_on"])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_set_day"),
        ("places", "0003_outline"),
        ("visits", "0002_tours_pairing_promises"),
    ]

    operations = [
        migrations.AlterField(
            model_name="opinion",
            name="due_on",
            field=models.DateField(blank=True, null=True, verbose_name="答应的日期"),
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunPython(move, back),
    ]
