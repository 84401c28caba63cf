"""Verb: one thing that can be done with a matter, as a row of a table, and the form that it asks with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise

from mingbai.cases.kinds import may_do
from mingbai.core.actor import Actor
from mingbai.web.desk.dossier import Dossier

Text = str | Promise


class VerbForm(forms.Form):
    """A form that knows the matter it is about; the plain one only asks whether it is meant."""

    def __init__(self, *args: Any, dossier: Dossier, **options: Any) -> None:
        super().__init__(*args, **options)
        self.dossier = dossier
        self.case = dossier.case
        self.prepare()

    def prepare(self) -> None:
        """Fill choices and initial values from the matter."""


@dataclass(frozen=True)
class Doing:
    """What an action needs: the matter, who acts, the clean values of the form."""

    dossier: Dossier
    data: dict[str, Any]

    @property
    def by(self) -> Actor:
        return self.dossier.here.user.actor

    @property
    def case(self) -> Any:
        return self.dossier.case


def always(dossier: Dossier) -> bool:
    return True


@dataclass(frozen=True)
class Verb:
    """`may`: the permission, `fits`: whether there is anything to do it to; both are asked of the dossier.

    `state` is the row of the table of transitions ("" where any state will do), `why_not` what stands in the
    way where it is not the state.
    """

    code: str
    label: Text
    icon: str
    lead: Text
    run: Callable[[Doing], Any]
    may: Callable[[Dossier], bool]
    form: type[VerbForm] = VerbForm
    state: str = ""
    fits: Callable[[Dossier], bool] = always
    button: Text = ""
    done: Text = ""
    why_not: Text = ""
    is_danger: bool = False

    def is_ready(self, dossier: Dossier) -> bool:
        """True when state and circumstances let it happen now (the permission is asked apart)."""
        may = not self.state or may_do(dossier.case, self.state)
        return may and self.fits(dossier)

    def is_open(self, dossier: Dossier) -> bool:
        return self.is_ready(dossier) and self.may(dossier)
