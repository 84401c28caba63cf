"""One list of what is held of a person, in which every model is; copy, erasure and holds walk it."""

from datetime import timedelta

import pytest
from django.core.exceptions import FieldError
from django.utils import timezone

from mingbai.cases.actions import rights
from mingbai.cases.actions.holds import lift_hold, set_hold
from mingbai.cases.actions.residents import erase
from mingbai.cases.actions.retention import retire
from mingbai.cases.models import Case, Resident
from mingbai.cases.queries.retention import due_to_retire
from mingbai.cases.queries.rights import besides, subject_of
from mingbai.core.actor import SYSTEM
from mingbai.core.blind import HashField
from mingbai.core.holdings import NOBODY, Held, Subject, free, holdings
from mingbai.core.sealed import Sealed
from mingbai.hotline.models import Call
from mingbai.integrations.models import Follower
from mingbai.journal.models import Entry
from mingbai.journal.queries import verify
from mingbai.notices.models import Notice
from mingbai.servicedays.models import Need
from mingbai.visits.models import Visit
from tests.cases.factories import City, make_case, make_closed
from tests.cases.test_retention import old
from tests.cases.test_work import code
from tests.hotline.factories import make_call
from tests.rotation import own_models
from tests.visits.factories import make_visit

PHONE = "13912340000"


@pytest.mark.parametrize("model", own_models(), ids=lambda model: model._meta.label)
def test_no_model_with_personal_fields_is_in_no_list(model):
    """Write HELD beside PERSONAL: how the rows of a person are found, or why they are nobody's."""
    held = getattr(model, "HELD", None)
    assert bool(getattr(model, "PERSONAL", {})) == isinstance(held, Held)
    if held is None or held.why_not:
        return
    assert held.people or held.matters or held.chains or held.phones or held.words, "no way leads to a person"
    names = {each.name for each in model._meta.concrete_fields}
    assert held.own is ("key" in names and model not in (Resident, Case)), "own: a row with a key of its own"
    assert not held.phones or isinstance(model._meta.get_field("phone_hash"), HashField)
    sealed = {name for name, each in vars(model).items() if isinstance(each, Sealed)}
    assert set(held.told) <= sealed


@pytest.mark.django_db
@pytest.mark.parametrize("holding", holdings(), ids=lambda one: one.model._meta.label)
def test_every_way_to_a_person_can_be_gone(holding):
    someone = Subject(frozenset({1}), frozenset({1}), frozenset({"case:1"}), frozenset({PHONE}))
    try:
        assert list(holding.of(someone)) == list(holding.of(NOBODY)) == list(free(holding.of(someone)))
    except FieldError as error:
        pytest.fail(str(error))


def everywhere(city: City) -> Resident:
    """Somebody who came by web, telephone and at the desk, and has the account bound."""
    case = make_closed(city, phone=PHONE, name="周知")
    make_call("answered", "ended", number=PHONE)
    visit = make_visit(city)
    Visit.objects.filter(pk=visit.pk).update(phone_hash=subject_hash(case))
    follower = Follower(openid_hash="x" * 32, wrote_at=timezone.now())
    follower.openid, follower.phone = "o-1", PHONE
    follower.phone_hash = wechat_hash()
    follower.save()
    return Resident.objects.get(pk=case.speaker_id)


def subject_hash(case: Case) -> str:
    return str(Resident.objects.get(pk=case.speaker_id).phone_hash)


def wechat_hash() -> str:
    from mingbai.core.crypto import keyed_hash

    return str(keyed_hash(PHONE, what="wechat.phone"))


def left_of(subject: Subject) -> list[str]:
    """Sealed values that still open, by model and attribute."""
    found = []
    for one in holdings():
        sealed = [name for name, each in vars(one.model).items() if isinstance(each, Sealed)]
        found += [
            f"{one.model._meta.label}.{name}"
            for row in one.of(subject)
            for name in sealed
            if getattr(row, name)
        ]
    return found


def test_after_erasure_nothing_of_the_list_opens(city: City):
    person = everywhere(city)
    subject = subject_of(person)
    before = {name.split(".")[1] for name in left_of(subject)}
    assert {"Resident", "Case", "Message", "Call", "Follower", "Notice"} <= before
    erase(resident=person, by=city.alice.actor, reason="本人来了")
    assert left_of(subject) == []
    assert Call.objects.get().phone_hash == "" and Follower.objects.get().phone_hash is None
    told = Entry.objects.filter(verb="resident.destroyed").get().data
    assert "hotline.Call" in told and verify().is_whole


def test_a_copy_tells_what_lines_and_edges_hold(city: City):
    person = everywhere(city)
    told = {str(title): rows for title, rows in besides(person)}
    assert {"来电", "微信"} <= set(told) and told["来电"] == [[PHONE]]


def test_a_familys_telephone_says_nothing_about_who_called(city: City):
    case = make_closed(city, phone=PHONE, name="周知")
    make_case(phone=PHONE, name="周知的妹妹")
    make_call("answered", "ended", number=PHONE)
    person = Resident.objects.get(pk=case.speaker_id)
    assert subject_of(person).phones == frozenset()
    erase(resident=person, by=SYSTEM, reason="本人来了")
    assert Call.objects.get().phone == PHONE, "it may have been the sister"


def test_on_a_hold_neither_wish_nor_time_destroys_anything(city: City):
    case = old(make_closed(city))
    person = Resident.objects.get(pk=case.speaker_id)
    set_hold(case=case, by=city.supervisor.actor, reason="行政诉讼（2026）辽04行初1号")
    assert code(set_hold, case=case, by=SYSTEM, reason="x") == "held_already"
    assert code(retire, case=case, by=SYSTEM, reason="鉴定1号") == "on_hold"
    assert code(erase, resident=person, by=SYSTEM, reason="x") == "on_hold"
    call = {"resident": person, "case": case, "by": city.alice.actor, "reason": "x"}
    assert code(rights.erase_on_request, **call) == "on_hold"
    assert not due_to_retire(timezone.now()).exists()
    lift_hold(case=case, by=city.supervisor.actor, reason="结案")
    assert code(lift_hold, case=case, by=SYSTEM, reason="x") == "not_held"
    assert list(due_to_retire(timezone.now())) == [case]
    verbs = Entry.objects.filter(chain=case.chain).values_list("verb", flat=True)
    assert {"case.held", "case.hold_lifted"} <= set(verbs)


def test_what_ends_by_itself_waits_for_a_hold_too(city: City):
    from mingbai.core.retention import forget_all

    held, other = make_closed(city, phone=PHONE), make_closed(city, phone="13912340001")
    set_hold(case=held, by=SYSTEM, reason="审计")
    assert Notice.objects.filter(to=f"resident:{held.speaker_id}").exists()
    Notice.objects.update(state="sent")
    forget_all(timezone.now() + timedelta(days=200))
    kept = {bool(bytes(one.key)) for one in Notice.objects.filter(to=f"resident:{held.speaker_id}")}
    gone = {bool(bytes(one.key)) for one in Notice.objects.filter(to=f"resident:{other.speaker_id}")}
    assert (kept, gone) == ({True}, {False})
    assert not Need.objects.exists()
