"""The app's name and label; what it hangs into the trunk when the house starts."""

from django.apps import AppConfig


class LegalaidConfig(AppConfig):
    name = "mingbai.legalaid"
    verbose_name = "法律援助"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.cases.kinds import LINE_WORK
        from mingbai.filings.kinds import register_filing
        from mingbai.legalaid.filing import filing_kind
        from mingbai.legalaid.line import KIND, WORK
        from mingbai.legalaid.papers import paper_kinds
        from mingbai.papers.kinds import register_paper

        LINE_WORK.register(KIND, WORK)
        register_filing(filing_kind())
        for kind in paper_kinds():
            register_paper(kind)
