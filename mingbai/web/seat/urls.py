"""Addresses of the seat."""

from django.urls import path

from mingbai.web.seat import calls, home, steer, wall

app_name = "seat"

urlpatterns = [
    path("", home.home, name="home"),
    path("in/", home.come, name="in"),
    path("out/", home.go, name="out"),
    path("say/", home.say, name="say"),
    path("strip/", home.strip, name="strip"),
    path("steer/", steer.steer, name="steer"),
    path("want/", steer.want, name="want"),
    path("dial/", steer.dial, name="dial"),
    path("wall/", wall.wall, name="wall"),
    path("needed/", wall.seats_needed, name="seats_needed"),
    path("number/", calls.number, name="number"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/none/", calls.none, name="none"),
    path("calls/<int:pk>/aid/", calls.aid, name="aid"),
    path("calls/<int:pk>/recording/", calls.recording, name="recording"),
]
