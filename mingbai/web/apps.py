"""The app's name and label; the shape of the logs."""

from datetime import datetime, timedelta

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "mingbai.web"
    verbose_name = "页面与接口"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.notices.jobs import register_job
        from mingbai.papers.kinds import register_paper
        from mingbai.upkeep.rewrapping import ELSEWHERE
        from mingbai.web.logs import configure
        from mingbai.web.pay.proof import proof_kind

        configure()
        ELSEWHERE.register("web.authenticators", _rewrap_authenticators)
        # Papers and subsidies lie side by side as well.
        register_paper(proof_kind())
        RETENTION.register("session", Retention("session", "a day after its end", "PIPL Art. 19", _sweep))
        # Knowledge and notices lie side by side and do not know one another: they meet here.
        register_job("knowledge.watch_index", every=timedelta(minutes=1), run=_watch_index)
        register_job("knowledge.round", every=timedelta(hours=6), run=_knowledge_round)


def _rewrap_authenticators() -> int:
    from mingbai.web.accounts import rewrap_authenticators

    return rewrap_authenticators()


def _sweep(now: datetime) -> int:
    """Ended sessions. Not at once: until then we know whose text it was that came too late."""
    from django.contrib.sessions.models import Session

    swept: int = Session.objects.filter(expire_date__lt=now - timedelta(days=1)).delete()[0]
    return swept


def _watch_index(now: datetime) -> object:
    from mingbai.core.actor import SYSTEM
    from mingbai.knowledge.actions import watch_index

    return watch_index(by=SYSTEM, now=now)


def _knowledge_round(now: datetime) -> int:
    from mingbai.web.knowledge_round import run_round

    return run_round(now)
