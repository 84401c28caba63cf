"""Addresses of the door at the desk."""

from django.urls import path

from mingbai.web.door import book, hall, home, homes, materials, openings, queue, reception, tour, visit

app_name = "door"

urlpatterns = [
    path("", home.home, name="home"),
    path("record/", home.record, name="record"),
    path("hall/", hall.settings, name="hall"),
    path("windows/", hall.windows, name="windows"),
    path("sit/", queue.sit, name="sit"),
    path("next/", queue.call_next, name="next"),
    path("ticket/", queue.ticket, name="ticket"),
    path("visits/<int:pk>/do/<slug:verb>/", queue.act, name="act"),
    path("visits/<int:pk>/", visit.visit, name="visit"),
    path("visits/<int:pk>/served/", visit.served, name="served"),
    path("visits/<int:pk>/show/", visit.show, name="show"),
    path("visits/<int:pk>/move/", visit.move, name="move"),
    path("visits/<int:pk>/cancel/", visit.cancel, name="cancel"),
    path("visits/<int:pk>/matter/", visit.matter, name="matter"),
    path("visits/<int:pk>/join/", visit.join, name="join"),
    path("visits/<int:pk>/said/", reception.said, name="said"),
    path("calendar/", book.calendar, name="calendar"),
    path("book/", book.take, name="take"),
    path("openings/", openings.listing, name="openings"),
    path("openings/new/", openings.new, name="opening_new"),
    path("openings/<int:pk>/end/", openings.end, name="opening_end"),
    path("openings/<int:pk>/break/", openings.break_off, name="break"),
    path("breaks/<int:pk>/lift/", openings.lift, name="lift"),
    path("homes/", homes.home, name="homes"),
    path("homes/<int:pk>/<str:on>/order/", homes.order, name="tour_order"),
    path("homes/<int:pk>/<str:on>/sheet/", homes.sheet, name="tour_sheet"),
    path("homes/<int:pk>/<str:on>/pack/", tour.pack, name="tour_pack"),
    path("tour/", tour.shell, name="tour"),
    path("tour/today/", tour.today, name="tour_today"),
    path("visits/<int:pk>/turn/", homes.turn, name="turn"),
    path("visits/<int:pk>/spot/", homes.spot, name="spot"),
    path("visits/<int:pk>/missed/", homes.missed, name="missed"),
    path("reception/", reception.home, name="reception"),
    path("reception/proposal/", reception.proposal, name="proposal"),
    path("materials/", materials.home, name="materials"),
    path("materials/came/", materials.came, name="came"),
]
