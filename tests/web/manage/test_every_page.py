"""Every page of the registers opens for who keeps it, and is not there for who keeps another county."""

import pytest
from django.utils import timezone

from mingbai.cases.models import DeadlineRule, RoutingRule
from mingbai.core.actor import SYSTEM
from mingbai.people import actions as people
from mingbai.people.models import ApiKey, User
from mingbai.people.queries import key_for
from mingbai.people.roles import RoleCode
from mingbai.places import actions as places
from mingbai.places.models import Organisation, Region
from tests.cases.factories import CITY, NORTH, SOUTH, TOWN, VILLAGE_SOUTH, City
from tests.people.factories import make_user
from tests.web.desk.pages import signed_in

OF_THE_SUPERVISOR = (
    "",
    "regions/",
    f"regions/{NORTH}/",
    *(f"regions/{TOWN}/{what}/" for what in ("rename", "new", "merge", "split", "abolish")),
    "stations/",
    "stations/?tier=county_centre&state=lacks&q=a",
    "stations/new/",
    f"stations/{NORTH}/",
    *(f"stations/{NORTH}/{what}/" for what in ("edit", "hours", "point", "close", "closures/new")),
    f"stations/{NORTH}/name/operator/",
    f"stations/{NORTH}/transfer/operator/",
    "areas/",
    "areas/new/",
    "organisations/",
    "organisations/new/",
    "workers/",
    "workers/?state=away&post=mediator&full=yes&q=a",
    "workers/new/",
    *(f"workers/WORKER/{what}" for what in ("", "edit/", "move/", "leave/", "activate/", "absences/new/")),
    "rosters/",
    "rosters/?with_people=on",
    f"rosters/{NORTH}/",
    f"rosters/{NORTH}/new/",
    "slips/",
    "deadlines/",
    "deadlines/?ended=1",
    "deadlines/new/",
    *(f"deadlines/DEADLINE/{what}" for what in ("", "next/", "end/")),
    "routings/",
    "routings/new/",
    *(f"routings/ROUTING/{what}" for what in ("", "end/")),
    "calendar/",
    "calendar/load/",
    "try/",
    "sheets/",
    *(f"sheets/{what}/" for what in ("regions", "stations", "people")),
    *(f"sheets/{what}.{suffix}" for what in ("regions", "stations", "people") for suffix in ("csv", "xlsx")),
)
OF_THE_SYSTEM = (
    "",
    "users/",
    "users/?q=a&role=supervisor&state=on",
    "users/new/",
    *(f"users/USER/{what}" for what in ("", "edit/", "reset/", "off/", "on/")),
    "partners/",
    "partners/new/",
    *(f"partners/hotline12345/{what}" for what in ("", "off/", "keys/new/")),
    "stations/",
)
OF_SECURITY = ("", "grants/", *(f"grants/USER/{what}" for what in ("", "new/", "factor/")))
OF_AUDIT = (
    "",
    "audit/",
    f"audit/?q=station:&since=2020-01-01&until=2040-01-01&verb=station.&who={SYSTEM.name}",
    "audit/verify/",
    "audit/seals/",
)


def filled(url: str, city: City) -> str:
    """Names of rows for their keys."""
    rule = DeadlineRule.objects.order_by("id").first()
    route = RoutingRule.objects.order_by("id").first()
    assert rule and route
    found = {
        "WORKER": city.owner.code,
        "DEADLINE": str(rule.pk),
        "ROUTING": str(route.pk),
        "USER": str(city.alice.pk),
    }
    for name, value in found.items():
        url = url.replace(name, value)
    return f"/manage/{url}"


def opens(user: User, url: str, city: City) -> None:
    response = signed_in(user).get(filled(url, city))
    assert response.status_code == 200, url


@pytest.mark.parametrize("url", OF_THE_SUPERVISOR)
def test_the_supervisor_opens_the_registers(city: City, keeper: User, url: str) -> None:
    opens(keeper, url, city)


@pytest.mark.parametrize("url", OF_THE_SYSTEM)
def test_the_system_administrator_opens_users_and_partners(city: City, url: str) -> None:
    opens(city.users[RoleCode.SYSTEM_ADMIN], url, city)


@pytest.mark.parametrize("url", OF_SECURITY)
def test_the_security_administrator_opens_grants(city: City, url: str) -> None:
    opens(city.users[RoleCode.SECURITY_ADMIN], url, city)


@pytest.mark.parametrize("url", OF_AUDIT)
def test_the_audit_administrator_opens_the_journal(city: City, url: str) -> None:
    opens(city.users[RoleCode.AUDIT_ADMIN], url, city)


