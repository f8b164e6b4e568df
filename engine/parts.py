"""What decides, under one release: the parts that the pipeline is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.errors import ReleaseError
from engine.model import Category, Mention, Scores
from engine.rule_set import RuleSet
from engine.scoring.brands import BrandRegistry
from knowledge.schema import Playbook


class MentionScorer(Protocol):
    """What the pipeline needs of scoring."""

    @property
    def hash(self) -> str:
        """Content hash of everything that decides scores."""
        ...

    def score(self, mention: Mention) -> Scores:
        """The scores of one mention. Raises ScoringUnavailable when nothing can be scored now."""
        ...


def _no_other(release: str) -> "Parts":
    raise ReleaseError(f"发布 {release[:12]} 不在这个存储中，不能使用")


@dataclass(frozen=True)
class Parts:
    """What decides: under one release, which holds wherever the log names no other. `others` gives the parts of another
    approved release by its hash, and raises ReleaseError when there is none.
    """

    scorer: MentionScorer
    rules: RuleSet
    playbooks: Mapping[Category, Playbook]
    registry: BrandRegistry
    release: str
    author_key: bytes = b"crisisdesk"
    others: Callable[[str], "Parts"] = _no_other

    def of(self, release: str | None) -> "Parts":
        """The parts of a release of the log."""
        return self if release in (None, self.release) else self.others(release)
