"""What a matter is about, beside it: proposed with its words, confirmed by one key, changed by a form."""

from django.test import Client

from mingbai.cases.models import Case
from mingbai.knowledge.models import Label
from tests.cases.factories import City, make_case
from tests.web.desk.pages import signed_in, soup, words


def beside(client: Client, case: Case):
    return client.get(f"/desk/cases/{case.number}/beside/")


def test_one_key_confirms_what_is_proposed(city: City):
    case, desk = make_case(text="公司不签劳动合同，还拖欠工资"), signed_in(city.alice)
    page = beside(desk, case)
    assert "劳动人事" in words(page) and "文字里有" in words(page)
    form = soup(page).select_one("#case-topic").find_parent("section").select_one("form")
    button = form.select_one("button")
    after = desk.post(form["action"], {button["name"]: button["value"]}, follow=True)
    assert "劳动人事" in words(after) and "已定主题" in words(after)
    assert (Case.objects.get().topic, Label.objects.get().proposed) == ("labour", "labour")
    assert "系统按文字猜的" not in words(beside(desk, case))


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