def test_a_clerk_finds_nothing_to_keep_and_no_way_there(city: City) -> None:
    page = signed_in(city.bob).get("/manage/")
    assert "这里没有要您维护的" in page.content.decode()
    assert 'href="/manage/"' not in page.content.decode().split("</nav>")[0]
    assert 'href="/manage/"' in signed_in(city.supervisor).get("/manage/").content.decode()


def test_what_lies_in_another_county_is_not_found(city: City) -> None:
    """Charlie's county, asked for by the supervisor of NORTH: reading and changing alike."""
    bureau = Organisation.objects.get(name="望花区司法局")
    area = places.add_coverage(
        by=SYSTEM,
        area="示范区",
        region=city.regions[VILLAGE_SOUTH],
        station=city.stations[CITY],
        valid_from=timezone.localdate(),
    )
    stranger = city.workers[SOUTH]
    client = signed_in(city.supervisor)
    foreign = (
        f"regions/{SOUTH}/",
        f"regions/{SOUTH}/rename/",
        *(
            f"stations/{SOUTH}/{what}"
            for what in ("", "edit/", "hours/", "point/", "close/", "closures/new/")
        ),
        f"stations/{SOUTH}/transfer/operator/",
        f"organisations/{bureau.pk}/",
        f"organisations/{bureau.pk}/edit/",
        f"areas/{area.pk}/end/",
        *(f"workers/{stranger.code}/{what}" for what in ("", "edit/", "move/", "leave/", "absences/new/")),
        f"rosters/{SOUTH}/",
        f"rosters/{SOUTH}/new/",
    )
    for url in foreign:
        assert client.get(f"/manage/{url}").status_code == 404, url
        assert client.post(f"/manage/{url}", {}).status_code in (404, 405), url


def test_a_county_administrator_finds_only_its_users(city: City) -> None:
    admin = make_user(RoleCode.SYSTEM_ADMIN, region=city.regions[NORTH])
    client = signed_in(admin)
    for what in ("", "edit/", "reset/", "off/"):
        assert client.get(f"/manage/users/{city.charlie.pk}/{what}").status_code == 404, what
        assert client.get(f"/manage/users/{city.alice.pk}/{what}").status_code == 200, what
    assert "查理" not in client.get("/manage/users/").content.decode()
    security = signed_in(make_user(RoleCode.SECURITY_ADMIN, region=city.regions[NORTH]))
    assert security.get(f"/manage/grants/{city.charlie.pk}/").status_code == 404


def test_partners_are_the_citys_not_a_county_administrators(city: City) -> None:
    """A partner's key reads matters of every county."""
    key = people.issue_key(by=SYSTEM, partner=city.partner)
    client = signed_in(make_user(RoleCode.SYSTEM_ADMIN, region=city.regions[NORTH]))
    assert "/manage/partners/" not in client.get("/manage/").content.decode()
    code, pk = city.partner.code, ApiKey.objects.latest("made_at").pk
    for url in ("", "new/", f"{code}/", f"{code}/off/", f"{code}/keys/new/", f"{code}/keys/{pk}/"):
        assert client.get(f"/manage/partners/{url}").status_code == 403, url
        assert client.post(f"/manage/partners/{url}", {"name": "x"}).status_code == 403, url
    assert key_for(key).partner == city.partner


def test_a_county_keeper_changes_what_lies_below_and_not_the_county_itself(city: City) -> None:
    client = signed_in(city.supervisor)
    assert "分设" not in client.get(f"/manage/regions/{NORTH}/").content.decode()
    new = {"code": "210405000000", "name": "新设区", "on": timezone.localdate(), "source": "辽政〔2026〕9号"}
    for what in ("split", "move", "merge", "abolish"):
        assert client.post(f"/manage/regions/{NORTH}/{what}/", new).status_code == 404, what
    assert not Region.objects.filter(code=new["code"]).exists()
    assert client.get(f"/manage/regions/{NORTH}/new/").status_code == 200
    assert client.get(f"/manage/regions/{TOWN}/split/").status_code == 200


def test_lists_hold_only_the_own_part_of_the_tree(city: City) -> None:
    people.register_worker(by=SYSTEM, name="南边的人", post="mediator", region=city.regions[SOUTH])
    Organisation.objects.create(name="南边律所", kind="firm", region=city.regions[SOUTH])
    client = signed_in(city.supervisor)
    for url, strange in (
        ("workers/", "南边的人"),
        ("stations/", "望花区"),
        ("regions/", "望花区"),
        ("organisations/", "南边律所"),
        ("rosters/", "望花区"),
        ("sheets/stations.csv", "望花区"),
        ("sheets/people.csv", "南边的人"),
    ):
        assert strange not in client.get(f"/manage/{url}").content.decode(), url
