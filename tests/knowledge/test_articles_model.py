"""Articles for whole questions: the measures, the model, its file, the two commands."""

import json
import math
import zipfile
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from mingbai.core.refused import Refused
from mingbai.knowledge.learning import measures, vectors
from mingbai.knowledge.learning.articles import Finder, Model, train
from mingbai.knowledge.learning.citing import references_of, titles_by_name
from mingbai.knowledge.learning.modelfile import read_model, write_model
from mingbai.knowledge.learning.rows import read_rows
from mingbai.knowledge.queries import learned
from mingbai.knowledge.rules.words import content_words
from tests.knowledge import factories

CODE = "中华人民共和国示范法"
ARTICLES = [
    (f"{CODE}第一条", "用人单位拖欠劳动报酬的，劳动者可以申请仲裁。"),
    (f"{CODE}第二条", "夫妻一方要求离婚的，可以直接向人民法院起诉。"),
    (f"{CODE}第三条", "承租人应当按照约定的期限支付租金。"),
]
ASKED = [
    ("对象总打麻将不着家，想分开过", [f"{CODE}第二条"]),
    ("过不下去了，想和丈夫分开", [f"{CODE}第二条"]),
    ("包工头跑了，工钱没着落", [f"{CODE}第一条"]),
    ("干完活包工头不结工钱", [f"{CODE}第一条"]),
] * 3
WORDS = {word for ref, text in ARTICLES for word in content_words(f"{ref} {text}")}


# ── vectors ──


def slow_bm25(bags: list[list[str]], asked: list[str]) -> list[float]:
    """The textbook formula, word by word."""
    mean = sum(map(len, bags)) / len(bags)
    scores = []
    for bag in bags:
        score = 0.0
        for word in set(asked):
            times, held = bag.count(word), sum(word in other for other in bags)
            idf = math.log(1 + (len(bags) - held + 0.5) / (held + 0.5))
            long = 1 - vectors.B + vectors.B * len(bag) / mean
            score += idf * times * (vectors.K1 + 1) / (times + vectors.K1 * long) if times else 0
        scores.append(score)
    return scores


bags = st.lists(st.lists(st.sampled_from("甲乙丙丁"), min_size=1, max_size=6), min_size=1, max_size=6)


@given(bags, st.lists(st.sampled_from("甲乙丙丁戊"), max_size=4, unique=True))
def test_bm25_is_the_textbooks(texts: list[list[str]], asked: list[str]):
    columns = vectors.columns_of(texts)
    found = (vectors.count([asked], columns) @ vectors.bm25(vectors.count(texts, columns)).T).toarray()[0]
    assert np.allclose(found, slow_bm25(texts, asked))


@given(bags)
def test_unit_rows_have_length_one(texts: list[list[str]]):
    counts = vectors.count(texts, vectors.columns_of(texts))
    rows = vectors.unit(counts, vectors.idf_of(counts)).toarray()
    assert np.allclose((rows**2).sum(axis=1), 1)


def test_nothing_known_is_zero_and_no_error():
    counts = vectors.count([[], ["甲"]], {"乙": 0})
    assert vectors.unit(counts, np.ones(1)).toarray().sum() == 0
    assert vectors.scaled(np.zeros((1, 3))).sum() == 0


# ── the finder ──


def test_own_words_and_synonyms_find_an_article_without_a_model():
    plain = Finder(ARTICLES, synonyms=[("工钱", "劳动报酬")])
    assert plain.rank(["离婚怎么起诉"])[0][0] == f"{CODE}第二条"
    assert plain.rank(["不给工钱"])[0][0] == f"{CODE}第一条"
    assert Finder(ARTICLES).rank(["不给工钱"])[0] != plain.rank(["不给工钱"])[0]


def test_a_model_knows_how_people_say_it():
    told = Finder(ARTICLES, model=train(ASKED, known=WORDS))
    assert told.rank(["和丈夫过不下去"])[0][0] == f"{CODE}第二条"
    assert told.rank(["包工头不给结账"])[0][0] == f"{CODE}第一条"


@pytest.mark.parametrize(
    "text",
    ["", " ", "？！。，", "x" * 10_000, "离婚" * 5_000, "'; DROP TABLE law; --", "a AND b OR NEAR(c)",
     "\u202e离婚", "How can I get a divorce?", "<b>离婚</b>", "\x00", "🤷" * 50],
)  # fmt: skip
def test_any_text_is_answered(text: str):
    for finder in (Finder(ARTICLES), Finder(ARTICLES, model=train(ASKED, known=WORDS))):
        found = finder.rank([text], 2)
        assert len(found) == 1 and len(found[0]) <= 2 and set(found[0]) <= {ref for ref, _text in ARTICLES}


