"""Addresses of the displays."""

from django.urls import path

from mingbai.web.screen import hall

app_name = "screen"

urlpatterns = [
    path("<str:code>/", hall.screen, name="hall"),
    path("<str:code>/now/", hall.now, name="now"),
]
