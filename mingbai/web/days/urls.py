"""Addresses of service days at the desk."""

from django.urls import path

from mingbai.web.days import board, coverage, home, needs, paper, plans, stand, terms

app_name = "days"

urlpatterns = [
    path("", home.home, name="home"),
    path("records/<int:pk>/looked-at/", home.looked_at, name="looked_at"),
    path("needs/", needs.listing, name="needs"),
    path("needs/new/", needs.take, name="take"),
    path("needs/<int:pk>/end/", needs.end, name="need_end"),
    path("needs/<int:pk>/urgent/", needs.urgent, name="need_urgent"),
    path("needs/<int:pk>/show/", needs.show, name="need_show"),
    path("coverage/", coverage.page, name="coverage"),
    path("terms/", terms.page, name="terms"),
    path("terms/hosts/new/", terms.host, name="host"),
    path("terms/hosts/<str:pk>/end/", terms.host_end, name="host_end"),
    path("terms/blocks/new/", terms.block, name="block"),
    path("terms/blocks/<int:pk>/end/", terms.unblock, name="unblock"),
    path("terms/limits/new/", terms.limit_find, name="limit_find"),
    path("terms/limits/<str:code>/", terms.limit, name="limit"),
    path("points/<str:code>/", terms.point, name="point"),
    path("plans/", plans.listing, name="plans"),
    path("plans/new/", plans.make, name="plan_make"),
    path("plans/<int:pk>/", board.board, name="plan"),
    path("plans/<int:pk>/edit/", board.edit, name="plan_edit"),
    path("plans/<int:pk>/add/", board.add, name="plan_add"),
    path("plans/<int:pk>/days/<int:day_pk>/", board.day, name="plan_day"),
    path("plans/<int:pk>/propose/", plans.propose, name="propose"),
    path("plans/<int:pk>/take/", plans.take, name="take_proposal"),
    path("plans/<int:pk>/progress/", plans.progress, name="plan_progress"),
    path("plans/<int:pk>/publish/", plans.publish, name="publish"),
    path("plans/<int:pk>/drop/", plans.drop, name="plan_drop"),
    path("plans/<int:pk>/adjust/", plans.adjust, name="adjust"),
    path("plans/<int:pk>/print/", paper.plan, name="plan_print"),
    path("<int:pk>/", stand.day, name="day"),
    path("<int:pk>/stand/", stand.stand, name="stand"),
    path("<int:pk>/sign-in/", stand.sign_in, name="sign_in"),
    path("<int:pk>/stand-in/", stand.stand_in, name="stand_in"),
    path("<int:pk>/close/", stand.close, name="close"),
    path("<int:pk>/cancel/", stand.cancel, name="cancel"),
    path("<int:pk>/poster/", stand.poster, name="poster"),
]