def test_the_same_comes_out_twice_and_in_batches():
    finder = Finder(ARTICLES, model=train(ASKED, known=WORDS))
    texts = [text for text, _refs in ASKED] * 30
    assert finder.rank(texts) == finder.rank(texts) == [finder.rank([text])[0] for text in texts]


def test_articles_that_are_not_imported_are_in_no_answer():
    strange = [*ASKED, ("偷了东西判几年", ["中华人民共和国刑法第二百六十四条"])] * 2
    assert "刑法" not in str(Finder(ARTICLES, model=train(strange, known=WORDS)).rank(["偷东西判几年"]))


def test_words_of_one_question_alone_are_not_kept():
    model = train([*ASKED, ("欧阳雪莲拖欠我的租金", [f"{CODE}第三条"])], known=WORDS)
    assert "欧阳" not in model.words and "雪莲" not in model.words and "拖欠" in model.words
    assert "雪莲" not in model.pairs


# ── citations ──

NAMES = {"中华人民共和国劳动合同法": ("劳动合同法",), CODE: ("示范法",)}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["劳动合同法第七条"], ["中华人民共和国劳动合同法第七条"]),
        ("《劳动合同法》第38条", ["中华人民共和国劳动合同法第三十八条"]),
        (["中华人民共和国劳动合同法第四十条第一款"], ["中华人民共和国劳动合同法第四十条"]),
        (["示范法第三条之一", "示范法第三条之一"], [f"{CODE}第三条之一"]),
        (["刑法第二十条"], ["刑法第二十条"]),
        (["没有条", 7, None, ""], []),
        (None, []),
        ({"a": 1}, []),
    ],
)
def test_what_a_row_cites(value: object, expected: list[str]):
    assert references_of(value, titles_by_name(NAMES)) == expected


# ── measures ──


def test_measures_by_hand():
    ranked, right = [["a", "b"], ["c"], []], [["b", "x"], ["c"], ["z"]]
    assert measures.found_within(ranked, right) == pytest.approx(2 / 3)
    assert measures.found_within(ranked, right, 1) == pytest.approx(1 / 3)
    assert measures.recall_within(ranked, right) == pytest.approx((0.5 + 1 + 0) / 3)
    assert measures.reciprocal_rank(ranked, right) == pytest.approx((0.5 + 1 + 0) / 3)


@given(st.lists(st.integers(), unique=True, max_size=40), st.integers(2, 6))
def test_every_row_is_asked_once_and_never_learned_from(ids: list[int], many: int):
    asked_all = []
    for learned_from, asked in measures.folds(ids, many):
        assert not set(learned_from) & set(asked) and len(learned_from) + len(asked) == len(ids)
        asked_all += asked
    assert sorted(asked_all) == list(range(len(ids)))


# ── the file ──


def saved(tmp_path: Path) -> Path:
    path = tmp_path / "articles.model"
    train(ASKED, known=WORDS, card={"rows": 12}).save(path)
    return path


def test_a_model_comes_back_as_it_was(tmp_path: Path):
    again = Model.load(saved(tmp_path))
    assert again.card == {"rows": 12}
    fresh = Finder(ARTICLES, model=train(ASKED, known=WORDS))
    texts = [text for text, _refs in ASKED]
    assert Finder(ARTICLES, model=again).rank(texts) == fresh.rank(texts)
    assert [path.name for path in tmp_path.iterdir()] == ["articles.model"]


