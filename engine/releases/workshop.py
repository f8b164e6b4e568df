"""From an approved release to the parts that decide: made once, kept while among the last few."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from engine.errors import ReleaseError, ScoringUnavailable
from engine.parts import MentionScorer, Parts
from engine.releases.release import Release
from engine.releases.shelf import ReleaseShelf

_KEPT: Final = 4


@dataclass(frozen=True)
class Workshop:
    """Makes parts by the hash of a release. `scorer` gives the scorer of a release's brands and lexicons."""

    shelf: ReleaseShelf
    scorer: Callable[[Release], MentionScorer]
    author_key: bytes
    _made: dict[str, Parts] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def parts(self, release: str) -> Parts:
        """The parts of an approved release. Raises ReleaseError, with what to do, when it must not or cannot decide."""
        with self._lock:
            if release not in self._made:
                made = self._make(self.shelf.get(release))
                while len(self._made) >= _KEPT:
                    del self._made[next(iter(self._made))]
                self._made[release] = made
            return self._made[release]

    def _make(self, release: Release) -> Parts:
        try:
            scorer = self.scorer(release)
        except ScoringUnavailable as error:
            raise ReleaseError(f"发布 {release.hash[:12]} 不能用来评分：{error}") from error
        return Parts(
            scorer=scorer,
            rules=release.rules,
            playbooks=release.playbooks,
            registry=release.registry,
            release=release.hash,
            author_key=self.author_key,
            others=self.parts,
        )
