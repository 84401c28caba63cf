"""For every address of the house the arguments that lead to it.

A new address without an entry in ARGUMENTS fails tests/web/test_matrix.py: nobody adds a page unseen.
"""

from collections.abc import Callable, Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from mingbai.cases.models import DeadlineRule, RoutingRule
from mingbai.legalaid.models import Matter
from mingbai.oversight.models import Standard
from tests.web.world import World


def address(world: World, name: str) -> str:
    return reverse(name, kwargs=ARGUMENTS[name](world))


def walk(resolver: URLResolver | None = None, space: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its name as `reverse` knows it."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from walk(pattern, f"{space}{pattern.namespace}:" if pattern.namespace else space)
        else:
            yield f"{space}{pattern.name}", pattern


Arguments = dict[str, Any]
NOTHING: Callable[[World], Arguments] = lambda w: {}  # noqa: E731  a table reads better of one-liners
_number: Callable[[World], Arguments] = lambda w: {"number": w.case.number}  # noqa: E731
_code: Callable[[World], Arguments] = lambda w: {"code": w.station.code}  # noqa: E731
_worker: Callable[[World], Arguments] = lambda w: {"code": w.worker.code}  # noqa: E731
_user: Callable[[World], Arguments] = lambda w: {"pk": w.user.pk}  # noqa: E731
_partner: Callable[[World], Arguments] = lambda w: {"code": w.city.partner.code}  # noqa: E731
_file: Callable[[World], Arguments] = lambda w: {"number": w.case.number, "pk": w.attachment.pk}  # noqa: E731
_paper: Callable[[World], Arguments] = lambda w: {"number": w.aid_case.number, "pk": w.paper.pk}  # noqa: E731
_template: Callable[[World], Arguments] = lambda w: {"kind": "aid_grant", "where": w.station.code}  # noqa: E731

ARGUMENTS: dict[str, Callable[[World], Arguments]] = {
    **dict.fromkeys(
        (
            *(f"public:{name}" for name in "home follow leave regions stations edition privacy".split()),
            *(f"public:{name}" for name in "accessibility opinion find entitled alike near open".split()),
            *(f"desk:{name}" for name in "home search inbox new known alike useful proposed".split()),
            *(f"desk:{name}" for name in "route components knowledge".split()),
            *(f"board:{name}" for name in "home rows figures map weekly letter issue letters".split()),
            *(f"manage:{name}" for name in "home regions stations station_new areas area_new".split()),
            *(f"manage:{name}" for name in "organisations organisation_new workers worker_new".split()),
            *(f"manage:{name}" for name in "rosters slips users user_new grants partners".split()),
            *(f"manage:{name}" for name in "partner_new deadlines deadline_new routings routing_new".split()),
            *(f"manage:{name}" for name in "calendar calendar_load try_route sheets audit".split()),
            *(f"manage:{name}" for name in "verify seals outbox resend_all ways wordings".split()),
            *(f"phone:{name}" for name in "token send unbox worker manifest".split()),
            *("village:home", "village:matter"),
            *("manage:groups", "manage:group_new", "desk:groups", "desk:wechat", "wechat:gate"),
            *(f"manage:{name}" for name in "orders endpoints endpoint_new".split()),
            *(f"api:{name}" for name in "create listing expected".split()),
            *(f"api:{name}" for name in "openapi-json create regions stations find api-root".split()),
            *(f"auth:{name}" for name in "unlock lock pin second_factor".split()),
            *(f"account_{name}" for name in "login logout inactive reauthenticate".split()),
            *("account_change_password", "account_set_password", "api_docs", "set_language"),
            *(f"mfa_{name}" for name in "index authenticate reauthenticate activate_totp".split()),
            *(f"mfa_{name}" for name in "deactivate_totp view_recovery_codes".split()),
            *(f"mfa_{name}" for name in "generate_recovery_codes download_recovery_codes".split()),
            *(f"mfa_{name}" for name in "list_webauthn add_webauthn reauthenticate_webauthn".split()),
            "mfa_login_webauthn",
        ),
        NOTHING,
    ),
    **dict.fromkeys(
        (f"public:{name}" for name in "case message withdraw rate how objection consents".split()), _number
    ),
    **dict.fromkeys((f"desk:{name}" for name in "case beside given print card".split()), _number),
    **dict.fromkeys((f"api:{name}" for name in "read message withdraw".split()), _number),
    **dict.fromkeys(
        (
            "public:station",
            *(f"manage:station{name}" for name in " _edit _hours _point _close _reopen _closure".split(" ")),
            *(f"manage:{name}" for name in "region roster duty_new".split()),
        ),
        _code,
    ),
    **dict.fromkeys(
        (
            *(f"manage:worker{name}" for name in " _edit _move _leave _activate".split(" ")),
            "manage:absence",
        ),
        _worker,
    ),
    **dict.fromkeys(
        (
            *(f"manage:user{name}" for name in " _edit _reset _off _on".split(" ")),
            *(f"manage:{name}" for name in "granted grant factor_reset".split()),
        ),
        _user,
    ),
    **dict.fromkeys((f"manage:{name}" for name in "partner partner_off key_issue".split()), _partner),
    "kiosk:home": NOTHING,
    **dict.fromkeys(
        (f"kiosk:{name}" for name in "stations find entitled near ask done follow".split()), NOTHING
    ),
    "kiosk:case": _number,
    "kiosk:line": lambda w: {"line": "legal_aid"},
    "kiosk:law": lambda w: {"pk": w.article.law_id},
    "kiosk:article": lambda w: {"pk": w.article.pk},
    "kiosk:howto": lambda w: {"pk": w.guide.pk},
    "kiosk:answer": lambda w: {"pk": w.answer.pk},
    "public:ask": lambda w: {"code": "consultation"},
    "public:guide": lambda w: {"code": "exam"},
    "public:done": lambda w: {"token": "x" * 43},
    "public:slip": lambda w: {"token": "x" * 43},
    "public:file": _file,
    "public:paper": lambda w: {"token": "x" * 43},
    **dict.fromkeys(
        (f"oversight:standard{name}" for name in ("", "_replace")),
        lambda w: {"pk": Standard.objects.order_by("pk").values_list("pk", flat=True)[0]},
    ),
    "board:weekly_file": lambda w: {"form": "docx"},
    "board:letter_file": lambda w: {"form": "docx"},
    "board:issued_file": lambda w: {"pk": w.letter.pk, "form": "docx"},
    "desk:paper": lambda w: {**_paper(w), "form": "docx"},
    "desk:paper_void": lambda w: _paper(w),
    "desk:paper_issue": lambda w: {"number": w.aid_case.number, "kind": "aid_application"},
    "manage:papers": NOTHING,
    **dict.fromkeys((f"manage:paper{name}" for name in " _edit _end".split(" ")), _template),
    "manage:paper_sample": lambda w: {**_template(w), "form": "docx"},
    "manage:paper_start": lambda w: {"kind": "aid_grant"},
    "manage:letterhead": _code,
    "public:law": lambda w: {"pk": w.article.law_id},
    "public:article": lambda w: {"pk": w.article.pk},
    "public:howto": lambda w: {"pk": w.guide.pk},
    "public:answer": lambda w: {"pk": w.answer.pk},
    "desk:file": _file,
    "desk:rights": lambda w: {"number": w.case.number, "pk": w.case.speaker_id},
    "desk:act": lambda w: {"number": w.case.number, "verb": "note"},
    "manage:region_change": lambda w: {"code": w.region.code, "what": "rename"},
    "manage:closure_remove": lambda w: {"code": w.station.code, "pk": w.closure.pk},
    "manage:station_name": lambda w: {"code": w.station.code, "charge": "supervisor"},
    "manage:station_transfer": lambda w: {"code": w.station.code, "charge": "operator"},
    **dict.fromkeys(
        (f"manage:transfer{name}" for name in " _accept _decline _cancel".split(" ")),
        lambda w: {"pk": w.transfer.pk},
    ),
    "manage:area_end": lambda w: {"pk": w.area.pk},
    "manage:organisation": lambda w: {"pk": w.organisation.pk},
    "manage:organisation_edit": lambda w: {"pk": w.organisation.pk},
    "manage:absence_cancel": lambda w: {"code": w.worker.code, "pk": w.absence.pk},
    "manage:duty_remove": lambda w: {"code": w.station.code, "pk": w.duty.pk},
    "manage:revoke": lambda w: {"pk": w.user.pk, "grant_pk": w.grant.pk},
    "manage:key_revoke": lambda w: {"code": w.city.partner.code, "pk": w.key.pk},
    **dict.fromkeys(
        (f"manage:deadline{name}" for name in " _next _end".split(" ")),
        lambda w: {"pk": DeadlineRule.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (f"manage:routing{name}" for name in " _end".split(" ")),
        lambda w: {"pk": RoutingRule.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (f"manage:{name}" for name in "keeping guides guide_new answers synonyms synonym_new topics".split()),
        NOTHING,
    ),
    **dict.fromkeys((f"manage:{name}" for name in "laws search_index search_rebuild".split()), NOTHING),
    **dict.fromkeys(
        (f"manage:guide{name}" for name in " _edit _owner _publish _withdraw".split(" ")),
        lambda w: {"pk": w.guide.pk},
    ),
    **dict.fromkeys(
        (f"manage:answer{name}" for name in " _publish _decline _withdraw".split(" ")),
        lambda w: {"pk": w.answer.pk},
    ),
    "manage:topic_codes": lambda w: {"topic": "labour"},
    "manage:synonym_drop": lambda w: {"pk": w.synonym.pk},
    **dict.fromkeys(("manage:law", "manage:law_name"), lambda w: {"pk": w.article.law_id}),
    "board:figure": lambda w: {"code": "calls_answered"},
    "board:cut": lambda w: {"code": "matters", "by": "person"},
    "board:issued": lambda w: {"pk": w.letter.pk},
    **dict.fromkeys(
        (f"manage:group{name}" for name in " _robot _end".split(" ")), lambda w: {"pk": w.group.pk}
    ),
    **dict.fromkeys(
        (f"manage:endpoint{name}" for name in " _end _resend _key_new".split(" ")),
        lambda w: {"code": w.endpoint.code},
    ),
    **dict.fromkeys(
        ("manage:endpoint_sets", "manage:endpoint_codes"), lambda w: {"code": w.sets_endpoint.code}
    ),
    "manage:endpoint_key_retire": lambda w: {"code": w.endpoint.code, "pk": w.endpoint.keys.get().pk},
    "manage:partner_states": _partner,
    "manage:station_qr": _code,
    **dict.fromkeys(("api_hook", "api_call_hook"), lambda w: {"code": w.endpoint.code}),
    "api:event": _number,
    **dict.fromkeys(("desk:wechat_take", "desk:wechat_settle"), lambda w: {"pk": w.message.pk}),
    "wechat:ask": lambda w: {"token": "x" * 43},
    "desk:guidance_answer": lambda w: {"pk": w.question.pk},
    "desk:guidance_ask": _number,
    "desk:give": _number,
    "desk:order_call_back": lambda w: {"number": w.case.number, "pk": 1},
    "public:guidance_own": lambda w: {"token": "x" * 43},
    **dict.fromkeys(("manage:notice", "manage:resend"), lambda w: {"pk": w.notice.pk}),
    "manage:way": lambda w: {"code": "console"},
    **dict.fromkeys(
        (f"manage:wording{name}" for name in " _edit _reset".split(" ")),
        lambda w: {"template": "case_received"},
    ),
    "manage:dated": lambda w: {"book": "aid"},
    "manage:dated_new": lambda w: {"what": "line"},
    **dict.fromkeys(
        (f"manage:dated_{name}" for name in "entry end".split()),
        lambda w: {"what": "matter", "pk": Matter.objects.earliest("pk").pk},
    ),
    **dict.fromkeys(
        (
            *(f"days:{name}" for name in "home needs take coverage terms host block".split()),
            *(f"days:{name}" for name in "limit_find plans plan_make".split()),
            *("public:days", "kiosk:days"),
        ),
        NOTHING,
    ),
    **dict.fromkeys((f"days:need_{name}" for name in "end urgent show".split()), lambda w: {"pk": w.need.pk}),
    **dict.fromkeys(
        (
            *(f"days:plan{name}" for name in " _edit _add _progress _drop _print".split(" ")),
            *(f"days:{name}" for name in "propose take_proposal publish adjust".split()),
        ),
        lambda w: {"pk": w.plan.pk},
    ),
    "days:plan_day": lambda w: {"pk": w.plan.pk, "day_pk": w.draft_day.pk},
    **dict.fromkeys(
        (
            *(f"days:{name}" for name in "day stand sign_in stand_in close cancel poster".split()),
            *("public:reserve", "kiosk:reserve"),
        ),
        lambda w: {"pk": w.service_day.pk},
    ),
    "days:looked_at": lambda w: {"pk": w.record.pk},
    "days:host_end": lambda w: {"pk": w.host.pk},
    "days:unblock": lambda w: {"pk": w.block.pk},
    "days:limit": lambda w: {"code": w.worker.code},
    "days:point": lambda w: {"code": w.station.code},
    **dict.fromkeys(
        (f"aid:{name}" for name in "home lawyers lawyer_find quality quality_draw".split()), NOTHING
    ),
    **dict.fromkeys(
        (f"aid:quality_{name}" for name in "one rate object judge".split()),
        lambda w: {"pk": w.assessment.pk},
    ),
    **dict.fromkeys(
        (f"oversight:{name}" for name in "villages trip_new supervisions stations standards begin".split()),
        NOTHING,
    ),
    "oversight:trip_strike": lambda w: {"pk": w.trip.pk},
    **dict.fromkeys(
        (f"oversight:{name}" for name in "village village_class adviser_new".split()),
        lambda w: {"code": w.trip.region_id},
    ),
    **dict.fromkeys(
        (f"oversight:{name}" for name in "photo photo_drop".split()),
        lambda w: {"pk": w.review.pk, "photo": w.photo.pk},
    ),
    "oversight:adviser_end": lambda w: {"pk": w.adviser_term.pk},
    "oversight:teach": lambda w: {"code": w.savvy.code},
    **dict.fromkeys(
        (f"oversight:{name}" for name in "supervision answer send_back close".split()),
        lambda w: {"pk": w.supervision.pk},
    ),
    "oversight:supervise": _number,
    **dict.fromkeys(
        (f"oversight:{name}" for name in "review points photos appeal judge model".split()),
        lambda w: {"pk": w.review.pk},
    ),
    **dict.fromkeys((f"mediation:{name}" for name in "home committees committee_new".split()), NOTHING),
    **dict.fromkeys(
        (f"mediation:{name}" for name in "committee committee_edit seat".split()),
        lambda w: {"pk": w.member.committee_id},
    ),
    "mediation:unseat": lambda w: {"pk": w.member.committee_id, "member_pk": w.member.pk},
    "public:party_door": NOTHING,
    **dict.fromkeys(
        (f"public:{name}" for name in "party party_yes party_no party_code party_sign".split()),
        lambda w: {"number": w.part.number},
    ),
    "mediation:invitation": lambda w: {"number": w.mediation_case.number, "pk": w.part.party_id},
    **dict.fromkeys(("mediation:file", "mediation:file_pdf"), lambda w: {"number": w.mediation_case.number}),
    **dict.fromkeys(
        (f"seat:{name}" for name in "home in out say strip number steer want dial wall seats_needed".split()),
        NOTHING,
    ),
    **dict.fromkeys(
        (f"seat:{name}" for name in "call none aid recording".split()), lambda w: {"pk": w.call.pk}
    ),
    **dict.fromkeys(
        (
            *(f"seat:{name}" for name in "quality my_quality draws draw quality_figures".split()),
            *(f"seat:{name}" for name in "score_sheets score_sheet_new sounds sound_new".split()),
        ),
        NOTHING,
    ),
    **dict.fromkeys(
        (f"seat:{name}" for name in "inspection score object settle inspection_recording".split()),
        lambda w: {"pk": w.inspection.pk},
    ),
    **dict.fromkeys(("seat:sources", "seat:source_new"), NOTHING),
    **dict.fromkeys(
        (f"seat:source{name}" for name in " _edit _end _file".split(" ")), lambda w: {"code": w.source.code}
    ),
    **dict.fromkeys(
        (f"seat:sound{name}" for name in " _hear _choose _placed _drop".split(" ")),
        lambda w: {"pk": w.sound.pk},
    ),
    **dict.fromkeys((f"pay:{name}" for name in "mine proof_new sheets sheet_new budget".split()), NOTHING),
    "pay:proof": lambda w: {"pk": w.proof.pk, "form": "docx"},
    **dict.fromkeys(("pay:sheet", "pay:sheet_file"), lambda w: {"pk": w.sheet.pk}),
    **dict.fromkeys(("pay:piece", "pay:settle", "pay:correct"), lambda w: {"pk": w.piece.pk}),
    "filings:home": NOTHING,
    **dict.fromkeys((f"filings:{name}" for name in "system out in".split()), lambda w: {"system": "sft0024"}),
    "filings:field": lambda w: {"system": "sft0024", "code": "name"},
    "filings:codes": lambda w: {"system": "sft0024", "code": "form"},
    **dict.fromkeys(
        ("filings:record", "filings:sent"), lambda w: {"system": "sft0024", "number": w.aid_case.number}
    ),
    "aid:lawyer": lambda w: {"code": w.aid_lawyer.code},
    **dict.fromkeys(
        (
            *(f"door:{name}" for name in "home record calendar take openings opening_new".split()),
            *(f"door:{name}" for name in "reception proposal materials came".split()),
            *(f"{face}:{name}" for face in ("public", "kiosk") for name in ("book", "visit_enter")),
            *(f"door:{name}" for name in "sit next ticket hall windows homes tour tour_today".split()),
        ),
        NOTHING,
    ),
    **dict.fromkeys(
        (f"door:{name}" for name in "visit served show move cancel matter join missed turn spot".split()),
        lambda w: {"pk": w.visit.pk},
    ),
    "door:said": lambda w: {"pk": w.leader_visit.pk},
    **dict.fromkeys(("door:opening_end", "door:break"), lambda w: {"pk": w.opening.pk}),
    "door:act": lambda w: {"pk": w.visit.pk, "verb": "call"},
    **dict.fromkeys(("public:ticket", "kiosk:ticket", "screen:hall", "screen:now"), _code),
    **dict.fromkeys(
        (f"screen:window{name}" for name in ("", "_now", "_rate")),
        lambda w: {**_code(w), "number": 3},
    ),
    **dict.fromkeys(
        (f"door:tour_{name}" for name in "order sheet pack".split()),
        lambda w: {"pk": w.opening.pk, "on": timezone.localdate().isoformat()},
    ),
    "door:lift": lambda w: {"pk": w.gap.pk},
    **dict.fromkeys(("public:slot", "kiosk:slot"), lambda w: {"slot": f"{w.opening.pk}-29000000"}),
    **dict.fromkeys(
        (f"{face}:visit{name}" for face in ("public", "kiosk") for name in ("", "_move", "_cancel", "_rate")),
        lambda w: {"code": w.visit.code},
    ),
    "manage:calendar_year": lambda w: {"year": timezone.localdate().year},
    "manage:sheet_in": lambda w: {"what": "workers"},
    "manage:sheet_out": lambda w: {"what": "workers", "suffix": "csv"},
    "auth:slip": lambda w: {"secret": "x" * 43},
    "auth:kept": lambda w: {"token": "x" * 43},
    "mfa_remove_webauthn": lambda w: {"pk": 1},
    "mfa_edit_webauthn": lambda w: {"pk": 1},
    "None": lambda w: {"rest": "nothing"},
}
"""The address that has no name is the API's last: what is not there."""
