"""Addresses of sign-in. allauth's own views are named one by one: what is not listed (sign-up, e-mail,
reset by mail) is not there."""

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from mingbai.web.auth import views
from mingbai.web.auth.doors import mine, noted, opened, own, removable

here: list[URLPattern | URLResolver] = [
    path("unlock/", views.unlock, name="unlock"),
    path("lock/", views.lock, name="lock"),
    path("pin/", views.pin, name="pin"),
    path("second-factor/", views.second_factor, name="second_factor"),
    path("slip/<str:secret>/", views.slip, name="slip"),
    path("kept/<str:token>/", views.kept_page, name="kept"),
]

factors: list[URLPattern | URLResolver] = [
    path("", own(mfa.index), name="mfa_index"),
    path("authenticate/", opened(mfa.authenticate), name="mfa_authenticate"),
    path("reauthenticate/", mine(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("totp/activate/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("recovery-codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("recovery-codes/generate/", own(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("recovery-codes/download/", own(codes.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("webauthn/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("webauthn/add/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path(
        "webauthn/reauthenticate/", mine(webauthn.reauthenticate_webauthn), name="mfa_reauthenticate_webauthn"
    ),
    path(
        "webauthn/keys/<int:pk>/remove/", own(removable(webauthn.remove_webauthn)), name="mfa_remove_webauthn"
    ),
    path("webauthn/keys/<int:pk>/edit/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("webauthn/login/", opened(noted(webauthn.login_webauthn)), name="mfa_login_webauthn"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include((here, "auth"))),
    path("login/", opened(account.login), name="account_login"),
    path("logout/", opened(account.logout), name="account_logout"),
    path("inactive/", opened(account.account_inactive), name="account_inactive"),
    path("reauthenticate/", mine(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", mine(account.password_change), name="account_change_password"),
    path("password/set/", mine(account.password_set), name="account_set_password"),
    path("2fa/", include(factors)),
]

if settings.SOCIALACCOUNT_PROVIDERS:
    urlpatterns += [
        path("", include("allauth.socialaccount.providers.openid_connect.urls")),
        path("connect/", mine(social.connections), name="socialaccount_connections"),
        path("connect/cancelled/", opened(social.login_cancelled), name="socialaccount_login_cancelled"),
        path("connect/error/", opened(social.login_error), name="socialaccount_login_error"),
        path("connect/signup/", opened(social.signup), name="socialaccount_signup"),
    ]
