"""Addresses of the displays."""

from django.urls import path

from mingbai.web.screen import hall, window

app_name = "screen"

urlpatterns = [
    path("<str:code>/", hall.screen, name="hall"),
    path("<str:code>/now/", hall.now, name="now"),
    path("<str:code>/<int:number>/", window.window, name="window"),
    path("<str:code>/<int:number>/now/", window.now, name="window_now"),
    path("<str:code>/<int:number>/rate/", window.rate, name="window_rate"),
]
