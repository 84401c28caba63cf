"""The index as a whole: rebuilt without a gap, swapped at once, damage noticed, repaired and said."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.knowledge import actions
from mingbai.knowledge.actions import index
from mingbai.knowledge.fulltext import engine
from mingbai.knowledge.models import Document, IndexState, Term
from mingbai.knowledge.queries import search
from tests.knowledge.factories import LAW, TITLE, amended, bring, last_entry, make_answer, make_guide
from tests.people.factories import make_town

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _content(db):
    make_town()
    bring()
    make_guide()


def titles(text: str) -> list[str]:
    return [hit.title for hit in search(text, kinds=("article", "guide", "answer"))]


def everything() -> list[tuple]:
    slot = IndexState.objects.get().slot
    return sorted(Document.objects.filter(slot=slot).values_list("kind", "ref", "title", "body"))


def damage() -> None:
    """Break what the engine reads, as a bad disk or a crashed tool would."""
    slot = IndexState.objects.get().slot
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("UPDATE knowledge_document SET vector = NULL WHERE slot = %s", [slot])
        else:
            cursor.execute(f"UPDATE knowledge_fulltext_{slot}_data SET block = zeroblob(12)")


def test_a_rebuild_gives_the_same_index_in_the_other_slot():
    before, found, slot = everything(), titles("拖欠 劳动报酬"), IndexState.objects.get().slot
    done = actions.rebuild_search(by=SYSTEM)
    assert (done.documents, done.damage) == (len(before), ())
    assert IndexState.objects.get().slot == 1 - slot
    assert (everything(), titles("拖欠 劳动报酬")) == (before, found)
    assert not Document.objects.filter(slot=slot).exists() and not Term.objects.filter(slot=slot).exists()
    assert last_entry("knowledge:index").verb == "knowledge.index_rebuilt"
    assert actions.index_faults(by=SYSTEM) == []


def test_the_old_index_answers_until_the_swap_and_changes_reach_both(monkeypatch):
    real, seen = index._fill, []

    def fill(slot, token, batch, counts):
        seen.append(titles("拖欠 劳动报酬")[0])
        if len(seen) == 1:
            bring(amended("提前三十日", "提前十五日"))
            make_answer("重建期间的问题", "答复")
        real(slot, token, batch, counts)

    monkeypatch.setattr(index, "_fill", fill)
    actions.rebuild_search(by=SYSTEM)
    assert set(seen) == {f"{TITLE}第二条"}
    assert titles("十五日") == [f"{TITLE}第三条"] and titles("三十日") == []
    assert titles("重建期间")[0] == "重建期间的问题"


def test_a_rebuild_that_dies_leaves_the_old_index_and_the_next_one_succeeds(monkeypatch):
    before = everything()

    def dies(*args):
        raise RuntimeError("killed")

    with monkeypatch.context() as patched:
        patched.setattr(index, "_terms", dies)
        with pytest.raises(RuntimeError):
            actions.rebuild_search(by=SYSTEM)
    assert everything() == before and titles("拖欠 劳动报酬")
    actions.rebuild_search(by=SYSTEM)
    assert everything() == before and IndexState.objects.get().building == ""


def test_a_second_rebuild_overtakes_the_first(monkeypatch):
    real = index._fill

    def fill(slot, token, batch, counts):
        IndexState.objects.update(building="another")
        real(slot, token, batch, counts)

    monkeypatch.setattr(index, "_fill", fill)
    with pytest.raises(Refused) as reason:
        actions.rebuild_search(by=SYSTEM)
    assert reason.value.code == "overtaken" and titles("拖欠 劳动报酬")


def test_nothing_unpublished_or_ended_comes_in_by_a_rebuild():
    make_guide("草稿指南", publish=False)
    make_answer("未审核", publish=False)
    bring(LAW.replace("提前三十日", "提前十五日"))
    actions.rebuild_search(by=SYSTEM)
    kinds = Document.objects.values_list("kind", "title")
    assert ("guide", "草稿指南") not in kinds and ("answer", "未审核") not in kinds
    assert titles("三十日") == []


# ── damage ──


def test_a_damaged_index_is_noticed_rebuilt_and_said():
    damage()
    assert actions.index_faults(by=SYSTEM)
    done = actions.watch_index(by=SYSTEM, now=timezone.now())
    assert done is not None and done.damage
    assert actions.index_faults(by=SYSTEM) == []
    assert titles("拖欠 劳动报酬")[0] == f"{TITLE}第二条"
    assert actions.watch_index(by=SYSTEM, now=timezone.now()) is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL's index fails in its own server")
def test_a_search_over_a_damaged_index_still_finds_and_leaves_a_note():
    damage()
    assert titles("劳动报酬") == [f"{TITLE}第二条"]
    assert IndexState.objects.get().damaged_at is not None
    assert last_entry("knowledge:index").verb == "knowledge.index_damaged"
    entries = last_entry("knowledge:index").seq
    titles("劳动报酬")
    assert last_entry("knowledge:index").seq == entries, "noted once"


def test_content_is_kept_though_the_index_is_damaged():
    damage()
    guide = make_guide("损坏期间的指南")
    actions.rebuild_search(by=SYSTEM)
    assert titles("损坏期间")[0] == guide.title


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the column goes with its table")
def test_a_lost_index_table_is_made_anew():
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TABLE knowledge_fulltext_{IndexState.objects.get().slot}")
    assert titles("劳动报酬") == [f"{TITLE}第二条"]
    assert actions.watch_index(by=SYSTEM, now=timezone.now()) is not None
    assert actions.index_faults(by=SYSTEM) == []


def test_an_index_that_has_lost_documents_is_noticed():
    slot = IndexState.objects.get().slot
    lost = Document.objects.filter(slot=slot).first()
    engine().remove(slot, [lost.pk])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE knowledge_document SET vector = NULL WHERE id = %s", [lost.pk])
    assert actions.index_faults(by=SYSTEM, deep=False)


# ── the command ──


def run(*words: str) -> tuple[str, str]:
    out, error = StringIO(), StringIO()
    call_command("rebuild_search", *words, stdout=out, stderr=error)
    return out.getvalue(), error.getvalue()


def test_the_command_checks_rebuilds_and_says_so():
    assert "完好" in run("--check")[0]
    damage()
    with pytest.raises(CommandError, match="已损坏"):
        run("--check")
    out, error = run()
    assert "检索索引已重建：7 条文档" in out and "原索引已损坏" in error
    assert "完好" in run("--check")[0]


# ── at the same time ──


@pytest.mark.django_db(transaction=True)
def test_publishing_and_rebuilding_at_once_lose_nothing():
    """Two threads, real commits: whatever was published while the index was rebuilt is found after it."""
    import threading

    from django.db import connections

    failed: list[BaseException] = []

    def publish():
        try:
            for number in range(12):
                make_guide(f"并发指南第{number}号")
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    thread = threading.Thread(target=publish)
    thread.start()
    for _round in range(4):
        actions.rebuild_search(by=SYSTEM)
        assert titles("申请法律援助")
    thread.join(60)
    assert failed == [] and actions.index_faults(by=SYSTEM) == []
    found = {hit.title for hit in search("并发指南", kinds=("guide",), limit=50)}
    assert {f"并发指南第{number}号" for number in range(12)} <= found
