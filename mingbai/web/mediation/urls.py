"""Addresses of mediation at the desk; what is done with one matter stands on the matter's own page."""

from django.urls import path

from mingbai.web.mediation import committees, file, invitation, listing

app_name = "mediation"

urlpatterns = [
    path("", listing.home, name="home"),
    path("committees/", committees.committees, name="committees"),
    path("committees/new/", committees.committee_new, name="committee_new"),
    path("committees/<int:pk>/", committees.committee, name="committee"),
    path("committees/<int:pk>/edit/", committees.committee_edit, name="committee_edit"),
    path("committees/<int:pk>/seat/", committees.seat, name="seat"),
    path("committees/<int:pk>/members/<int:member_pk>/leave/", committees.unseat, name="unseat"),
    path("<int:number>/invitation/<int:pk>/", invitation.invitation, name="invitation"),
    path("<int:number>/file/", file.file, name="file"),
    path("<int:number>/file/pdf/", file.file_pdf, name="file_pdf"),
]
