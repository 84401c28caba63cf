"""Announcements of the line: upload, hear what callers would hear, choose; what is in use and what was."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mingbai.core.pagination import page_of
from mingbai.core.when import moment
from mingbai.hotline.actions import sounds as actions
from mingbai.hotline.enums import SoundState, Spoken
from mingbai.hotline.models import Announcement
from mingbai.hotline.queries.sounds import sounds_of
from mingbai.hotline.rules.sounds import MOST_BYTES
from mingbai.people.roles import Permission
from mingbai.places.models import Station
from mingbai.web.access import staff, user_of
from mingbai.web.pages import Ask, Listing, Sheet, Sure
from mingbai.web.seat.reach import link, rules_of_line, way

_BY_HAND = gettext_lazy("交换机在另一台机器上：下载启用的那段，放进它的 sounds/mingbai，再点“已放好”。")


@staff(Permission.RULES_EDIT)
def sounds(request: HttpRequest) -> HttpResponse:
    station = rules_of_line(request)
    return Listing(
        title=_("播放语音"),
        lead=_("来电人听到的话。先上传，试听，再启用；新的真正换上以前，旧的一直用着。"),
        columns=(_("哪一句"), _("状态"), _("#秒"), _("上传"), _("启用时间")),
        rows=lambda one: [
            link(str(one.get_spoken_display()), "sound", one.pk),
            one.get_state_display(),
            f"{one.seconds:.1f}",
            f"{one.made_by} {moment(one.made_at)}",
            moment(one.used_at) if one.used_at else "",
        ],
        page=page_of(sounds_of(station), request.GET, 50),
        actions=[way(_("上传语音"), "sound_new", icon="upload")],
        empty=_("先上传“告知录音”：没有它，来电不录音。再上传“没有人接听”：没有它，来电人听不到会有人回电。"),
        back=(_("热线大屏"), reverse("seat:wall")),
    ).show(request)


class SoundForm(forms.Form):
    spoken = forms.ChoiceField(label=gettext_lazy("哪一句"), choices=Spoken.choices)
    file = forms.FileField(
        label=gettext_lazy("声音文件"),
        help_text=gettext_lazy("半秒到 60 秒。手机录的 M4A、MP3 也可以，浏览器会转换。"),
        widget=forms.FileInput(
            attrs={
                "accept": "audio/*",
                "data-to-wav": gettext_lazy("已转换。"),
                "data-busy": gettext_lazy("正在转换……"),
                "data-failed": gettext_lazy("浏览器读不出这个文件，请另存为 WAV。"),
            }
        ),
    )


@staff(Permission.RULES_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    station = rules_of_line(request)

    def act(data: dict[str, Any]) -> str:
        content = data["file"].read(MOST_BYTES + 1)
        one = actions.add_sound(
            by=user_of(request).actor,
            station=Station.objects.get(pk=station),
            spoken=data["spoken"],
            content=content,
        )
        return reverse("seat:sound", args=[one.pk])

    back = (_("播放语音"), reverse("seat:sounds"))
    done = _("已转换成交换机能播放的声音，请试听。")
    return Ask(_("上传语音"), SoundForm, act, back, button=_("上传"), done=done).show(request)


def _one(request: HttpRequest, pk: int) -> Announcement:
    found: Announcement = get_object_or_404(sounds_of(rules_of_line(request)), pk=pk)
    return found


@staff(Permission.RULES_EDIT)
def sound(request: HttpRequest, pk: int) -> HttpResponse:
    one = _one(request, pk)
    return Sheet(
        title=one.get_spoken_display(),
        tags=[{"text": one.get_state_display(), "tone": "ok" if one.state == SoundState.USED else "soon"}],
        lead="" if settings.PBX_SOUNDS else str(_BY_HAND),
        facts=[
            (_("秒"), f"{one.seconds:.1f}"),
            (_("上传"), f"{one.made_by} {moment(one.made_at)}"),
            (_("启用时间"), moment(one.used_at) if one.used_at else ""),
            (_("停用时间"), moment(one.ended_at) if one.ended_at else ""),
        ],
        back=(_("播放语音"), reverse("seat:sounds")),
        actions=_ways(one),
        chain=one.chain,
    ).show(request)


def _ways(one: Announcement) -> list[dict[str, Any]]:
    ways = [way(_("试听"), "sound_hear", one.pk, icon="volume")]
    if one.state in (SoundState.HEARD, SoundState.ENDED):
        ways.insert(0, way(_("启用"), "sound_choose", one.pk, icon="check"))
    if one.state == SoundState.CHOSEN and not settings.PBX_SOUNDS:
        ways.insert(0, way(_("已放好"), "sound_placed", one.pk, icon="check"))
    if one.state not in (SoundState.CHOSEN, SoundState.USED):
        ways.append(way(_("删除"), "sound_drop", one.pk))
    return ways


def _ask(request: HttpRequest, pk: int, title: str, act: Callable[..., Any], lead: str) -> HttpResponse:
    one, by = _one(request, pk), user_of(request).actor
    back = (str(one.get_spoken_display()), reverse("seat:sound", args=[pk]))
    return Ask(title, Sure, lambda _data: act(by=by, sound=one), back, button=title, lead=lead).show(request)


@staff(Permission.RULES_EDIT)
def hear(request: HttpRequest, pk: int) -> HttpResponse:
    """A GET asks, a POST gives the very bytes that callers would hear, and says that it was heard."""

    def act(**terms: Any) -> HttpResponse:
        answer = HttpResponse(actions.hear_sound(**terms), content_type="audio/wav")
        answer["Content-Disposition"] = f'inline; filename="{terms["sound"].spoken}.wav"'
        return answer

    return _ask(request, pk, _("试听"), act, _("这就是来电人会听到的：8 kHz 单声道。"))


@staff(Permission.RULES_EDIT)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    def act(**terms: Any) -> None:
        actions.choose_sound(**terms)

    return _ask(request, pk, _("启用"), act, _("交换机几秒内换上；换上以前还放旧的。"))


@staff(Permission.RULES_EDIT)
def placed(request: HttpRequest, pk: int) -> HttpResponse:
    """Where nobody but a person can put it there. Elsewhere the hotline process says so itself."""
    if settings.PBX_SOUNDS:
        raise PermissionDenied

    def act(**terms: Any) -> None:
        actions.sound_is_used(**terms)

    return _ask(request, pk, _("已放好"), act, str(_BY_HAND))


@staff(Permission.RULES_EDIT)
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    def act(**terms: Any) -> str:
        actions.drop_sound(**terms)
        return reverse("seat:sounds")

    return _ask(request, pk, _("删除"), act, _("删除以后不能恢复。"))
