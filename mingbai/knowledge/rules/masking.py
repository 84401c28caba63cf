"""Names, telephones and numbers out of a text before it is kept as a question and answer for everybody."""

import re
from collections.abc import Iterable

_BEFORE, _AFTER = r"(?<![0-9])", r"(?![0-9])"
_ROOM = r"(?:号|栋|幢|楼|单元|室|门)"
_PLATE = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

# Numbers first the long ones: an ID card holds what looks like a telephone.
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), "（邮箱）"),
    (re.compile(r"https?://[^\s，。；、）)]+|www\.[^\s，。；、）)]+", re.I), "（网址）"),
    (
        re.compile(_BEFORE + r"[1-9]\d{5}[ -]?(?:19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[0-9Xx]" + _AFTER),
        "（证件号）",
    ),
    (re.compile(_BEFORE + r"(?:[0-9][ -]?){15,19}" + _AFTER), "（账号）"),
    (re.compile(_BEFORE + r"(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}" + _AFTER), "（电话）"),
    (re.compile(_BEFORE + r"0\d{2,3}[ -]?\d{7,8}" + _AFTER), "（电话）"),
    (re.compile(_BEFORE + r"[2-9]\d{6,7}(?![0-9年月日元米块万.])"), "（电话）"),
    (re.compile(rf"[{_PLATE}][A-Za-z][·・ ]?[A-HJ-NP-Za-hj-np-z0-9]{{5,6}}"), "（车牌）"),
    (
        re.compile(r"(?:微信|qq|支付宝|wechat|v信)(?:号|账号)?\s*(?:是|为|[:：])?\s*[a-z0-9_-]{5,20}", re.I),
        "（账号）",
    ),
    (
        re.compile(
            r"[一-龥]{2,12}(?:路|街|巷|胡同|大道|小区|花园|新村)[一-龥0-9-]{0,12}?"
            rf"\d+\s*{_ROOM}(?:[0-9-]+\s*{_ROOM})*"
        ),
        "（住址）",
    ),
)

_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦昌"
    "马苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕罗毕郝安常乐于傅皮齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄臧计成戴"
    "宋庞熊纪舒屈项祝董梁杜阮蓝闵季贾路江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯卢莫房解应宗丁宣邓"
    "郁单洪包左石崔吉龚程邢裴陆荣翁荀羊甄曲封储靳段富焦巴牧谷车侯全班秋仲伊宫宁仇武符刘景龙叶司黎薄白"
    "蒲卓池乔闻党翟谭贡姬申冉边燕尚温庄晏柴瞿阎连习艾鱼容向古易慎戈廖终居衡步都耿满弘匡文寇广东欧沃利"
    "蔚越隆师巩聂晁敖融冷辛阚那简饶曾关荆游权盖益桓公佟"
)
_NAME = rf"(?:欧阳|上官|司马|诸葛|皇甫|尉迟|[{_SURNAMES}])[一-龥]{{1,2}}"
_AFTER_NAME = "是在于和与跟的了今现因向被把从住欠给说要想去有男女先同不没也就还都"
_END = rf"(?=$|[\s，。；、,.;:：（）()！!？?{_AFTER_NAME}])"
_SAYS = (
    "我叫 我是 名叫 名字叫 叫做 本人 姓名 户名 联系人 当事人 申请人 被告 原告 老板 经理 房东 丈夫 "
    "妻子 老公 老婆 儿子 女儿 邻居 同事"
).split()
_NAMED: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(rf"(?P<said>(?:{'|'.join(_SAYS)})\s*[:：]?\s*)(?:{_NAME}){_END}"), r"\g<said>某某"),
    (
        re.compile(
            rf"(?:{_NAME}|[{_SURNAMES}])"
            r"(?P<title>先生|女士|小姐|师傅|老板|经理|同志|律师|法官|大爷|大妈|阿姨|叔叔)"
        ),
        r"某某\g<title>",
    ),
)
_NARROW = {
    wide: wide - 0xFEE0 for wide in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
"""Full-width digits and letters; Chinese punctuation stays as it is."""
MASKED = "某某"


def masked(text: str, names: Iterable[str] = ()) -> str:
    """Return the text without telephones, numbers of cards and plates, addresses, accounts, and names.

    `names` are those the matter is known to be about: they go wherever they stand, in their parts' order.
    Names that nobody told are found by surname and by what stands before or after; a reviewer reads the rest.
    """
    text = text.translate(_NARROW)
    for name in sorted({name.strip() for name in names if len(name.strip()) > 1}, key=len, reverse=True):
        text = text.replace(name.translate(_NARROW), MASKED)
    for pattern, instead in (*_PATTERNS, *_NAMED):
        text = pattern.sub(instead, text)
    return text
