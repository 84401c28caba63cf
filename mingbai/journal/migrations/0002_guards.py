"""The database refuses to change history, and knows the key its data is written with."""

from django.conf import settings
from django.db import migrations
from django.utils import timezone

from mingbai.core.crypto import key_check
from mingbai.journal.guards import drop_guards, raise_guards


def note_key(apps, schema_editor):
    noted = {"fingerprint": key_check(settings.MINGBAI_KEY), "made_at": timezone.now()}
    apps.get_model("journal", "KeyCheck").objects.get_or_create(id=1, defaults=noted)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, schema_editor: raise_guards(schema_editor.connection),
            lambda apps, schema_editor: drop_guards(schema_editor.connection),
        ),
        migrations.RunPython(note_key, migrations.RunPython.noop),
    ]
