"""Bring a store to the schema of this version; refuses one that a newer version has written."""

from pathlib import Path
from typing import Final

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from engine.errors import StoreError
from engine.store.database import Database
from engine.store.tables import log, metadata

_SCRIPTS: Final = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Upgrade to the newest schema, keeping all data; a fresh store gets all tables.

    Raises StoreError when the store was written by a newer version of the program, or cannot be reached.
    """
    try:
        _upgrade(database)
    except SQLAlchemyError as error:
        raise StoreError(f"数据库无法打开，请检查地址、账号与服务是否启动（{type(error).__name__}）") from error


def _upgrade(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS))
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    with database.engine.begin() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        if current is not None and current not in known:
            raise StoreError("数据由更新版本的程序写入，请升级程序后再打开")
        config.attributes["connection"] = connection
        if current is None and inspect(connection).has_table(log.name):
            metadata.create_all(connection)  # made by Database.create: the newest schema, without its number
            command.stamp(config, "head")
        else:
            command.upgrade(config, "head")
