"""The city's own sign-in: there only where it is configured, and it makes no users."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.urls import NoReverseMatch, reverse

from mingbai.web.accounts import SocialAccountAdapter

SCRIPT = """
import django; django.setup()
from django.urls import reverse
print(reverse("openid_connect_login", args=["city"]), reverse("socialaccount_connections"))
"""


def test_the_citys_sign_in_is_there_where_it_is_configured():
    more = {"OIDC_URL": "https://id.example.gov.cn/realm", "OIDC_CLIENT_ID": "a", "OIDC_SECRET": "b"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={**os.environ, **more},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == "/accounts/oidc/city/login/ /accounts/connect/", done.stderr


def test_without_configuration_it_has_no_address():
    with pytest.raises(NoReverseMatch):
        reverse("openid_connect_login", args=["city"])


def test_it_makes_no_users():
    assert not SocialAccountAdapter().is_open_for_signup(None, None)
