"""found_city CSV: regions, required stations and the bureaus in charge, of any city; repeatable."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from mingbai.core.actor import SYSTEM
from mingbai.core.refused import Refused
from mingbai.places.actions import found_city
from mingbai.places.rules.divisions import read_divisions
from mingbai.places.textfile import read_text


class Command(BaseCommand):
    help = "由区划文件（code,name,level,parent）建立一座城市的区划和应设站点；可重复执行"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="CSV")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        self._migrated()
        try:
            founded = found_city(
                by=SYSTEM,
                divisions=read_divisions(read_text(Path(file))),
                source=Path(file).name,
                progress=self._show,
            )
        except Refused as reason:
            raise CommandError(f"{file}：{reason}。什么也没有写入。") from None
        if founded.differing:
            self.stderr.write(f"与文件不同、保持原样的区划：{'、'.join(founded.differing)}")
        if founded.city != settings.CITY_CODE:
            self.stderr.write(f"请设环境变量 CITY_CODE={founded.city}，本系统才以它为本市。")
        self.stdout.write(
            f"新增 {founded.regions} 个区划、{founded.stations} 个站点、{founded.organisations} 个机构。"
        )

    def _show(self, done: int, whole: int) -> None:
        self.stderr.write(f"\r{done * 100 // whole:3d} %", ending="\n" if done == whole else "")
        self.stderr.flush()

    def _migrated(self) -> None:
        """An empty data folder gets its tables first, so that founding is one command."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)
