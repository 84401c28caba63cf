"""Addresses of the public face. A resident needs no account for any of them."""

from django.urls import path

from mingbai.web.access import public
from mingbai.web.public import (
    ask,
    booking,
    days,
    edition,
    entitled,
    find,
    follow,
    follow_acts,
    guide,
    home,
    pages,
    regions,
    stations,
    ticket,
)

app_name = "public"

urlpatterns = [
    path("", home.home, name="home"),
    path("ask/", ask.ask, name="ask"),
    path("ask/done/<str:token>/", ask.done, name="done"),
    path("ask/done/<str:token>/slip/", ask.slip, name="slip"),
    path("ask/<slug:code>/", ask.ask, name="ask"),
    path("guide/<slug:code>/", guide.guide, name="guide"),
    path("aid/", entitled.entitled, name="entitled"),
    path("find/", find.find, name="find"),
    path("find/alike/", find.alike, name="alike"),
    path("find/law/<int:pk>/", find.law, name="law"),
    path("find/article/<int:pk>/", find.article, name="article"),
    path("find/guide/<int:pk>/", find.howto, name="howto"),
    path("find/answer/<int:pk>/", find.answer, name="answer"),
    path("follow/", follow.enter, name="follow"),
    path("follow/leave/", follow.leave, name="leave"),
    path("follow/<str:number>/", follow.page, name="case"),
    path("follow/<str:number>/message/", follow_acts.message, name="message"),
    path("follow/<str:number>/withdraw/", follow_acts.withdraw, name="withdraw"),
    path("follow/<str:number>/rate/", follow_acts.rate, name="rate"),
    path("follow/<str:number>/files/<int:pk>/", follow.file, name="file"),
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
    path("regions/", regions.picker, name="regions"),
    path("stations/", stations.listing, name="stations"),
    path("stations/<str:code>/", stations.station, name="station"),
    path("edition/", public(edition.edition), name="edition"),
    path("privacy/", pages.privacy, name="privacy"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("opinion/", pages.opinion, name="opinion"),
]
