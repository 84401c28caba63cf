"""Forms of the dated tables: what every dated row is asked for, and what each table asks besides."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from mingbai.knowledge.enums import Risk
from mingbai.legalaid.enums import Form, Ground, Group, Role, Source
from mingbai.legalaid.models import Matter
from mingbai.mediation.enums import RuleCode as CommitteeCode
from mingbai.oversight.enums import QuotaCode, Rung, VillageClass
from mingbai.places.models import Region
from mingbai.servicedays.enums import RuleCode
from mingbai.subsidies.enums import Area, Grade, Stage, Work
from mingbai.web.forms import DayField, WordsField
from mingbai.web.manage.reach import Keeper


class Dated(forms.Form):
    """What every dated row is asked for."""

    source = WordsField(
        label=gettext_lazy("依据"), most=300, rows=2, help_text=gettext_lazy("文件名、文号、第几条。")
    )
    valid_from = DayField(label=gettext_lazy("从哪天起施行"))

    def __init__(self, *args: Any, own: Keeper, **options: Any) -> None:
        options["initial"] = {"valid_from": timezone.localdate()}
        super().__init__(*args, **options)
        self.own = own


class Named(Dated):
    code = forms.SlugField(
        label=gettext_lazy("代码"), max_length=32, help_text=gettext_lazy("同一代码的旧条目到前一天失效。")
    )
    name = WordsField(label=gettext_lazy("法律怎么说"), most=120)
    plain = WordsField(label=gettext_lazy("群众怎么说"), most=120)


class MatterForm(Named):
    group = forms.ChoiceField(label=gettext_lazy("分组"), choices=Group.choices)
    ground = forms.ChoiceField(label=gettext_lazy("条件"), choices=Ground.choices)
    field_order = ("code", "group", "name", "plain", "ground")


class BelongingForm(Named):
    role = forms.ChoiceField(label=gettext_lazy("作用"), choices=Role.choices)
    only_for = forms.MultipleChoiceField(
        label=gettext_lazy("仅限哪些事项"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选，就是都适用。"),
    )
    paper = WordsField(label=gettext_lazy("用什么证明"), most=200, required=False)
    field_order = ("code", "role", "name", "plain", "only_for", "paper")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = Matter.objects.valid_on(timezone.localdate()).values_list("code", "plain")
        self.fields["only_for"].choices = list(rows)  # type: ignore[attr-defined]

    def clean_only_for(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data["only_for"])


class FilePartForm(Dated):
    code = forms.SlugField(
        label=gettext_lazy("代码"), max_length=32, help_text=gettext_lazy("同一代码的旧条目到前一天失效。")
    )
    name = WordsField(label=gettext_lazy("材料"), most=120)
    sorts = forms.MultipleChoiceField(
        label=gettext_lazy("仅限哪些援助形式"),
        choices=Form.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选，就是都适用。"),
    )
    sources = forms.MultipleChoiceField(
        label=gettext_lazy("仅限哪些来源"),
        choices=Source.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("都不选，就是都适用。"),
    )
    words = WordsField(
        label=gettext_lazy("文件名里的词"),
        most=200,
        help_text=gettext_lazy("用空格隔开。材料的文件名里有其中一个词，就算已有。"),
    )
    field_order = ("code", "name", "sorts", "sources", "words")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["forms"] = tuple(data.pop("sorts", ()))
        data["sources"] = tuple(data.get("sources", ()))
        data["words"] = tuple(data.get("words", "").split())
        return data


class LineForm(Dated):
    region = forms.ChoiceField(label=gettext_lazy("哪里"))
    amount = forms.DecimalField(
        label=gettext_lazy("平均每人每月收入不超过（元）"), min_value=1, max_digits=9, decimal_places=2
    )
    field_order = ("region", "amount")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = self.own.region_choices("city", "county")  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class SoleFirmForm(Dated):
    region = forms.ChoiceField(label=gettext_lazy("哪里"))
    field_order = ("region",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = self.own.region_choices("county")  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class ApprovalForm(Dated):
    region = forms.ChoiceField(
        label=gettext_lazy("哪里"),
        help_text=gettext_lazy("登记以后，承办人不能自己决定给予援助或者转交，要另一位有审批权限的人来定。"),
    )
    field_order = ("region",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = self.own.region_choices("city", "county")  # type: ignore[attr-defined]

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class ContactForm(Dated):
    risk = forms.ChoiceField(label=gettext_lazy("风险"), choices=Risk.choices)
    name = WordsField(label=gettext_lazy("单位"), most=64)
    phone = forms.CharField(label=gettext_lazy("电话"), max_length=32, required=False)
    when = WordsField(label=gettext_lazy("什么情况找它"), most=200, rows=2)
    field_order = ("risk", "name", "phone", "when")


MONEY = ("fee", "direct", "per_extra", "most_extra", "excellent", "good", "failed")


def _yuan(label: Any) -> forms.DecimalField:
    return forms.DecimalField(label=label, min_value=0, max_digits=9, decimal_places=2, initial=0)


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=300, initial=100)


class NumberForm(Dated):
    code = forms.ChoiceField(label=gettext_lazy("哪个数"), choices=RuleCode.choices)
    region = forms.ChoiceField(label=gettext_lazy("哪里"), required=False)
    amount = forms.IntegerField(label=gettext_lazy("数值"), min_value=0, max_value=1000)
    field_order = ("code", "region", "amount")

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        counties = self.own.region_choices("county")
        self.fields["region"].choices = [("", gettext_lazy("全市")), *counties]  # type: ignore[attr-defined]

    def clean_region(self) -> Region | None:
        return Region.objects.filter(code=self.cleaned_data["region"]).first()


KINDS = [("", gettext_lazy("不分")), *Form.choices]


class RateForm(Dated):
    region = forms.ChoiceField(label=gettext_lazy("哪里"))
    work = forms.ChoiceField(label=gettext_lazy("工作"), choices=Work.choices)
    kind = forms.ChoiceField(
        label=gettext_lazy("援助形式"), choices=[("", gettext_lazy("不分")), *Form.choices]
    )
    stage = forms.ChoiceField(label=gettext_lazy("阶段或难度"), choices=Stage.choices)
    area = forms.ChoiceField(label=gettext_lazy("地域"), choices=Area.choices)
    fee = _yuan(gettext_lazy("劳务费（元）"))
    direct = _yuan(gettext_lazy("直接费用（元）"))
    per_extra = _yuan(gettext_lazy("每增加一个受援人（元）"))
    most_extra = forms.IntegerField(label=gettext_lazy("最多加几人"), min_value=0, max_value=1000, initial=0)
    excellent = _percent(gettext_lazy("优秀按百分之几"))
    good = _percent(gettext_lazy("良好按百分之几"))
    failed = _percent(gettext_lazy("不合格按百分之几"))
    field_order = ("region", "work", "kind", "stage", "area", *MONEY)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["region"].choices = self.own.region_choices("city", "county")  # type: ignore[attr-defined]
        for name in ("kind", "stage", "area"):
            self.fields[name].required = False

    def clean_region(self) -> Region:
        return Region.objects.get(code=self.cleaned_data["region"])


class CriterionForm(Dated):
    code = forms.SlugField(
        label=gettext_lazy("代码"), max_length=32, help_text=gettext_lazy("和旧的一样，就是改那一项。")
    )
    name = forms.CharField(label=gettext_lazy("评估项目"), max_length=120)
    most = forms.IntegerField(label=gettext_lazy("满分"), min_value=1, max_value=100)
    hint = forms.CharField(label=gettext_lazy("怎样得分"), max_length=200, required=False)
    position = forms.IntegerField(label=gettext_lazy("次序"), min_value=0, max_value=9999, initial=100)
    field_order = ("code", "name", "most", "hint", "position")


class GradeLineForm(Dated):
    grade = forms.ChoiceField(
        label=gettext_lazy("等次"), choices=[one for one in Grade.choices if one[0] not in ("", "failed")]
    )
    least = forms.IntegerField(label=gettext_lazy("得分率不低于（%）"), min_value=0, max_value=100)
    field_order = ("grade", "least")


class OpenForm(Dated):
    least = forms.IntegerField(label=gettext_lazy("少于几个不公开"), min_value=2, max_value=100)
    field_order = ("least",)


class QuotaForm(Dated):
    code = forms.ChoiceField(label=gettext_lazy("哪一项"), choices=QuotaCode.choices)
    village_class = forms.ChoiceField(
        label=gettext_lazy("哪类村"),
        choices=[("", gettext_lazy("没有另定的各类村")), *VillageClass.choices],
        required=False,
    )
    amount = forms.IntegerField(label=gettext_lazy("应有多少"), min_value=0, max_value=1000)
    field_order = ("code", "village_class", "amount")


class ClimbForm(Dated):
    rung = forms.ChoiceField(label=gettext_lazy("到哪一级"), choices=Rung.choices)
    days = forms.IntegerField(label=gettext_lazy("超期几天"), min_value=1, max_value=365)
    field_order = ("rung", "days")


class CommitteeForm(Dated):
    code = forms.ChoiceField(label=gettext_lazy("哪个数"), choices=CommitteeCode.choices)
    amount = forms.IntegerField(label=gettext_lazy("数值"), min_value=0, max_value=99)
    field_order = ("code", "amount")
