"""The verbs by which a party takes part on line: invited with a number of its own, and taken back."""

from django.utils.translation import gettext_lazy as _

from mingbai.mediation import actions
from mingbai.mediation.models import Party
from mingbai.mediation.perms import can_invite
from mingbai.web.desk.dossier import Dossier
from mingbai.web.desk.verbs.mediation import PartyField, party_choices, with_values
from mingbai.web.desk.verbs.verb import Verb, VerbForm

MEANT = _(
    "有手机的，链接发到手机，用手机号后四位打开；没有的，打印邀请单当面给。"
    "他只看得到自己的安排和协议，看不到对方的电话、住址和说的话。"
)


def _invites(dossier: Dossier) -> bool:
    return dossier.mediation is not None and can_invite(dossier.here.user, dossier.case)


def _others(dossier: Dossier) -> list[Party]:
    """Everybody but who follows by the matter's own number: the first who asked."""
    present = dossier.mediation.present if dossier.mediation is not None else []
    first = next((one.pk for one in present if one.side == "asking"), None)
    return [one for one in present if one.pk != first]


def _invited(dossier: Dossier) -> list[Party]:
    passes = dossier.mediation.passes if dossier.mediation is not None else {}
    return [one for one in _others(dossier) if one.pk in passes]


class InviteForm(VerbForm):
    party = PartyField(label=_("请谁"))

    def prepare(self) -> None:
        if self.dossier.mediation is not None:
            found = party_choices(self.dossier, _others(self.dossier))
            self.fields["party"].choices = found  # type: ignore[attr-defined]
            self.fields["party"].initial = found[0][0] if len(found) == 1 else None


class UninviteForm(VerbForm):
    party = PartyField(label=_("收回谁的"))

    def prepare(self) -> None:
        if self.dossier.mediation is not None:
            found = party_choices(self.dossier, _invited(self.dossier))
            self.fields["party"].choices = found  # type: ignore[attr-defined]


def _can(dossier: Dossier) -> bool:
    return bool(_others(dossier)) and dossier.case.is_open and dossier.case.state != "answered"


VERBS: tuple[Verb, ...] = (
    Verb(
        "med_invite",
        _("请对方网上参与"),
        "message",
        MEANT,
        with_values(actions.invite, "party"),
        _invites,
        InviteForm,
        fits=_can,
        done=_("已邀请。没有手机的，请在当事人那里打印邀请单。"),
    ),
    Verb(
        "med_uninvite",
        _("收回网上参与"),
        "x",
        _("发错了人、换了手机：原来的编号马上不能用，可以重新邀请。"),
        with_values(actions.uninvite, "party"),
        _invites,
        UninviteForm,
        fits=lambda d: bool(_invited(d)),
        done=_("已收回。"),
    ),
)
