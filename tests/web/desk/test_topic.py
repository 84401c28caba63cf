"""Topic, kind and urgency: proposed with their words, confirmed by one key, changed by a form."""

import pytest
from django.test import Client

from mingbai.cases.models import Case
from mingbai.knowledge.models import Label
from mingbai.people.roles import RoleCode
from tests.cases.factories import City, make_case, make_taken
from tests.web.desk.pages import signed_in, soup, words
from tests.web.desk.test_new import typed


def beside(client: Client, case: Case):
    return client.get(f"/desk/cases/{case.number}/beside/")


def test_one_key_confirms_what_is_proposed(city: City):
    case, desk = make_case(text="公司不签劳动合同，还拖欠工资"), signed_in(city.alice)
    page = beside(desk, case)
    assert "劳动人事" in words(page) and "文字里有" in words(page)
    form = soup(page).select_one("#case-topic").find_parent("section").select_one("form")
    assert form.select_one("button[data-key='1']")
    button = form.select_one("button")
    after = desk.post(form["action"], {button["name"]: button["value"]}, follow=True)
    assert "劳动人事" in words(after) and "已定主题" in words(after)
    assert (Case.objects.get().topic, Label.objects.get().proposed) == ("labour", "labour")
    assert not soup(beside(desk, case)).select("#case-beside form button[name=topic]")


def test_another_topic_is_chosen_by_the_form(city: City):
    case, desk = make_case(text="哈哈"), signed_in(city.alice)
    assert "看不出来" in words(beside(desk, case))
    url = f"/desk/cases/{case.number}/classify/"
    assert "姓名电话不留" in words(desk.get(url))
    desk.post(url, {"topic": "nothing"})
    assert Case.objects.get().topic == ""
    desk.post(url, {"topic": "crime"})
    assert Case.objects.get().topic == "crime"


def test_who_only_oversees_is_not_asked(city: City):
    case = make_case(text="公司拖欠工资")
    boss = signed_in(city.supervisor)
    assert "关于什么" not in words(beside(boss, case))
    assert boss.post(f"/desk/cases/{case.number}/classify/", {"topic": "crime"}).status_code == 403


def press(desk: Client, case: Case, name: str, value: str):
    """The button of the panel beside the matter that says so."""
    button = soup(beside(desk, case)).select_one(f"#case-beside button[name={name}][value={value}]")
    assert button, f"no button for {name}={value}"
    return desk.post(button.find_parent("form")["action"], {name: value}, follow=True)


def test_another_kind_is_proposed_with_its_words_and_taken_by_one_key(city: City):
    case, desk = make_taken(city, text="没钱请律师，想申请法律援助"), signed_in(city.alice)
    page = words(beside(desk, case))
    assert "法律援助" in page and "不用转" in page
    press(desk, case, "kind", "legal_aid")
    assert Case.objects.get().kind == "legal_aid"
    label = Label.objects.get(field="kind")
    assert (label.proposed, label.label) == ("legal_aid", "legal_aid")
    assert "不用转" not in words(beside(desk, case))


def test_the_kind_that_it_has_is_kept_by_one_key_and_teaches(city: City):
    case, desk = make_taken(city, text="没钱请律师，想申请法律援助"), signed_in(city.alice)
    press(desk, case, "kind", "consultation")
    assert Case.objects.get().kind == "consultation"
    label = Label.objects.get(field="kind")
    assert (label.proposed, label.label) == ("legal_aid", "consultation")
    assert "不用转" not in words(beside(desk, case))
    assert "核对过" in words(desk.get(f"/desk/cases/{case.number}/"))


def test_urgency_is_proposed_and_taken_or_not(city: City):
    first = make_taken(city, text="他拿刀威胁我，要离婚")
    second = make_taken(city, text="押金不退，很急")
    desk = signed_in(city.alice)
    assert "拿刀" in words(beside(desk, first))
    press(desk, first, "urgent", "yes")
    press(desk, second, "urgent", "no")
    assert [one.is_urgent for one in Case.objects.order_by("pk")] == [True, False]
    said = Label.objects.filter(field="urgency").order_by("pk").values_list("proposed", "label")
    assert list(said) == [("urgent", "urgent"), ("soon", "normal")]
    assert not soup(beside(desk, second)).select("button[name=urgent]")


