"""retain: what is kept for too long. Without options a dry run; destroys when told so, by a named person."""

import json
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from mingbai.cases.queries.retention import due_to_retire
from mingbai.core.actor import Actor
from mingbai.core.refused import Refused
from mingbai.upkeep.actions import retaining
from mingbai.upkeep.actions.retaining import Protocol
from mingbai.upkeep.queries import due, held_now


class Command(BaseCommand):
    help = "保管期限：不带参数只清点；--do 按规则销毁，--destroy 按鉴定清单销毁，--hold 暂停销毁 (retention)"

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", type=Path, metavar="FILE", help="写出待鉴定的办件清单（没有姓名）")
        what.add_argument("--do", action="store_true", help="销毁到期的（不用鉴定的各类）")
        what.add_argument("--destroy", type=Path, metavar="FILE", help="鉴定后的清单，每行一个编号开头")
        what.add_argument("--hold", metavar="NUMBER", help="诉讼、调查、审计期间：这件事暂停销毁")
        what.add_argument("--release", metavar="NUMBER", help="解除暂停")
        parser.add_argument("--by", default="", help="谁决定的")
        parser.add_argument("--reason", default="", help="鉴定文号或理由")
        parser.add_argument("--protocol", type=Path, metavar="FILE", help="销毁记录写到这个新文件")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["list"]:
            return self._list(options["list"])
        if not any(options[name] for name in ("do", "destroy", "hold", "release")):
            return self._dry()
        by, reason = options["by"].strip(), options["reason"].strip()
        if not by or not reason:
            raise CommandError("须写明 --by（谁决定）和 --reason（鉴定文号或理由）。")
        try:
            self._act(options, Actor("system", "retain", by), reason)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _dry(self) -> None:
        for one in due(timezone.now()):
            what = "到期，自动或 --do 销毁" if one.by == "rule" else "待鉴定"
            if one.code == "staff":
                what = "不在这里销毁"
            self.stdout.write(f"{one.code}\t{one.rows}\t{what}\t{one.kept}（{one.source}）")
        for hold in held_now():
            self.stdout.write(f"暂停销毁\t{hold.case.number}\t{hold.set_by}\t{hold.reason}")
        self.stdout.write("只是清点，什么也没有销毁 (dry run)")

    def _list(self, file: Path) -> None:
        """Nothing personal: the appraiser opens the matter itself."""
        cases = due_to_retire(timezone.now())
        lines = [
            f"{case.number}\t{timezone.localdate(case.closed_at)}\t{case.kind}\t{case.station.name}\n"
            for case in cases.iterator()
        ]
        _write_new(file, "".join(lines))
        self.stdout.write(f"{len(lines)} 件，写到 {file}")

    def _act(self, options: dict[str, Any], by: Actor, reason: str) -> None:
        now = timezone.now()
        if options["hold"]:
            return retaining.hold(number=options["hold"], by=by, reason=reason)
        if options["release"]:
            return retaining.release(number=options["release"], by=by, reason=reason)
        if options["do"]:
            return self._told(retaining.destroy_due(by=by, now=now, reason=reason), options["protocol"])
        lines = options["destroy"].read_text().splitlines()
        numbers = [line.split("\t")[0] for line in lines if line.strip()]
        protocol = retaining.destroy_appraised(numbers=numbers, by=by, now=now, reason=reason)
        self._told(protocol, options["protocol"])
        if protocol.refused:
            raise CommandError(f"{len(protocol.refused)} 件没有销毁。")

    def _told(self, protocol: Protocol, file: Path | None) -> None:
        text = json.dumps(protocol.told(), ensure_ascii=False, indent=2) + "\n"
        for number, why in protocol.refused.items():
            self.stderr.write(f"{number}: {why}")
        if file:
            _write_new(file, text)
        self.stdout.write(text)


def _write_new(file: Path, text: str) -> None:
    """A protocol is never written over."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise CommandError(f"写不了 {file}：{error.strerror}") from error
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
