"""What a plain `migrate` leaves: the office's numbers for service days, editable from then on."""

from django.db import migrations

from mingbai.servicedays.rules.terms import SEED


def seed(apps, schema_editor):
    model = apps.get_model("servicedays", "DayRule")
    if not model.objects.exists():
        model.objects.bulk_create(model(**each.row()) for each in SEED)


class Migration(migrations.Migration):
    dependencies = [("servicedays", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
