"""Addresses of subsidies."""

from django.urls import path

from mingbai.web.pay import mine, piece, sheets

app_name = "pay"

urlpatterns = [
    path("", mine.mine, name="mine"),
    path("proof/", mine.proof_new, name="proof_new"),
    path("proof/<int:pk>.<slug:form>", mine.proof, name="proof"),
    path("sheets/", sheets.sheets, name="sheets"),
    path("sheets/new/", sheets.new, name="sheet_new"),
    path("sheets/budget.xlsx", sheets.budget_file, name="budget"),
    path("sheets/<int:pk>/", sheets.sheet, name="sheet"),
    path("sheets/<int:pk>/sheet.xlsx", sheets.sheet_file, name="sheet_file"),
    path("pieces/<int:pk>/", piece.piece, name="piece"),
    path("pieces/<int:pk>/settle/", piece.settle, name="settle"),
    path("pieces/<int:pk>/correct/", piece.correct, name="correct"),
]
