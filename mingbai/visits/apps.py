"""The app's name and label; what it hangs into the layers below when the house starts."""

from datetime import date, datetime, timedelta

from django.apps import AppConfig

from mingbai.core.actor import SYSTEM, Actor


class VisitsConfig(AppConfig):
    name = "mingbai.visits"
    verbose_name = "来访"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from mingbai.core.retention import RETENTION, Retention
        from mingbai.notices.jobs import register_job
        from mingbai.places.actions import CALENDAR_CHANGED

        CALENDAR_CHANGED.register("visits.settle_bookings", _calendar_changed)
        RETENTION.register(
            "visit",
            Retention("visit", "3 years after the visit", "民法典 Art. 188; PIPL Art. 19", _forget),
        )
        register_job("visits.remind", every=timedelta(minutes=30), run=_remind)
        register_job("visits.no_shows", every=timedelta(hours=1), run=_no_shows)
        register_job("visits.pay_windows", every=timedelta(hours=6), run=_pay_windows)
        register_job("visits.settle_bookings", every=timedelta(minutes=10), run=_settle)


def _calendar_changed(year: int, changed: frozenset[date], by: Actor) -> None:
    """A day that became a holiday takes its slots along: who had booked is told in the same transaction."""
    from django.utils import timezone
    from django.utils.translation import gettext as _

    from mingbai.visits.actions.bookings import settle_bookings

    settle_bookings(by=by, now=timezone.now(), reason=_("放假安排有变动"))


def _forget(now: datetime) -> int:
    from mingbai.visits.actions.records import forget_visits

    return forget_visits(by=SYSTEM, now=now)


def _remind(now: datetime) -> int:
    from mingbai.visits.actions.bookings import remind

    return remind(by=SYSTEM, now=now)


def _no_shows(now: datetime) -> int:
    from mingbai.visits.actions.bookings import note_no_shows
    from mingbai.visits.actions.tickets import close_yesterday

    return note_no_shows(by=SYSTEM, now=now) + close_yesterday(by=SYSTEM, now=now)


def _pay_windows(now: datetime) -> int:
    from mingbai.visits.actions.duty import pay_windows

    return pay_windows(by=SYSTEM, now=now)


def _settle(now: datetime) -> int:
    """Leave and shut stations change slots without calling anybody."""
    from mingbai.visits.actions.bookings import settle_bookings

    return settle_bookings(by=SYSTEM, now=now)
