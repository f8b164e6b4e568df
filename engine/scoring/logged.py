"""Scores that were logged before: evidence replay does not embed again."""

from collections.abc import Mapping

from engine.errors import ScoringUnavailable
from engine.model import Mention, Scores


class LoggedScorer:
    """Gives back the scores that another scorer gave, by mention id."""

    def __init__(self, scores: Mapping[str, Scores], scorer_hash: str) -> None:
        self._scores = scores
        self._hash = scorer_hash

    @property
    def hash(self) -> str:
        """The hash of the scorer that gave them."""
        return self._hash

    def score(self, mention: Mention) -> Scores:
        """The logged scores. Raises ScoringUnavailable for a mention that was not scored then."""
        found = self._scores.get(mention.id)
        if found is None:
            raise ScoringUnavailable(f"提及 {mention.id} 没有存档的评分")
        return found
