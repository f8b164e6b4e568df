"""What decides, under one release: the parts that the pipeline is given."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

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


@dataclass(frozen=True)
class Parts:
    """What decides: under one release."""

    scorer: MentionScorer
    rules: RuleSet
    playbooks: Mapping[Category, Playbook]
    registry: BrandRegistry
    release: str
    author_key: bytes = b"crisisdesk"
