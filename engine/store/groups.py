"""Near-duplicate signatures in the store: a `GroupIndex` within one transaction.

The scope is (realm, brand): a brand's groups then depend on its own mentions alone.
"""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select

from engine.model import Realm
from engine.scoring.near_duplicates import Candidate, Signature
from engine.store.tables import group_bands

_SHARING: Final = select(group_bands.c.band, group_bands.c.group_id, group_bands.c.minhash).where(
    group_bands.c.scope == bindparam("scope"), group_bands.c.band.in_(bindparam("bands", expanding=True))
)


class StoredGroups:
    """See `engine.scoring.near_duplicates.GroupIndex`. `add` relies on the `find` of the same bands before it."""

    def __init__(self, connection: Connection, brand: str) -> None:
        self._connection = connection
        self._brand = brand
        self._found: set[tuple[str, str, bytes]] = set()

    def find(self, bands: tuple[str, ...], realm: Realm) -> Iterable[Candidate]:
        """The candidates that share a band."""
        rows = self._connection.execute(_SHARING, {"scope": self._scope(realm), "bands": bands})
        self._found = {(row.band, row.group_id, row.minhash) for row in rows}
        return {Candidate(group, minhash) for _, group, minhash in self._found}

    def add(self, group: str, signature: Signature, realm: Realm) -> None:
        """Keep a signature; the same again changes nothing."""
        fresh = [
            {"scope": self._scope(realm), "band": band, "group_id": group, "minhash": signature.minhash}
            for band in dict.fromkeys(signature.bands)
            if (band, group, signature.minhash) not in self._found
        ]
        if fresh:
            self._connection.execute(insert(group_bands), fresh)

    def _scope(self, realm: Realm) -> str:
        return f"{realm}/{self._brand}"
