"""Approved releases by their hash, read from the store and kept once read."""

import threading
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from engine.errors import ReleaseError
from engine.model import Realm
from engine.releases.content import misfit
from engine.releases.release import Release, load_release
from engine.signing import TrustedKeys
from engine.store import log, releases
from engine.store.database import Database

_KEPT: Final = 4


@dataclass(frozen=True)
class ReleaseShelf:
    """The one way from a hash to something that may decide: approved, untouched, and made for this program.

    `bundled` is what comes with the program; it holds in a realm whose log names no release yet. `realm` is the one
    that pages and commands mean unless they say so.
    """

    database: Database
    trusted: TrustedKeys
    bundled: Release
    realm: Realm = Realm.live
    _kept: dict[str, Release] = field(default_factory=dict)
    _misfits: dict[str, str | None] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, release: str) -> Release:
        """The release. Raises ReleaseError when it is not approved, was tampered with, or does not fit this program."""
        with self._lock:
            if release not in self._kept:
                found = self._read(release)
                while len(self._kept) >= _KEPT:
                    del self._kept[next(iter(self._kept))]
                self._kept[release] = found
            return self._kept[release]

    def in_force(self, realm: Realm) -> Release:
        """The release that decides in a realm. Raises ReleaseError as `get`."""
        with self.database.read() as connection:
            named = log.current_release(connection, realm)
        return self.bundled if named in (None, self.bundled.hash) else self.get(named)

    def misfit(self, connection: Connection, release: str) -> str | None:
        """Why a stored content cannot decide under this program; None when it can. A content never changes."""
        if release not in self._misfits:
            self._misfits[release] = misfit(releases.load_content(connection, release))
        return self._misfits[release]

    def _read(self, release: str) -> Release:
        with self.database.read() as connection:
            releases.approval_of(connection, release, self.trusted)
            content = releases.load_content(connection, release)
        wrong = misfit(content)
        if wrong:
            raise ReleaseError(wrong)
        return load_release(content)