def damaged(path: Path, how: str) -> None:
    body = path.read_bytes()
    if how == "cut":
        path.write_bytes(body[: len(body) // 2])
    elif how == "text":
        path.write_text("这不是模型")
    elif how == "flipped":
        at = body.index(b"arrays.npz") + 400
        path.write_bytes(body[:at] + bytes([body[at] ^ 255]) + body[at + 1 :])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "pickle":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("about.json", "[]")
            archive.writestr("arrays.npz", b"cos\nsystem\n(S'true'\ntR.")


@pytest.mark.parametrize("how", ["cut", "text", "flipped", "empty", "pickle"])
def test_a_damaged_file_is_refused_in_words(tmp_path: Path, how: str):
    path = saved(tmp_path)
    damaged(path, how)
    with pytest.raises(Refused, match="模型文件用不了") as refused:
        Model.load(path)
    assert refused.value.code == "bad_model"


def test_foreign_old_and_missing_models_are_told_apart(tmp_path: Path):
    path = tmp_path / "m"
    write_model(path, kind="triage", version=1, arrays={"a": np.zeros(1)}, meta={})
    for kind, version, code in (("articles", 1, "bad_model"), ("triage", 2, "old_model")):
        with pytest.raises(Refused) as refused:
            read_model(path, kind=kind, version=version)
        assert refused.value.code == code
    with pytest.raises(Refused) as refused:
        Model.load(tmp_path / "none")
    assert refused.value.code == "no_model"


# ── rows and commands ──


def rows_file(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "rows.jsonl"
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("bad", "line"),
    [("{", 2), ("[]", 2), ('{"id": 1}', 2), ('{"text": "x"}', 2), ('{"id": 1, "text": 7}', 2), ("null", 2)],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, bad: str, line: int):
    with pytest.raises(Refused, match=f"第 {line} 行"):
        read_rows(rows_file(tmp_path, {"id": 1, "text": "好"}, bad))


def test_other_fields_are_not_looked_at(tmp_path: Path):
    path = rows_file(tmp_path, {"id": 1, "text": "好", "law": ["x"], "category": "劳动"}, "")
    assert [(row.text, row.value) for row in read_rows(path)] == [("好", None)]
    assert read_rows(path, field="law")[0].value == ["x"]


def run(*words: str) -> str:
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


@pytest.fixture
def law(db: None) -> None:
    factories.bring()


QUESTION = {"id": "q1", "text": "老板拖欠劳动报酬怎么申请仲裁"}


def test_find_articles_prints_a_line_for_each_row(tmp_path: Path, law: None):
    path = rows_file(tmp_path, QUESTION, {"id": 2, "text": "？"})
    first, second = (json.loads(line) for line in run("find_articles", str(path), "-k", "2").splitlines())
    assert first["id"] == "q1" and first["articles"][0] == f"{factories.TITLE}第二条"
    assert len(first["articles"]) <= 2 and second == {"id": 2, "articles": []}


def test_training_writes_a_model_with_its_card_and_finding_uses_it(tmp_path: Path, law: None):
    rows = [
        {"id": n, "text": f"{text}，怎么办", "law": [f"示范劳动法第{number}条"]}
        for n, (text, number) in enumerate([("工钱没着落", "二"), ("不想干了要走人", "三")] * 15)
    ]
    path, model = rows_file(tmp_path, *rows, {"id": 99, "text": "无", "law": None}), tmp_path / "new" / "m"
    card = json.loads(run("train_articles", str(path), "--out", str(model)))
    assert (card["rows"], card["answered"], card["judged"], card["folds"]) == (31, 30, 30, 5)
    assert card["with_model"]["found_at_10"] == 1 and card["limits"]
    asked = rows_file(tmp_path, {"id": 1, "text": "不想干了"})
    found = json.loads(run("find_articles", str(asked), "--model", str(model)))
    assert found["articles"][0] == f"{factories.TITLE}第三条"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("find_articles", "none.jsonl"), "文件读不了"),
        (("find_articles", "{rows}", "-k", "0"), "-k 须在"),
        (("find_articles", "{rows}", "--model", "none"), "没有这个模型文件"),
        (("train_articles", "{rows}", "--out", "{rows}.model"), "能用的问题太少"),
    ],
)
def test_the_commands_refuse_in_words(tmp_path: Path, law: None, words: tuple[str, ...], said: str):
    rows = str(rows_file(tmp_path, QUESTION))
    with pytest.raises(CommandError, match=said):
        run(*(word.format(rows=rows) for word in words))


def test_without_laws_nothing_is_found_and_nothing_breaks(tmp_path: Path, db: None):
    out = run("find_articles", str(rows_file(tmp_path, QUESTION)))
    assert json.loads(out) == {"id": "q1", "articles": []}


# ── beside a matter ──


def test_the_citys_own_model_proposes_articles(tmp_path: Path, law: None, settings):
    settings.MINGBAI_DATA = tmp_path
    assert learned.likely_articles("不想干了") == []
    asked = [("不想干了要走人", [f"{factories.TITLE}第三条"])] * 2
    learned.model_path().parent.mkdir()
    train(asked, known=WORDS).save(learned.model_path())
    assert learned.likely_articles("不想干了")[0].ref == f"{factories.TITLE}第三条"
    learned.model_path().write_text("坏了")
    assert learned.likely_articles("不想干了") == []
