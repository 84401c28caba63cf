"""An empty house: pages open before a city is founded, and say that there is nothing yet."""

import pytest


@pytest.mark.django_db
@pytest.mark.parametrize("url", ["/", "/ask/", "/follow/", "/stations/", "/guide/forensic/", "/privacy/"])
def test_pages_open_before_a_city_is_founded(client, url):
    assert client.get(url).status_code == 200
