"""Which parts of search work, so that each can be switched off to measure what it is worth."""

from dataclasses import dataclass, field

from retrieval.calibration import Fusion, Unasked
from retrieval.understanding import Reading


@dataclass(frozen=True)
class Parts:
    """All by default. `characters` is the likeness of pairs of characters, `category` the leaning towards the category
    that the query is about, `topic` that towards its topic; `asked` is what judged questions say, `tuning` the network
    that passages and queries go through (in `asked` it stays, questions have their places by it).
    """

    dense: bool = True
    lexical: bool = True
    characters: bool = True
    category: bool = True
    topic: bool = True
    asked: bool = True
    tuning: bool = True
    diversity: bool = True
    reading: Reading = field(default_factory=Reading)

    def weights(self, fitted: Fusion) -> Fusion:
        """The fitted weights, 0 for what is off."""
        return Fusion(
            dense=fitted.dense * self.dense,
            lexical=fitted.lexical * self.lexical,
            characters=fitted.characters * self.characters,
            category=fitted.category * self.category,
            topic=fitted.topic * self.topic,
            asked=fitted.asked * self.asked,
            unasked=self._guess(fitted.unasked),
        )

    def _guess(self, fitted: Unasked) -> Unasked:
        """From the legs that are on."""
        return Unasked(
            intercept=fitted.intercept,
            dense=fitted.dense * self.dense,
            lexical=fitted.lexical * self.lexical,
            characters=fitted.characters * self.characters,
            category=fitted.category * self.category,
            topic=fitted.topic * self.topic,
        )
