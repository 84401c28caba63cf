"""Addresses of the board."""

from django.urls import path

from mingbai.web.board import home

app_name = "board"

urlpatterns = [
    path("", home.home, name="home"),
    path("rows/", home.rows, name="rows"),
]
