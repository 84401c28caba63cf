"""The engine's full-text tables, the index's one row, and the first synonyms (editable from then on)."""

from django.db import migrations

from mingbai.knowledge.fulltext import engine
from mingbai.knowledge.rules.synonyms import SEED


def seed(apps, schema_editor):
    for slot in (0, 1):
        engine().create(slot)
    apps.get_model("knowledge", "IndexState").objects.get_or_create(id=1)
    synonym = apps.get_model("knowledge", "Synonym")
    synonym.objects.bulk_create([synonym(lay=lay, legal=legal) for lay, legal in SEED], ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0001_initial")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]