@pytest.mark.parametrize("verb", ["classify", "say_kind", "say_urgency"])
@pytest.mark.parametrize("bad", ["", "nothing", "x" * 500, "\x00", "<b>"])
def test_what_is_no_choice_changes_nothing(city: City, verb: str, bad: str):
    case, desk = make_taken(city), signed_in(city.alice)
    name = {"classify": "topic", "say_kind": "kind", "say_urgency": "urgent"}[verb]
    assert desk.post(f"/desk/cases/{case.number}/{verb}/", {name: bad}).status_code == 200
    after = Case.objects.get()
    assert (after.topic, after.kind, after.is_urgent) == ("", "consultation", False)
    assert not Label.objects.exists()


# ── while it is taken down ──


def test_what_is_proposed_follows_the_text_and_is_put_in_by_one_key(city: City):
    desk, text = signed_in(city.bob), "没钱请律师，想申请法律援助，公司拖欠工资，很急"
    shown = soup(desk.post("/desk/new/proposed/", typed(text=text)))
    takes = [button["value"] for button in shown.select("button[name=take]")]
    assert takes == ["kind:legal_aid", "is_urgent:on", "topic:labour"]
    assert "文字里有" in shown.text
    page = soup(desk.post("/desk/new/", typed(text=text, take="kind:legal_aid")))
    assert page.select_one("#id_kind option[selected]")["value"] == "legal_aid"
    assert page.select_one("#id_text").text.strip() == text
    left = [button["value"] for button in page.select("button[name=take]")]
    assert left == ["is_urgent:on", "topic:labour"]
    assert not Case.objects.exists()


def test_what_was_taken_and_overruled_at_the_desk_teaches(city: City):
    text = "没钱请律师，想申请法律援助，公司拖欠工资，很急"
    signed_in(city.bob).post("/desk/new/", typed(text=text, topic="debt", is_urgent="on"))
    case = Case.objects.get()
    assert (case.topic, case.kind, case.is_urgent) == ("debt", "consultation", True)
    said = {row.field: (row.proposed, row.label) for row in Label.objects.all()}
    assert said == {
        "topic": ("labour", "debt"),
        "kind": ("legal_aid", "consultation"),
        "urgency": ("soon", "urgent"),
    }


def test_a_form_that_nobody_touched_and_a_confidential_matter_teach_nothing(city: City):
    desk = signed_in(city.bob)
    desk.post("/desk/new/", typed(text="想问一件事"))
    confidential = typed(
        key="k2", text="公司拖欠工资，很急", topic="labour", is_urgent="on", is_confidential="on"
    )
    desk.post("/desk/new/", confidential)
    assert Case.objects.count() == 2 and not Label.objects.exists()


@pytest.mark.parametrize("take", ["", "x", "kind", "kind:nothing", "owner:1", "text:weg", "topic:xxx"])
def test_a_take_that_is_none_changes_nothing(city: City, take: str):
    page = signed_in(city.bob).post("/desk/new/", typed(take=take, refresh="find"))
    assert page.status_code == 200 and "老板三个月没发工资" in page.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["", "a", "x" * 30_000, "'; DROP TABLE x; --", "\x00\u202e", "？！" * 50])
def test_any_text_is_looked_at(city: City, text: str):
    page = signed_in(city.bob).post("/desk/new/proposed/", typed(text=text))
    assert page.status_code == 200 and not soup(page).select("button")


def test_who_opens_no_matters_is_not_shown_it(city: City):
    leader = city.users[RoleCode.LEADER]
    assert signed_in(leader).post("/desk/new/proposed/", typed()).status_code == 403
    assert signed_in(city.bob).get("/desk/new/proposed/").status_code == 405
