"""How django-allauth meets this house: closed sign-up, tries counted across processes, all journalled."""

import base64
import time
import unicodedata
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from mingbai.core.actor import SYSTEM
from mingbai.core.crypto import new_key, rewrapped, seal, unseal
from mingbai.core.qr import qr_svg
from mingbai.core.refused import Refused
from mingbai.people import actions, perms
from mingbai.people.models import User
from mingbai.web.auth.kept import start_page

_WORDS = {
    "account/messages/password_changed.txt": _("密码已更换。"),
    "account/messages/password_set.txt": _("密码已设置。"),
    "mfa/messages/totp_activated.txt": _("手机验证器已启用。"),
    "mfa/messages/totp_deactivated.txt": _("手机验证器已停用。"),
    "mfa/messages/webauthn_added.txt": _("安全密钥已添加。"),
    "mfa/messages/webauthn_removed.txt": _("安全密钥已移除。"),
    "mfa/messages/recovery_codes_generated.txt": _("恢复码已生成。"),
}
_WRAPPED = 45  # bytes of a wrapped data key, before what it seals
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


class Backend(AuthenticationBackend):
    """Fetches the user with the worker and station in one query: every page of the desk shows them."""

    def get_user(self, user_id: int) -> User | None:
        user: User | None = User.objects.select_related("worker__station").filter(pk=user_id).first()
        return user if user and user.is_active else None


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("登录名或密码不对。"),
        "incorrect_password": _("密码不对。"),
        "enter_current_password": _("现在的密码不对。"),
        "rate_limited": _("操作太频繁，请稍后再试。"),
        "too_many_login_attempts": _("错误次数过多，请稍后再试。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Staff are entered by the users' administrator."""
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Count first, look later; a name nobody has is counted just the same, so it cannot be told apart."""
        name = _name(credentials)
        try:
            actions.take_try(by=SYSTEM, what="password", subject=name, user=_user_named(name))
        except Refused as refused:
            raise forms.ValidationError(str(refused), code=refused.code) from refused

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        if "username" in credentials:
            credentials["username"] = _name(credentials)
        user: User | None = super().authenticate(request, **credentials)
        if user is not None:
            actions.release(by=SYSTEM, what="password", subject=_name(credentials))
        return user

    def _rollback_login_failed_rl_usage(self) -> None:
        """Nothing to roll back in the cache: `release` clears our own table."""

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        user = _user_named(_name(credentials))
        actions.note_failure(by=SYSTEM, user=user, what="password", ip=self.get_client_ip(request))

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        if not user.is_active:
            actions.note_failure(by=SYSTEM, user=user, what="inactive", ip=self.get_client_ip(request))
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        methods = [str(record["method"]) for record in get_authentication_records(request, user)]
        super().login(request, user)
        request.session["seen_at"] = int(time.time())
        request.session.pop("locked", None)
        how = "+".join(dict.fromkeys(methods)) or "other"
        actions.note_sign_in(by=user.actor, user=user, how=how, ip=self.get_client_ip(request))

    def logout(self, request: HttpRequest) -> None:
        user = request.user
        if isinstance(user, User):
            actions.note_sign_out(by=user.actor, user=user)
        super().logout(request)

    def set_password(self, user: User, password: str) -> None:
        changed = actions.change_own_password(by=user.actor, user=user, password=password)
        user.password, user.has_initial_password = changed.password, False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return start_page(request.user)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return self.get_login_redirect_url(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Who signed in within the last five minutes need not type the password again to set up a factor."""
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < 300:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """In our own words; that one is signed in or out the page itself says."""
        text = message or _WORDS.get(message_template or "")
        if text:
            messages.add_message(request, level, str(text), extra_tags=extra_tags)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail leaves this house only through the outbox."""


@transaction.atomic
def rewrap_authenticators() -> int:
    """Secrets of second factors keep their wrapped key in front; how many were under an older master key."""
    rows = Authenticator.objects.select_for_update(of=("self",)).order_by("pk")
    changed = [row for row in rows if _rewrapped_in(row)]
    for row in changed:
        row.save(update_fields=["data"])
    return len(changed)


def _rewrapped_in(row: Authenticator) -> bool:
    """TOTP keeps a "secret", recovery codes a "seed", passkeys nothing of ours."""
    before = dict(row.data)
    for name in {"secret", "seed"} & row.data.keys():
        blob = base64.b64decode(row.data[name])
        row.data[name] = base64.b64encode(rewrapped(blob[:_WRAPPED]) + blob[_WRAPPED:]).decode()
    return bool(row.data != before)


class MFAAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对。"),
        "cannot_delete_authenticator": _("您的岗位必须有第二种登录方式，请先添加另一种，再停用这一种。"),
    }

    def encrypt(self, text: str) -> str:
        key = new_key()
        return base64.b64encode(key + seal(key, text, what="authenticator.secret")).decode()

    def decrypt(self, encrypted_text: str) -> str:
        blob = base64.b64decode(encrypted_text)
        return unseal(blob[:_WRAPPED], blob[_WRAPPED:], what="authenticator.secret")

    def build_totp_svg(self, url: str) -> SafeString:
        return qr_svg(url, label=str(_("验证器二维码")))

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user_id=user.pk, type=type).count()
        return gettext("密钥 %(number)d") % {"number": count + 1}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last factor stays where the role asks for one."""
        if not perms.needs_second_factor(authenticator.user):
            return True
        left = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=FACTORS)
        return left.exclude(pk=authenticator.pk).exists()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail leaves this house only through the outbox."""


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """The city's own sign-in serves who has connected it from a signed-in session, and makes no users."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Mail leaves this house only through the outbox."""


def proof_page(user: User) -> str:
    """Where this user shows the second factor again: by code if they have one, else by key; "" for none."""
    types = set(Authenticator.objects.filter(user_id=user.pk).values_list("type", flat=True))
    if not types & set(FACTORS):
        return ""
    has_code = types & {Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES}
    return reverse("mfa_reauthenticate" if has_code else "mfa_reauthenticate_webauthn")


def _name(credentials: dict[str, Any]) -> str:
    return unicodedata.normalize("NFKC", str(credentials.get("username", ""))).strip().lower()[:200]


def _user_named(name: str) -> User | None:
    return User.objects.filter(username=name).first()
