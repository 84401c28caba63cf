"""Fifty real questions that must find a given article, where the questions and laws are at hand.

Only their ids and the articles' names stand here. They are questions that the search answers: the test tells
when a change makes it forget, not how well it does on questions in general (`make bench` measures that).
"""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.management import call_command

from mingbai.core.actor import SYSTEM
from mingbai.knowledge.actions import import_laws
from mingbai.knowledge.learning.rows import read_rows
from mingbai.knowledge.learning.training import figures
from mingbai.knowledge.queries import article_texts, search
from mingbai.knowledge.queries.learned import laws_today

DATA = Path(house.BASE_DIR).parent / "shared" / "data"
QUESTIONS, LAWS = DATA / "consultations_dev.jsonl", DATA / "laws"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (QUESTIONS.is_file() and LAWS.is_dir()), reason="../shared/data (questions, laws) is not at hand"
    ),
]

WANTED = [
    ("c43ba744322", "中华人民共和国劳动合同法第八十五条"),
    ("c0bd854b069", "中华人民共和国劳动合同法第十七条"),
    ("c01d1fc3a73", "中华人民共和国劳动合同法第四十七条"),
    ("c0c2b880c8c", "中华人民共和国劳动合同法第四十七条"),
    ("c1004626289", "中华人民共和国劳动合同法第四十七条"),
    ("c17dd5971fc", "中华人民共和国劳动合同法第四十七条"),
    ("c2a148c557c", "中华人民共和国劳动合同法第四十七条"),
    ("c41e53100ef", "中华人民共和国劳动合同法第四十七条"),
    ("c6910380422", "中华人民共和国劳动合同法第四十七条"),
    ("c6f0584030b", "中华人民共和国劳动合同法第四十七条"),
    ("c5cdf03fb12", "中华人民共和国劳动合同法第四十二条"),
    ("c530caf3c5d", "中华人民共和国劳动合同法第四条"),
    ("c3d88827ff2", "中华人民共和国民事诉讼法第二百条"),
    ("c003d6f6826", "中华人民共和国民法典第一千一百二十七条"),
    ("c05d8e2fa15", "中华人民共和国民法典第一千一百二十七条"),
    ("c0ee597e88b", "中华人民共和国民法典第一千一百四十五条"),
    ("c0fe05a4c31", "中华人民共和国民法典第一千二百零三条"),
    ("c02b6e76dc5", "中华人民共和国民法典第一千零七十九条"),
    ("c095a7f1f5f", "中华人民共和国民法典第一千零七十九条"),
    ("c0989998d73", "中华人民共和国民法典第一千零七十九条"),
    ("c0b20f725c3", "中华人民共和国民法典第一千零七十九条"),
    ("c0123222114", "中华人民共和国民法典第七百七十八条"),
    ("c042ce5a6cd", "中华人民共和国民法典第七百四十九条"),
    ("c0a3facf60d", "中华人民共和国民法典第九百五十七条"),
    ("c04fcd8a007", "中华人民共和国民法典第二百二十一条"),
    ("c108fb13b38", "中华人民共和国民法典第八百九十八条"),
    ("c10ffc6e21b", "中华人民共和国民法典第六百九十九条"),
    ("c8035e61a00", "中华人民共和国道路交通安全法第一百一十九条"),
    ("c6cf7d1a749", "中华人民共和国道路交通安全法第七十六条"),
    ("c72fc0e7888", "中华人民共和国道路交通安全法第七十六条"),
    ("c8b19414040", "中华人民共和国道路交通安全法第七十六条"),
    ("caa4311b52f", "中华人民共和国道路交通安全法第七十六条"),
    ("c03e25ed1fc", "中华人民共和国道路交通安全法第九十一条"),
    ("c172d778e28", "中华人民共和国道路交通安全法第九十一条"),
    ("c1e87a5cb83", "中华人民共和国道路交通安全法第九十一条"),
    ("c1fbb564fe3", "中华人民共和国道路交通安全法第九十一条"),
    ("c77818beb8c", "中华人民共和国道路交通安全法第九十一条"),
    ("c7f52921aac", "中华人民共和国道路交通安全法第九十一条"),
    ("cae8d4f39f4", "中华人民共和国道路交通安全法第九十一条"),
    ("c01a78b1a52", "工伤保险条例第三十七条"),
    ("c074e8c39d7", "工伤保险条例第三十七条"),
    ("c20c3c4874b", "工伤保险条例第三十七条"),
    ("c46d9a9f850", "工伤保险条例第三十七条"),
    ("c59f616286c", "工伤保险条例第三十七条"),
    ("c604eb677a8", "工伤保险条例第三十七条"),
    ("c61bd8c70a7", "工伤保险条例第三十七条"),
    ("c6ae07b58f0", "工伤保险条例第三十七条"),
    ("c347d0eede9", "工伤保险条例第三十条"),
    ("c25829d7d11", "工伤保险条例第十四条"),
    ("c76531ca63d", "工伤保险条例第十四条"),
]


def test_fifty_real_questions_find_their_article():
    import_laws(by=SYSTEM, files={path.name: path.read_text("utf-8") for path in LAWS.glob("*.md")})
    assert len(article_texts()) == 3_189
    rows = (json.loads(line) for line in QUESTIONS.read_text("utf-8").splitlines())
    texts = {row["id"]: row["text"] for row in rows}
    lost = [
        (one, article)
        for one, article in WANTED
        if article not in [hit.title for hit in search(texts[one], kinds=("article",), limit=10)]
    ]
    assert len(WANTED) == 50
    assert lost == []


def test_find_articles_over_the_real_questions_finds_more_than_half(tmp_path: Path):
    """Without a model, among the first ten; the figure itself: `make bench ARGS=knowledge_learned`."""
    import_laws(by=SYSTEM, files={path.name: path.read_text("utf-8") for path in LAWS.glob("*.md")})
    laws = laws_today()
    held = {ref for ref, _text in laws.articles}
    answered = laws.answered(read_rows(QUESTIONS, field="law"))
    judged = [(row, right) for row, refs in answered if (right := held & set(refs))]
    asked, out = tmp_path / "asked.jsonl", StringIO()
    lines = (json.dumps({"id": row.id, "text": row.text}, ensure_ascii=False) for row, _right in judged)
    asked.write_text("\n".join(lines), encoding="utf-8")
    call_command("find_articles", str(asked), "-k", "10", stdout=out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["id"] for one in found] == [row.id for row, _right in judged] and len(found) > 1_000
    told = figures([one["articles"] for one in found], [sorted(right) for _row, right in judged])
    print(f"find_articles: {len(found)} questions, {told}")
    assert told["found_at_10"] >= 0.55
