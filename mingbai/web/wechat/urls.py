"""Addresses of the official account."""

from django.urls import path

from mingbai.web.wechat import ask, gate

app_name = "wechat"

urlpatterns = [
    path("", gate.gate, name="gate"),
    path("ask/<str:token>/", ask.ask, name="ask"),
]
