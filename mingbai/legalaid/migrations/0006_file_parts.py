"""The parts of a closed file: a table, and what a plain `migrate` leaves in it, editable from then on."""

from django.db import migrations, models

from mingbai.legalaid.rules.file import PARTS


def seed(apps, schema_editor):
    model = apps.get_model("legalaid", "FilePart")
    if not model.objects.exists():
        model.objects.bulk_create(model(**each.row()) for each in PARTS)


class Migration(migrations.Migration):
    dependencies = [
        ("legalaid", "0005_phase"),
    ]

    operations = [
        migrations.CreateModel(
            name="FilePart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, verbose_name="代码")),
                ("name", models.CharField(max_length=120, verbose_name="材料")),
                (
                    "forms",
                    models.JSONField(
                        blank=True, default=list, help_text="空着是都要", verbose_name="仅限援助形式"
                    ),
                ),
                (
                    "sources",
                    models.JSONField(
                        blank=True, default=list, help_text="空着是都要", verbose_name="仅限来源"
                    ),
                ),
                ("signs", models.JSONField(blank=True, default=list, verbose_name="系统里已有的")),
                ("words", models.JSONField(blank=True, default=list, verbose_name="文件名里的词")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="次序")),
                ("source", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
            ],
            options={
                "verbose_name": "法律援助归档材料",
                "verbose_name_plural": "法律援助归档材料",
                "ordering": ["position", "code", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="aid_file_part_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="aid_file_part_order",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
