"""people.csv: every post of the register, not only lawyers."""

from collections.abc import Iterable, Sequence

from mingbai.core.checks import clean_phone
from mingbai.integrations.ledgers.cells import one_of, plainly, region_of, station_of
from mingbai.integrations.ledgers.files import Row
from mingbai.integrations.ledgers.registry import LEDGER, LEDGERS, Ledger, Period
from mingbai.people.actions.workers import edit_worker, move_worker, register_worker
from mingbai.people.enums import Post
from mingbai.people.models import Worker
from mingbai.places.queries import register

COLUMNS = ("编号", "姓名", "岗位", "专兼职", "所属区划", "电话")
_FULL_TIME = {"专职": True, "兼职": False}


def land(row: Row, became: str) -> str:
    """Register the person, or change what is known under this number. Raises Refused."""
    region = region_of(row["所属区划"])
    post = one_of(Post.values, row["岗位"], "岗位")
    full_time = _FULL_TIME[one_of(_FULL_TIME, row["专兼职"], "专兼职")]
    phone = clean_phone(row["电话"]) if row["电话"] else ""
    station = station_of(region.code)
    known = Worker.objects.filter(code=row["编号"]).first()
    if known is None:
        worker = register_worker(
            by=LEDGER,
            code=row["编号"],
            name=row["姓名"],
            post=post,
            region=region,
            station=station,
            is_full_time=full_time,
            phone=phone,
        )
    else:
        worker = edit_worker(
            by=LEDGER, worker=known, name=row["姓名"], post=post, is_full_time=full_time, phone=phone
        )
        if worker.region_id != region.code:
            worker = move_worker(by=LEDGER, worker=worker, region=region, station=station, why="台账")
    return f"worker:{worker.code}"


def export(period: Period) -> Iterable[Sequence[str]]:
    """The register as it stands, of the region's subtree."""
    workers = Worker.objects.filter(is_active=True).order_by("code")
    if period.region:
        workers = workers.filter(region_id__in=register().subtree(period.region))
    for worker in workers.iterator(chunk_size=500):
        yield _written(worker)


def _written(worker: Worker) -> Sequence[str]:
    full = "专职" if worker.is_full_time else "兼职"
    return (worker.code, worker.name, worker.post, full, worker.region_id, worker.phone)


def found(row: Row) -> tuple[str, Sequence[str]] | None:
    worker = Worker.objects.filter(code=row["编号"]).first()
    return (f"worker:{worker.code}", _written(worker)) if worker else None


def normal(row: Row) -> Row:
    """One form of the phone number."""
    return {**row, "电话": plainly(clean_phone, row["电话"])}


LEDGERS.register(
    "people",
    Ledger("people", COLUMNS, land, identity="编号", export=export, normal=normal, found=found),
)
