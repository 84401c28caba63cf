"""Addresses of the kiosk. What it shows of the knowledge are the public pages in its own frame."""

from django.urls import path

from mingbai.web.kiosk import pages
from mingbai.web.public import days, entitled, find, near

app_name = "kiosk"

urlpatterns = [
    path("", pages.home, name="home"),
    path("line/<slug:line>/", pages.line, name="line"),
    path("stations/", pages.stations, name="stations"),
    path("near/", near.near, name="near"),
    path("find/", find.find, name="find"),
    path("find/law/<int:pk>/", find.law, name="law"),
    path("find/article/<int:pk>/", find.article, name="article"),
    path("find/guide/<int:pk>/", find.howto, name="howto"),
    path("find/answer/<int:pk>/", find.answer, name="answer"),
    path("days/", days.days, name="days"),
    path("days/reserve/", days.reserve, name="reserve"),
    path("days/<int:pk>/reserve/", days.reserve, name="reserve"),
    path("aid/", entitled.entitled, name="entitled"),
]
