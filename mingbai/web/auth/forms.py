"""Forms of the sign-in face."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

_DIGITS = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "8"}


class UnlockForm(forms.Form):
    """The PIN, or the password of who has none or forgot it; no field at all for who has neither."""

    pin = forms.CharField(label=_("解锁码"), max_length=8, widget=forms.PasswordInput(attrs=_DIGITS))
    password = forms.CharField(
        label=_("密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, asks: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in {"pin", "password"} - {asks}:
            del self.fields[name]


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("新解锁码"),
        help_text=_("4–8 位数字，不要用相同或连续的数字。"),
        max_length=8,
        widget=forms.PasswordInput(attrs={**_DIGITS, "autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍"),
        max_length=8,
        widget=forms.PasswordInput(attrs={**_DIGITS, "autocomplete": "new-password"}),
    )
    password = forms.CharField(
        label=_("现在的密码"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("pin") and data.get("again") and data["pin"] != data["again"]:
            self.add_error("again", _("两次输入不一样。"))
        return data
