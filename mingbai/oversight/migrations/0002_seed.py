"""What a plain `migrate` leaves: quotas, the ladder of supervision, the standards; editable from then on."""

import secrets

from django.db import migrations

from mingbai.oversight.rules import climbing, quotas, standard


def seed(apps, schema_editor):
    for name, seeds in (("QuotaRule", quotas.SEED), ("ClimbRule", climbing.SEED)):
        model = apps.get_model("oversight", name)
        if not model.objects.exists():
            model.objects.bulk_create(model(**each.row()) for each in seeds)
    deadlines = apps.get_model("cases", "DeadlineRule")
    if not deadlines.objects.filter(code=climbing.REPLY).exists():
        deadlines.objects.create(**climbing.REPLY_TERMS.row())
    standards(apps.get_model("oversight", "Standard"), apps.get_model("oversight", "Criterion"))
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


def standards(model, lines):
    if model.objects.exists():
        return
    for tier, terms in standard.SEED.items():
        row = model.objects.create(
            tier=tier, name=standard.NAMES[tier], source=standard.SOURCE, valid_from=standard.SINCE
        )
        lines.objects.bulk_create(
            lines(standard=row, **each.row(number)) for number, each in enumerate(terms, start=1)
        )


class Migration(migrations.Migration):
    dependencies = [
        ("oversight", "0001_initial"),
        ("cases", "0006_figures_by_place"),
        ("places", "0002_seed"),
    ]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
