"""Which history a command runs over: a file of log records, or a span of a store's log."""

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Final

from api.clock import wall_clock
from api.settings import Settings
from engine.errors import InputError
from engine.history import History, given_history, stored_history
from engine.incident_book import CHINA
from engine.model import Realm
from engine.rule_comparison import Texts, stored_texts
from engine.store.database import Database
from engine.store.migrate import migrate

USUAL_DAYS: Final = 30
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class ChosenHistory:
    """`texts` gives the mentions' texts where there is a store that holds them."""

    history: History
    texts: Texts | None = None


def choose_history(
    settings: Settings, file: Path | None, folder: Path | None, since: str | None, until: str | None, realm: str | None
) -> ChosenHistory | None:
    """What was chosen: a file, or the log of a store (`folder`; the installation's own when only days are given), the
    last 30 days unless told. None when nothing was. Raises InputError.
    """
    spans = since or until or realm
    if file is not None:
        if folder or spans:
            raise InputError("--history 与 --store、--from、--to、--realm 不能同时用")
        return ChosenHistory(_ensure_some(given_history(file), f"文件 {file.name} 里没有记录"))
    if not (folder or spans):
        return None
    end = moment_of(until, last=True) if until else wall_clock()
    start = moment_of(since) if since else end - timedelta(days=USUAL_DAYS)
    if start >= end:
        raise InputError("--from 要早于 --to")
    where = _realm(realm) if realm else Realm.replay if folder else Realm(settings.opens_in)
    database = open_database(settings, folder)
    none = f"数据域 {where} 在这段时间里没有记录，请检查 --from、--to、--realm"
    return ChosenHistory(_ensure_some(stored_history(database, where, start, end), none), stored_texts(database, where))


def _ensure_some(history: History, otherwise: str) -> History:
    """Over nothing, no decision ever differs: nobody should take that for an answer."""
    if not history.total:
        raise InputError(otherwise)
    return history


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


def _realm(text: str) -> Realm:
    try:
        return Realm(text)
    except ValueError as error:
        raise InputError(f"没有这个数据域，可用：{'、'.join(Realm)}", place=text) from error
