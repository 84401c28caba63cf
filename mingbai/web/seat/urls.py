"""Addresses of the seat."""

from django.urls import path

from mingbai.web.seat import calls, home, quality, quality_sheets, wall

app_name = "seat"

urlpatterns = [
    path("", home.home, name="home"),
    path("in/", home.come, name="in"),
    path("out/", home.go, name="out"),
    path("say/", home.say, name="say"),
    path("strip/", home.strip, name="strip"),
    path("wall/", wall.wall, name="wall"),
    path("needed/", wall.seats_needed, name="seats_needed"),
    path("number/", calls.number, name="number"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/none/", calls.none, name="none"),
    path("calls/<int:pk>/aid/", calls.aid, name="aid"),
    path("calls/<int:pk>/recording/", calls.recording, name="recording"),
    path("quality/", quality.quality, name="quality"),
    path("quality/mine/", quality.mine, name="my_quality"),
    path("quality/draws/", quality.draws, name="draws"),
    path("quality/draws/new/", quality.draw, name="draw"),
    path("quality/figures/", quality_sheets.figures, name="quality_figures"),
    path("quality/sheets/", quality_sheets.sheets, name="score_sheets"),
    path("quality/sheets/new/", quality_sheets.sheet_new, name="score_sheet_new"),
    path("quality/<int:pk>/", quality.inspection, name="inspection"),
    path("quality/<int:pk>/score/", quality.score, name="score"),
    path("quality/<int:pk>/object/", quality.object_to, name="object"),
    path("quality/<int:pk>/settle/", quality.settle, name="settle"),
    path("quality/<int:pk>/recording/", quality.recording, name="inspection_recording"),
]
