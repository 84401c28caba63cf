"""Addresses of the kiosk. What it shows of the knowledge are the public pages in its own frame."""

from django.urls import path

from mingbai.web.kiosk import matters, pages
from mingbai.web.public import booking, days, entitled, find, near, ticket

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
    path("book/", booking.find, name="book"),
    path("book/<slug:slot>/", booking.slot, name="slot"),
    path("ticket/<str:code>/", ticket.ticket, name="ticket"),
    path("visit/", booking.enter, name="visit_enter"),
    path("visit/<str:code>/", booking.visit, name="visit"),
    path("visit/<str:code>/move/", booking.move, name="visit_move"),
    path("visit/<str:code>/cancel/", booking.cancel, name="visit_cancel"),
    path("visit/<str:code>/rate/", booking.rate, name="visit_rate"),
    path("ask/", matters.ask, name="ask"),
    path("ask/done/", matters.done, name="done"),
    path("follow/", matters.follow, name="follow"),
    path("follow/<str:number>/", matters.case, name="case"),
    path("aid/", entitled.entitled, name="entitled"),
]
