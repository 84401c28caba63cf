"""The app's name and label; what it hangs into the layers below when the house starts."""

from datetime import datetime, timedelta

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM, Actor


class ServicedaysConfig(AppConfig):
    name = "mingbai.servicedays"
    verbose_name = "公共法律服务日"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.notices.jobs import register_job
        from mingbai.places.actions import TREE_CHANGED

        TREE_CHANGED.register("servicedays.rehome", _tree_changed)
        RETENTION.register(
            "service_need",
            Retention("service_need", "180 days after the need has ended", "PIPL Art. 19", _forget),
        )
        register_job("servicedays.draw_needs", every=timedelta(hours=1), run=_draw)
        register_job("servicedays.plan", every=timedelta(seconds=10), run=_plan)


def _tree_changed(region: str, by: Actor) -> None:
    from mingbai.servicedays.actions.rehome import rehome

    rehome(by=by, region=region)


def _forget(now: datetime) -> int:
    from mingbai.servicedays.actions.needs import forget_needs

    return forget_needs(by=SYSTEM, now=now)


def _draw(now: datetime) -> int:
    from mingbai.servicedays.actions.drawing import draw_needs

    return draw_needs(by=SYSTEM, now=now)


def _plan(now: datetime) -> int:
    from mingbai.servicedays.models import PlanRun

    # Look before taking: an idle house must not load the planner's libraries.
    if not PlanRun.objects.filter(state__in=["queued", "running"]).exists():
        return 0
    from mingbai.servicedays.actions.running import run_plans

    return run_plans(by=SYSTEM, now=now)
