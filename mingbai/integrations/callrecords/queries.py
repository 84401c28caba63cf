"""When the last record of a source came."""

from datetime import datetime

from django.db.models import Max

from mingbai.integrations.models import CallRecord, RecordSource


def last_landed(source: RecordSource) -> datetime | None:
    last: datetime | None = CallRecord.objects.filter(source=source).aggregate(at=Max("landed_at"))["at"]
    return last
