"""Addresses of the seat."""

from django.urls import path

from mingbai.web.seat import calls, home, quality, quality_sheets, sounds, sources, steer, wall

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
    path("records/", sources.sources, name="sources"),
    path("records/new/", sources.new, name="source_new"),
    path("records/<slug:code>/", sources.source, name="source"),
    path("records/<slug:code>/edit/", sources.edit, name="source_edit"),
    path("records/<slug:code>/end/", sources.end, name="source_end"),
    path("records/<slug:code>/file/", sources.file, name="source_file"),
    path("sounds/", sounds.sounds, name="sounds"),
    path("sounds/new/", sounds.new, name="sound_new"),
    path("sounds/<int:pk>/", sounds.sound, name="sound"),
    path("sounds/<int:pk>/hear/", sounds.hear, name="sound_hear"),
    path("sounds/<int:pk>/choose/", sounds.choose, name="sound_choose"),
    path("sounds/<int:pk>/placed/", sounds.placed, name="sound_placed"),
    path("sounds/<int:pk>/drop/", sounds.drop, name="sound_drop"),
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
