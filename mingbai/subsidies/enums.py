"""What is paid for, how a rate is told apart, how a piece of work stands."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Work(TextChoices):
    """司发通〔2019〕27号: cases by the piece, duty by the day; 人民调解法 Art. 16: lost working time."""

    AID_CASE = "aid_case", _("法律援助办案（件）")
    HOTLINE_DUTY = "hotline_duty", _("热线值班（工作日）")
    WINDOW_DUTY = "window_duty", _("窗口值班（工作日）")
    SERVICE_DAY = "service_day", _("公共法律服务日（天）")
    ADVISER_MONTH = "adviser_month", _("村(居)法律顾问（月）")
    MEDIATION = "mediation", _("人民调解（件）")


class Stage(TextChoices):
    """Of a case one stage is one piece; of a mediation its difficulty stands here, of duty half a day."""

    ANY = "", _("不分")
    INVESTIGATION = "investigation", _("侦查")
    PROSECUTION = "prosecution", _("审查起诉")
    FIRST = "first", _("一审")
    SECOND = "second", _("二审")
    RETRIAL = "retrial", _("再审")
    ARBITRATION = "arbitration", _("仲裁")
    ENFORCEMENT = "enforcement", _("执行")
    NON_LITIGATION = "non_litigation", _("非诉讼")
    SIMPLE = "simple", _("简易纠纷")
    ORDINARY = "ordinary", _("一般纠纷")
    DIFFICULT = "difficult", _("疑难纠纷")
    MAJOR = "major", _("重大纠纷")
    HALF_DAY = "half_day", _("半天值班")


NOT_OF_CASES = frozenset({Stage.SIMPLE, Stage.ORDINARY, Stage.DIFFICULT, Stage.MAJOR, Stage.HALF_DAY})


class Area(TextChoices):
    ANY = "", _("不分")
    OWN = "own", _("本县区")
    CROSS_COUNTY = "cross_county", _("跨县区")
    CROSS_CITY = "cross_city", _("跨市")


class Grade(TextChoices):
    """Of a quality review; without one a piece counts as passed."""

    NONE = "", _("未评")
    EXCELLENT = "excellent", _("优秀")
    GOOD = "good", _("良好")
    PASSED = "passed", _("合格")
    FAILED = "failed", _("不合格")


class PieceState(TextChoices):
    PROMISED = "promised", _("在办，待核定")
    EARNED = "earned", _("待发放")
    SHEETED = "sheeted", _("已列入发放表")
    DROPPED = "dropped", _("不发")
