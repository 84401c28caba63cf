"""Laws come in by folder: repeatable, amendments dated, all or nothing; content and index together."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from mingbai.core.refused import Refused
from mingbai.journal.models import Entry
from mingbai.knowledge import actions
from mingbai.knowledge.actions import _index
from mingbai.knowledge.models import Article, Document, Law
from mingbai.knowledge.queries import article_texts, search
from tests.knowledge.factories import FIRST_DAY, LAW, TITLE, amended, article, bring, last_entry, make_answer
from tests.people.factories import make_town

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def refs(text: str) -> list[str]:
    return [hit.title for hit in search(text, kinds=("article",))]


def refused(code: str, text: str, **more: object) -> Refused:
    with pytest.raises(Refused) as reason:
        bring(text, **more)
    assert reason.value.code == code
    return reason.value


def state() -> tuple:
    rows = list(Article.objects.order_by("pk").values_list("pk", "text", "valid_from", "valid_to"))
    return rows, list(Document.objects.order_by("pk").values_list("pk", "title", "body"))


def test_a_law_comes_in_with_articles_dates_index_and_history():
    done = bring()
    assert [(one.title, one.is_new, len(one.new), one.on) for one in done.changes] == [
        (TITLE, True, 5, FIRST_DAY)
    ]
    assert article(3, 1).ref == f"{TITLE}第三条之一"
    assert {one.valid_from for one in Article.objects.order_by("pk")} == {FIRST_DAY}
    assert refs("拖欠 劳动报酬")[0] == f"{TITLE}第二条"
    assert last_entry(f"law:{Law.objects.get().pk}").verb == "law.imported"


def test_a_second_import_changes_nothing_and_writes_nothing():
    bring()
    before, entries = state(), Entry.objects.count()
    change = bring().changes[0]
    assert (change.new, change.changed, change.vanished, change.unchanged) == ((), (), (), 5)
    assert (state(), Entry.objects.count()) == (before, entries)


def test_an_amendment_closes_the_old_wording_and_opens_the_new():
    bring()
    change = bring(amended("提前三十日", "提前十五日")).changes[0]
    assert (change.changed, change.on, change.unchanged) == (("第三条",), date(2024, 5, 1), 4)
    old = Article.objects.exclude(valid_to=None).get()
    assert (old.valid_to, article(3).valid_from) == (date(2024, 4, 30), date(2024, 5, 1))
    assert [hit.ref for hit in search("十五日", kinds=("article",))] == [str(article(3).pk)]
    assert refs("三十日") == []
    assert not Document.objects.filter(kind="article", ref=str(old.pk)).exists()


def test_the_day_of_an_amendment_may_be_told_and_lie_ahead():
    bring()
    ahead = timezone.localdate() + 30 * DAY
    bring(amended("提前三十日", "提前十五日"), on=ahead)
    old = Article.objects.exclude(valid_to=None).get()
    assert (old.valid_to, article(3).valid_from) == (ahead - DAY, ahead)
    # Until that day the old wording holds and is found; from it on, the new one.
    named = {on: search(f"{TITLE}第三条", on=on)[0].ref for on in (timezone.localdate(), ahead)}
    assert named == {timezone.localdate(): str(old.pk), ahead: str(article(3).pk)}
    assert str(old.pk) in [hit.ref for hit in search("书面通知 解除", kinds=("article",))]
    assert str(article(3).pk) not in [hit.ref for hit in search("书面通知 解除", kinds=("article",))]


def test_without_any_day_an_amendment_holds_from_today():
    bring()
    done = bring(LAW.replace("提前三十日", "提前十五日"))
    assert done.changes[0].on == timezone.localdate() == article(3).valid_from
    assert any("自今日起算" in remark for remark in done.remarks)


def test_the_same_day_again_is_a_correction():
    bring()
    bring(amended("提前三十日", "提前十五日"))
    bring(amended("提前三十日", "提前十六日"), on=date(2024, 5, 1))
    assert Article.objects.filter(number=3, suffix=0).count() == 2
    assert "提前十六日" in article(3).text
    assert refs("提前 十六日")[0] == f"{TITLE}第三条"


def test_an_article_that_vanishes_is_closed():
    bring()
    done = bring(amended("第三条之一 试用期内提前三日通知。\n\n", ""))
    assert done.changes[0].vanished == ("第三条之一",)
    assert refs("试用期 三日") == []


def test_a_file_cut_off_repeals_no_law():
    whole = LAW + "\n\n".join(f"第{word}条 内容{word}。" for word in "五六七八九十")
    bring(whole)
    before = state()
    reason = refused("many_vanished", whole[: whole.index("第五条")])
    assert "少了 6 条" in str(reason) and "没有改动" in str(reason.kept)
    assert state() == before
    bring(whole[: whole.index("第五条")], may_vanish=True)
    assert Article.objects.filter(valid_to=None).count() == 5


def test_two_articles_of_one_number_are_refused_with_both_lines():
    bring()
    before = state()
    reason = refused("unfit_laws", LAW.replace("第四条 本法", "第二条 另一个内容。\n\n第四条 本法"))
    assert "示范劳动法.md：有两个第二条（第11行和第" in str(reason)
    assert state() == before


def test_one_article_in_two_files_of_one_law_is_refused():
    with pytest.raises(Refused) as reason:
        actions.import_laws(
            by=_by(), files={"a.md": LAW, "b.md": LAW.replace("\n\n2019", "\n\n# 附编\n\n2019", 1)}
        )
    assert "第一条在两个文件里都有（正文、附编）" in str(reason.value)


def _by():
    from mingbai.core.actor import SYSTEM

    return SYSTEM


def test_one_unfit_file_keeps_all_others_out():
    with pytest.raises(Refused) as reason:
        actions.import_laws(by=_by(), files={"好.md": LAW, "坏.md": "# 坏法\n\n没有条文", "空.md": ""})
    assert "坏.md" in str(reason.value) and "空.md" in str(reason.value) and "好.md" not in str(reason.value)
    assert not Law.objects.exists() and not Document.objects.exists()


def test_an_import_broken_half_way_leaves_content_and_index_whole(monkeypatch):
    bring()
    before = state()
    second = LAW.replace(TITLE, "中华人民共和国第二示范法")
    real, calls = _index.enter, []

    def breaks(entries):
        calls.append(len(entries))
        if len(calls) == 3:
            raise RuntimeError("the machine dies here")
        real(entries)

    monkeypatch.setattr(_index, "enter", breaks)
    files = {"1.md": amended("提前三十日", "提前十五日"), "2.md": second}
    with pytest.raises(RuntimeError):
        actions.import_laws(by=_by(), files=files)
    assert len(calls) == 3
    assert state() == before
    assert refs("三十日") == [f"{TITLE}第三条"] and refs("十五日") == []


def test_html_is_taken_out_and_what_is_left_is_plain_text():
    bring(LAW.replace("为了做示范", "为了<b onclick='x()'>做</b>示范<script>alert(1)</script>&lt;i&gt;"))
    assert article(1).text == "为了做示范，制定本法。"
    assert refs("script") == refs("onclick") == []


def test_an_article_that_is_cited_and_amended_calls_for_review():
    make_town()
    bring()
    answer = make_answer(articles=[article(3)])
    bring(LAW.replace("提前三十日", "提前十五日"))
    answer.refresh_from_db()
    assert answer.review_on == timezone.localdate()


def test_a_law_of_another_province_says_so():
    bring(LAW.replace(TITLE, "山东省示范条例"))
    assert Law.objects.get().elsewhere == "山东"


def test_texts_for_learning_are_those_of_the_day():
    bring()
    bring(amended("提前三十日", "提前十五日"))
    texts = dict(article_texts())
    assert list(texts)[:2] == [f"{TITLE}第一条", f"{TITLE}第二条"]
    assert "十五日" in texts[f"{TITLE}第三条"]
    assert "三十日" in dict(article_texts(date(2023, 1, 1)))[f"{TITLE}第三条"]


def test_a_law_is_found_by_a_name_it_was_given():
    bring()
    actions.name_law(by=_by(), law=Law.objects.get(), aliases=["打工人法", " ", "打工人法"])
    assert search("打工人法第二条")[0].title == f"{TITLE}第二条"
    assert search("打工人法")[0].kind == "law"
    with pytest.raises(Refused):
        actions.name_law(by=_by(), law=Law.objects.get(), aliases=["长" * 61])


# ── the command ──


def run(*words: object) -> str:
    out = StringIO()
    call_command("import_laws", *map(str, words), stdout=out, stderr=out)
    return out.getvalue()


def test_the_command_shows_what_changed(tmp_path):
    file = tmp_path / "示范劳动法.md"
    file.write_text(LAW, "utf-8")
    assert "新收入 5 条（自 2019-07-01 起）" in run(tmp_path)
    file.write_text(amended("提前三十日", "提前十五日"), "utf-8")
    said = run(tmp_path)
    assert f"{TITLE}：修改 第三条（自 2024-05-01 起）" in said
    assert "共 1 部法律：新增 0 条，修改 1 条，废止 0 条，未变 4 条。" in said
    assert run(tmp_path).strip().endswith("未变 5 条。")


def test_the_command_names_what_is_wrong(tmp_path):
    with pytest.raises(CommandError, match="没有这个文件夹"):
        run(tmp_path / "nowhere")
    with pytest.raises(CommandError, match="没有找到法律文件"):
        run(tmp_path)
    (tmp_path / "a.md").write_bytes(b"# \x00")
    with pytest.raises(CommandError, match="NUL"):
        run(tmp_path)
