"""Addresses of the board."""

from django.urls import path

from mingbai.web.board import cuts, figures, home, letters, places, weekly

app_name = "board"

urlpatterns = [
    path("", home.home, name="home"),
    path("rows/", home.rows, name="rows"),
    path("figures/", figures.figures, name="figures"),
    path("figures/<slug:code>/", figures.figure, name="figure"),
    path("figures/<slug:code>/by/<slug:by>/", cuts.cut, name="cut"),
    path("map/", places.where, name="map"),
    path("weekly/", weekly.weekly, name="weekly"),
    path("weekly/file.<slug:form>", weekly.weekly_file, name="weekly_file"),
    path("letter/", letters.letter, name="letter"),
    path("letter/file.<slug:form>", letters.draft_file, name="letter_file"),
    path("letter/issue/", letters.issue, name="issue"),
    path("letters/", letters.letters, name="letters"),
    path("letters/<int:pk>/", letters.issued, name="issued"),
    path("letters/<int:pk>/file.<slug:form>", letters.issued_file, name="issued_file"),
]
