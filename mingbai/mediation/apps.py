"""The app's name and label; what it hangs into the trunk when the house starts."""

from django.apps import AppConfig


class MediationConfig(AppConfig):
    name = "mingbai.mediation"
    verbose_name = "人民调解"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.cases.kinds import LINE_WORK
        from mingbai.filings.kinds import register_filing
        from mingbai.mediation.filing import filing_kind
        from mingbai.mediation.line import KIND, WORK
        from mingbai.mediation.papers import paper_kinds
        from mingbai.papers.kinds import register_paper

        LINE_WORK.register(KIND, WORK)
        register_filing(filing_kind())
        for kind in paper_kinds():
            register_paper(kind)
