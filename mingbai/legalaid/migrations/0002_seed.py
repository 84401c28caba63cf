"""What a plain `migrate` leaves: the matters and groups of the Legal Aid Law, editable from then on."""

from django.db import migrations

from mingbai.legalaid.rules.catalogue import BELONGINGS, MATTERS


def seed(apps, schema_editor):
    for name, seeds in (("Matter", MATTERS), ("Belonging", BELONGINGS)):
        model = apps.get_model("legalaid", name)
        if not model.objects.exists():
            model.objects.bulk_create(model(**each.row()) for each in seeds)


class Migration(migrations.Migration):
    dependencies = [("legalaid", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
