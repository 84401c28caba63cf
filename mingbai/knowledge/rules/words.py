"""Text to words: normalised, cut by rjieba with our domain words, without what says nothing in a search."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

DOMAIN_WORDS = (
    "村居律师 村居法律顾问 法律明白人 公共法律服务 法律援助 法律援助中心 法援 人民调解 人民调解员 "
    "调解委员会 司法确认 司法鉴定 司法所 律师函 公证处 公证书 诉前调解 劳动仲裁 劳动合同 劳动报酬 "
    "拖欠工资 拖欠劳动报酬 双倍工资 二倍工资 经济补偿 经济补偿金 赔偿金 加班费 工伤认定 劳动能力鉴定 "
    "停工留薪期 未签劳动合同 农民工工资 离婚冷静期 夫妻共同财产 夫妻共同债务 抚养费 抚养权 探望权 "
    "赡养费 彩礼 家庭暴力 人身安全保护令 遗嘱继承 法定继承 代位继承 遗赠扶养协议 意定监护 "
    "无民事行为能力 限制民事行为能力 诉讼时效 民间借贷 借条 欠条 保证责任 连带责任 不当得利 无因管理 "
    "居住权 宅基地 土地承包 承包经营权 相邻关系 物业服务 物业费 业主大会 业主委员会 建设工程 "
    "租赁合同 买卖合同 违约金 定金 交通事故 交通事故责任认定 机动车 道路交通事故 医疗事故 消费者权益 "
    "惩罚性赔偿 个人信息 名誉权 肖像权 隐私权 行政复议 行政诉讼 行政处罚 信访 取保候审 社区矫正 "
    "民法典 劳动合同法 劳动法 民事诉讼法 法律援助法 人民调解法 未成年人保护法 老年人权益保障法 "
    "妇女权益保障法 反家庭暴力法 工伤保险条例 消费者权益保护法 道路交通安全法 行政复议法 "
    "个人信息保护法 不予受理 强制执行 失信被执行人 财产保全 先予执行 支付令 管辖权 网上立案"
).split()
"""Words of the field that the dictionary does not know or would cut apart."""

STOPWORDS = frozenset(
    (
        "的 了 和 是 就 都 而 及 与 着 或 我 你 他 她 它 我们 你们 他们 吗 呢 吧 啊 呀 嘛 么 之 在 有 也 "
        "不 人 上 到 说 要 去 会 好 没有 看 自己 这 那 这个 那个 什么 怎么 怎么办 如何 怎样 哪些 哪个 "
        "请问 您好 你好 谢谢 可以 能 能否 是否 可不可以 能不能 想 现在 一个 被 把 给 让 对 从 为 以 等 "
        "其 该 还 又 很 再 才 但 但是 因为 所以 如果 那么 的话 应该 应当 需要 关于 问题 情况 时候 问 "
        "咨询 律师 一下 多少 为什么 还是 已经 之后 以后 后 前 中 里 时 个 第 条 这样 这种 那样 进行 方面 "
        "知道 请 帮 帮忙 多久 哪里 谁 几"
    ).split()
)
"""What laypeople's questions are full of and what tells no text from another."""

# Bidirectional and zero-width marks, controls: they change what is seen, never what is meant.
_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u00ad\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[0-9a-zà-öø-ÿ]+|[\u3400-\u9fff\U00020000-\U0003134f]+|[^\W_]+")
MOST_CHARACTERS = 10_000
MOST_LETTERS = 40
"""A word longer than that is no word (a link, a hash): cut, so that no index is filled with it."""


@lru_cache(maxsize=1)
def _jieba() -> Any:
    """The dictionary, 33 MB: loaded by the first text that is cut, not by every process of the house.

    The module's own instance, since another one would cost as much again.
    """
    import rjieba

    for word in DOMAIN_WORDS:
        rjieba.add_word(word, 20_000, "n")
    return rjieba


def clean(text: str, *, most: int = MOST_CHARACTERS) -> str:
    """NFKC, lower case, without invisible marks, blanks in one; at most `most` characters.

    >>> clean("  ＡＢＣ\\u202e　法律\\n援助 ")
    'abc 法律 援助'
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[: most * 2]))
    return _BLANKS.sub(" ", text).strip().lower()[:most]


def cut(text: str) -> list[str]:
    """Every word of a text in its order, long words whole; punctuation falls away.

    >>> cut("村居律师：拖欠工资38条!")
    ['村居律师', '拖欠工资', '38', '条']
    """
    return _letters(_jieba().cut(clean(text)))


def words(text: str) -> list[str]:
    """Every word of a text for an index, in rjieba's search mode: long words and the words in them.

    >>> words("拖欠劳动报酬")
    ['拖欠', '劳动', '报酬', '劳动报', '拖欠劳动报酬']
    """
    return _letters(_jieba().cut_for_search(clean(text)))


def content_words(text: str) -> list[str]:
    """`words` without stopwords: what a question is about. Repetitions stay (they count in BM25)."""
    return [word for word in words(text) if word not in STOPWORDS]


def question_words(text: str) -> list[str]:
    """The words one searches with: long words whole, no stopwords, each once, in their order.

    A text of stopwords only keeps them: "你好" is searched for, and finds what it finds.
    """
    found = list(dict.fromkeys(cut(text)))
    return [word for word in found if word not in STOPWORDS] or found


def _letters(pieces: list[str]) -> list[str]:
    return [word[:MOST_LETTERS] for piece in pieces for word in _WORD.findall(piece)]
