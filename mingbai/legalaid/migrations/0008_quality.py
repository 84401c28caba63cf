"""Quality reviews of closed matters, with the sheet to begin with and their periods."""

import secrets

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from mingbai.legalaid.rules.periods import PERIODS
from mingbai.legalaid.rules.quality import CRITERIA, GRADES


def seed(apps, schema_editor):
    for name, rows in (("Criterion", CRITERIA), ("GradeLine", GRADES)):
        model = apps.get_model("legalaid", name)
        model.objects.bulk_create(model(**each.row()) for each in rows)
    rules = apps.get_model("cases", "DeadlineRule")
    known = set(rules.objects.values_list("code", flat=True))
    rules.objects.bulk_create(rules(**each.row()) for each in PERIODS if each.code not in known)
    # As places.actions.touch does: a process that is running reads the registers anew.
    apps.get_model("places", "Revision").objects.update_or_create(
        id=1, defaults={"token": secrets.token_hex(16)}
    )


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_several_engaged"),
        ("legalaid", "0007_half_day"),
        ("people", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Criterion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(max_length=32, verbose_name="代码")),
                ("name", models.CharField(max_length=120, verbose_name="评估项目")),
                (
                    "most",
                    models.PositiveSmallIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(100),
                        ],
                        verbose_name="满分",
                    ),
                ),
                ("hint", models.CharField(blank=True, max_length=200, verbose_name="怎样得分")),
                ("position", models.PositiveSmallIntegerField(default=100, verbose_name="次序")),
                ("source", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
            ],
            options={
                "verbose_name": "质量评估项目",
                "verbose_name_plural": "质量评估项目",
                "ordering": ["position", "code", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="aid_criterion_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="aid_criterion_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("most__gte", 1), ("most__lte", 100)), name="aid_criterion_most"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GradeLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "grade",
                    models.CharField(
                        choices=[
                            ("", "未评"),
                            ("excellent", "优秀"),
                            ("good", "良好"),
                            ("passed", "合格"),
                            ("failed", "不合格"),
                        ],
                        max_length=16,
                        verbose_name="等次",
                    ),
                ),
                (
                    "least",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="得分率不低于（%）",
                    ),
                ),
                ("source", models.CharField(max_length=300, verbose_name="依据")),
                ("valid_from", models.DateField(verbose_name="施行日期")),
                ("valid_to", models.DateField(blank=True, null=True, verbose_name="失效日期")),
            ],
            options={
                "verbose_name": "质量等次",
                "verbose_name_plural": "质量等次",
                "ordering": ["-least", "grade", "valid_from"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("source", ""), _negated=True), name="aid_grade_line_source"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_to__isnull", True),
                            ("valid_from__lte", models.F("valid_to")),
                            _connector="OR",
                        ),
                        name="aid_grade_line_order",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("grade__in", ["excellent", "good", "passed"])),
                        name="aid_grade_line_grade",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("least__lte", 100)), name="aid_grade_line_least"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Assessment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "picked",
                    models.CharField(
                        choices=[("sampled", "抽查"), ("chosen", "指定")],
                        max_length=16,
                        verbose_name="怎样选的",
                    ),
                ),
                ("seed", models.CharField(blank=True, max_length=64, verbose_name="抽签种子")),
                ("picked_by", models.CharField(max_length=64, verbose_name="选件人")),
                ("picked_at", models.DateTimeField(verbose_name="选件时间")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "待评估"),
                            ("rated", "已评定"),
                            ("objected", "异议待复核"),
                            ("settled", "异议已复核"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="状态",
                    ),
                ),
                ("sheet", models.JSONField(default=list, verbose_name="评分")),
                (
                    "grade",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未评"),
                            ("excellent", "优秀"),
                            ("good", "良好"),
                            ("passed", "合格"),
                            ("failed", "不合格"),
                        ],
                        max_length=16,
                        verbose_name="等次",
                    ),
                ),
                ("text_sealed", models.BinaryField(default=b"", verbose_name="评语")),
                ("rated_at", models.DateTimeField(blank=True, null=True, verbose_name="评定时间")),
                ("object_by", models.DateTimeField(blank=True, null=True, verbose_name="异议截止")),
                ("objection_sealed", models.BinaryField(default=b"", verbose_name="异议")),
                ("objected_at", models.DateTimeField(blank=True, null=True, verbose_name="异议时间")),
                ("answer_sealed", models.BinaryField(default=b"", verbose_name="复核意见")),
                (
                    "grade_before",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "未评"),
                            ("excellent", "优秀"),
                            ("good", "良好"),
                            ("passed", "合格"),
                            ("failed", "不合格"),
                        ],
                        max_length=16,
                        verbose_name="原等次",
                    ),
                ),
                ("judged_by", models.CharField(blank=True, max_length=64, verbose_name="复核人")),
                ("judged_at", models.DateTimeField(blank=True, null=True, verbose_name="复核时间")),
                (
                    "assignment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="assessment",
                        to="legalaid.assignment",
                        verbose_name="承办",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aid_assessments",
                        to="cases.case",
                        verbose_name="办件",
                    ),
                ),
                (
                    "reviewer",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="aid_assessments",
                        to="people.worker",
                        verbose_name="评估人",
                    ),
                ),
            ],
            options={
                "verbose_name": "质量评估",
                "verbose_name_plural": "质量评估",
                "ordering": ["-picked_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("grade", ""), ("rated_at__isnull", True), ("state", "open")),
                            models.Q(
                                models.Q(("state", "open"), _negated=True),
                                models.Q(("grade", ""), _negated=True),
                                ("rated_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="aid_assessment_rated",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "settled"), _negated=True),
                            ("judged_at__isnull", False),
                            _connector="OR",
                        ),
                        name="aid_assessment_judged",
                    ),
                ],
            },
        ),
        migrations.RunPython(seed, migrations.RunPython.noop),
    ]
