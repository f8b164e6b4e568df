"""What search answers with once every candidate has its legs: the order, the hits with their reasons, the verdict."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from math import isnan, log
from typing import Final

import numpy as np

from retrieval.calibration import Calibration, Features, Fusion, chance
from retrieval.closeness import Numbers
from retrieval.corpus import Corpus
from retrieval.diversity import POOL, diverse
from retrieval.highlights import highlights
from retrieval.proven import Prior, prefer_proven
from retrieval.ranking import Match, Values
from retrieval.reasons import Wanted, reasons, telling
from retrieval.results import Hit, SearchResult

ANSWERED: Final = log(0.4)
"""What the leg `asked` is from which an entry counts as an answer to questions like the query: two in five of them
graded it 2, or one in four 3.
"""

UNSURE: Final = 0.59
"""How likely a hit answers, at most, where there is no precedent: less than what is told as near."""


@dataclass(frozen=True)
class Answering:
    """How matches become answers: `fusion` weighs the legs (those of the calibration, less what is switched off),
    `priors` break near ties between playbooks or templates.
    """

    corpus: Corpus
    calibration: Calibration
    fusion: Fusion
    diversity: bool
    priors: Mapping[str, Prior]

    def result(self, asked: str, found: Match, k: int, wanted: Wanted) -> SearchResult:
        """The `k` best candidates; `asked` is the query as it was typed."""
        values = found.mixed(self.fusion)
        order = np.lexsort((found.documents, -values))[: max(k, 0) * POOL]
        understood = found.query.understood
        if not len(order):
            return SearchResult(query=asked, no_precedent=True, hits=(), understood=understood)
        shown = order[self._shown(found.documents[order], values[order], k)]
        looked = np.append(shown, self._best(found, values))
        held = self.corpus.lexical.held(found.query.words, found.documents[looked])
        *each, best = self._features(found, values, looked, held)
        chances = [chance(self.calibration.hit_logit(one)) for one in each]
        whole = chance(self.calibration.logit(best))
        nothing = whole < self.calibration.threshold
        hits, most = [], min(whole, UNSURE) if nothing else 1.0
        for number, sure, words in zip(shown.tolist(), chances, held, strict=False):
            most = min(most, sure)
            hits.append(self._hit(found, number, words, most, wanted))
        ordered = prefer_proven(hits, self.priors)
        return SearchResult(query=asked, no_precedent=nothing, hits=ordered, understood=understood)

    def features_of(self, found: Match) -> Features:
        """How the best past incident stands out; the best entry of all where no incident is among the candidates, of
        which there must be one.
        """
        values = found.mixed(self.fusion)
        best = np.array([self._best(found, values)], np.int64)
        held = self.corpus.lexical.held(found.query.asked, found.documents[best])
        return self._features(found, values, best, held)[0]

    def _best(self, found: Match, values: Values) -> int:
        incidents = self.corpus.filters.incidents.take(found.documents)
        return int((np.where(incidents, values, -np.inf) if incidents.any() else values).argmax())

    def _shown(self, ranked: Numbers, values: Values, k: int) -> Numbers:
        return diverse(self.corpus, ranked, values, k) if self.diversity else np.arange(min(k, len(ranked)))

    def _features(self, found: Match, values: Values, numbers: Numbers, held: Sequence[Set[str]]) -> list[Features]:
        """Of some candidates. Questions say nothing against an entry that they do not know."""
        coverage = self.corpus.lexical.coverage(found.query.asked, held)
        dense, likeness, asked = (one.take(numbers).tolist() for one in (found.dense, values, found.asked))
        return [
            Features(
                margin=close - found.unrelated,
                likeness=like,
                coverage=covered,
                kinship=found.kinship,
                topicality=found.topicality,
                precedented=max(found.precedented, 0.0) if isnan(said) else found.precedented,
            )
            for close, like, covered, said in zip(dense, likeness, coverage, asked, strict=True)
        ]

    def _hit(self, found: Match, number: int, held: Set[str], score: float, wanted: Wanted) -> Hit:
        place = int(found.documents[number])
        document = self.corpus.documents[place]
        nearest = self.corpus.passage(place, int(found.row[number]))
        answered = bool(found.asked[number] > ANSWERED)
        lexical = self.corpus.lexical
        shared = lexical.shared(found.query.asked, held) or lexical.shared(found.query.words, held)
        return Hit(
            id=document.id,
            kind=document.kind,
            title=document.title,
            score=round(score, 4),
            reasons=reasons(document, document.passages[nearest], shared, wanted, answered=answered),
            category=str(document.category),
            level=str(document.levels[0]) if len(document.levels) == 1 else None,
            highlights=highlights(document, nearest, telling(shared)),
            facts=document.facts,
        )
