"""allauth's forms in our words, without placeholders that repeat the label; codes and passwords counted."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core.internal.cryptokit import normalize_user_code
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base import forms as codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.people import actions
from mingbai.people.models import User

_LABELS = {
    "login": _("登录名"),
    "password": _("密码"),
    "oldpassword": _("现在的密码"),
    "password1": _("新密码"),
    "password2": _("新密码，再输一遍"),
    "code": _("验证码"),
    "name": _("名称"),
    "passwordless": _("不输密码，只用它登录（通行密钥）"),
}
_HINTS = {
    "password1": _("至少 10 个字，不能全是数字，也不要用常见的密码。"),
    "passwordless": _("需要设备支持指纹、面容或锁屏密码。"),
}


def in_our_words(form: forms.Form) -> None:
    for name, field in form.fields.items():
        field.label = _LABELS.get(name, field.label)
        field.help_text = _HINTS.get(name, "")
        field.widget.attrs.pop("placeholder", None)
        if name == "code":
            field.widget.attrs["inputmode"] = "numeric"


class LoginForm(account.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class ReauthenticateForm(account.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class ChangePasswordForm(account.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)

    def clean_oldpassword(self) -> str:
        """Through the adapter, which counts: an open session must not be a place to guess the password."""
        password: str = self.cleaned_data["oldpassword"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class SetPasswordForm(account.SetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class ActivateTOTPForm(totp.ActivateTOTPForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class AddWebAuthnForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class EditWebAuthnForm(webauthn.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)


class CodeForm(codes.AuthenticateForm):
    """The second step of sign-in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)

    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)


class CodeAgainForm(codes.ReauthenticateForm):
    """The code asked for again in an open session."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_our_words(self)

    def clean_code(self) -> str:
        return _counted(self.user, super().clean_code)


def _counted(user: User, check: Any) -> str:
    """Six digits are guessed soon where tries are counted per process only: count in the database."""
    try:
        actions.take_try(by=SYSTEM, what="code", subject=str(user.pk), user=user)
    except Refused as refused:
        raise forms.ValidationError(str(refused), code=refused.code) from refused
    try:
        code: str = check()
        if not actions.spend_code(by=SYSTEM, user=user, code=normalize_user_code(code)):
            raise get_mfa_adapter().validation_error("incorrect_code")
    except forms.ValidationError:
        actions.note_failure(by=SYSTEM, user=user, what="code")
        raise
    actions.release(by=SYSTEM, what="code", subject=str(user.pk))
    return code
