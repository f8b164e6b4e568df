"""What commands over a history share: the store in a folder, and days as people write them."""

import re
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from api.settings import Settings
from engine.errors import InputError
from engine.incident_book import CHINA
from engine.store.database import Database
from engine.store.migrate import migrate

USUAL_DAYS: Final = 30
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


def open_database(settings: Settings, folder: Path | None) -> Database:
    """The store in a folder, or the installation's own. Raises InputError when there is none."""
    from api.command_line.streams import STORE_FILE  # noqa: PLC0415 - that module loads scoring and search

    if folder is None:
        database = Database(settings.resolved_database_url)
    elif (folder / STORE_FILE).is_file():
        database = Database.at(folder / STORE_FILE)
    else:
        raise InputError(f"这个文件夹里没有数据库 {STORE_FILE}", place=str(folder))
    migrate(database)
    return database


def moment_of(text: str, *, last: bool = False) -> datetime:
    """A day or a moment, Chinese time unless an offset is given. As the `last` day, a day counts to its end."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InputError("日期要写成 2026-03-01 或 2026-03-01T08:00", place=text) from error
    if last and _DAY.fullmatch(text):
        found = datetime.combine(found.date() + timedelta(days=1), time())
    return found if found.tzinfo else found.replace(tzinfo=CHINA)
