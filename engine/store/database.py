"""One connection pool and short transactions; SQLite by default, PostgreSQL by URL.

SQLite runs in WAL mode with full synchronisation: a committed transaction survives a killed process and a power cut.
Writers come one after the other - BEGIN IMMEDIATE on SQLite, an advisory lock on PostgreSQL - so that none fails
half-way and the log's numbers are committed in their order.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from engine.errors import StoreError
from engine.store.tables import metadata

BUSY_SECONDS = 30
_WRITER_LOCK = 0x43726973


class Database:
    """A store at a SQLAlchemy URL, e.g. `sqlite:////data/crisisdesk.db` or `postgresql+psycopg://…`."""

    def __init__(self, url: str) -> None:
        try:
            self.url = make_url(url)
            self.engine: Engine = _engine(self.url)
        except (ImportError, SQLAlchemyError) as error:
            raise StoreError("数据库地址不对或缺少驱动，例如 sqlite:////数据文件、postgresql+psycopg://…") from error
        self._sqlite = self.url.get_backend_name() == "sqlite"
        lock = "BEGIN IMMEDIATE" if self._sqlite else f"SELECT pg_advisory_xact_lock({_WRITER_LOCK})"
        self._one_writer = text(lock)
        if self._sqlite and self.url.database:
            Path(self.url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    @classmethod
    def at(cls, path: Path) -> "Database":
        """The SQLite store in a file."""
        return cls(f"sqlite:///{path}")

    def create(self) -> None:
        """Make the tables of a fresh store (an existing one is upgraded by `engine.store.migrate`)."""
        metadata.create_all(self.engine)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that commits at the end of the block, or leaves nothing behind."""
        try:
            with self.engine.connect() as connection:
                connection.execute(self._one_writer)
                try:
                    yield connection
                except BaseException:
                    connection.rollback()
                    raise
                connection.commit()
        except SQLAlchemyError as error:
            raise StoreError(f"数据库暂时无法写入，本次没有保存任何内容，请稍后重试（{_cause(error)}）") from error

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A consistent read."""
        try:
            with self.engine.connect() as connection:
                if self._sqlite:
                    connection.execute(text("BEGIN"))
                yield connection
        except SQLAlchemyError as error:
            raise StoreError(f"数据库无法读取（{_cause(error)}）") from error

    def close(self) -> None:
        """Release all connections."""
        self.engine.dispose()


def _cause(error: SQLAlchemyError) -> str:
    """What the driver said, without the statement and its values: those hold texts of mentions."""
    return str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__


def _engine(url: URL) -> Engine:
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions are begun explicitly
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
