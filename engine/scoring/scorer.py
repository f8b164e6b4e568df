"""Mention → Scores: negativity, categories, severity, brands, reach. Deterministic: the same text, the same scores."""

import json
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Final, Protocol

import numpy as np

from engine.errors import ScoringUnavailable
from engine.model import Category, Mention, Scores, Severity, UpstreamScores
from engine.scoring.brands import BrandRegistry
from engine.scoring.features import embedded_part, features, read
from engine.scoring.heads import CATEGORIES, Parameters, Verdict, judge, judge_part, load_parameters, parameters_hash
from engine.scoring.lexicon import Lexicon, load_lexicon
from engine.scoring.reach import heat_of, reach_of
from engine.scoring.targets import shares
from engine.scoring.text import clean

VERSION: Final = "1"
"""Raise it when the same parameters would give other scores: part of `Scorer.hash`."""

BUNDLED: Final = Path(__file__).with_name("parameters.npz")
NEGATIVE_FROM: Final = 0.5
_REMEMBERED: Final = 4096
_DIGITS: Final = 4

_SEVERITIES: Final = (Severity.low, Severity.medium, Severity.high)


Surfaces = tuple[tuple[str, tuple[str, ...]], ...]
"""Canonical brands, each with how the cleaned text or the tool writes it."""


class TextEmbedder(Protocol):
    """What scoring needs of `retrieval.embedder.Embedder`."""

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def query(self, text: str) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        """A unit vector float32[dimension]."""
        ...


class Scorer:
    """Scores mentions; safe to share between threads once built. `hash` names exactly what decided a score."""

    def __init__(
        self, embedder: TextEmbedder, registry: BrandRegistry, parameters: Parameters, lexicon: Lexicon
    ) -> None:
        if (embedder.name, embedder.dimension) != (parameters.embedder, parameters.embedding.shape[1]):
            raise ScoringUnavailable(
                f"评分参数是用向量模型“{parameters.embedder}”拟合的，现在的是“{embedder.name}”："
                "请换回该模型，或运行 python -m engine.scoring.fit 重新拟合"
            )
        self._embedder = embedder
        self._registry = registry
        self._parameters = parameters
        self._lexicon = lexicon
        self._judged = lru_cache(maxsize=_REMEMBERED)(self._judge)
        self.hash: Final = _hash(embedder, registry, parameters, lexicon)

    def score(self, mention: Mention, *, group: str | None = None) -> Scores:
        """The scores of a mention. `group` is its near-duplicate group where known (see `near_duplicates`);
        without it the mention stands alone.
        """
        cleaned = clean(mention.text)
        surfaces = self._surfaces(mention, cleaned)
        verdict, part_of = self._judged(read(cleaned, _names(surfaces)).plain, surfaces)
        upstream = mention.upstream or UpstreamScores()
        negativity = round(_negativity(verdict, upstream), _DIGITS)
        negative = negativity >= NEGATIVE_FROM
        categories = _categories(verdict, negativity, upstream)
        reach = reach_of(mention.author, mention.engagement, mention.hot_search)
        return Scores(
            negative=negative,
            negativity=negativity,
            category=max(CATEGORIES, key=lambda one: categories[one]) if negative else None,
            categories={one: round(score, _DIGITS) for one, score in categories.items()},
            severity=_severity(verdict, upstream) if negative else Severity.none,
            reach=reach,
            heat=heat_of(reach),
            by_brand={brand: round(negativity * part, _DIGITS) for brand, part in part_of.items()},
            near_duplicate_group=group or mention.id,
            scorer=self.hash,
        )

    def _surfaces(self, mention: Mention, cleaned: str) -> Surfaces:
        """The tool's brands first, then those found in the text."""
        written: dict[str, list[str]] = {}
        for name in mention.brands:
            if name.strip():
                written.setdefault(self._registry.resolve(name), []).append(clean(name).strip())
        for match in self._registry.matches(cleaned):
            written.setdefault(match.brand, []).append(cleaned[match.start : match.end])
        return tuple((brand, tuple(dict.fromkeys(filter(None, names)))) for brand, names in written.items())

    def _judge(self, plain: str, surfaces: Surfaces) -> tuple[Verdict, Mapping[str, float]]:
        """The verdict on a text and each brand's share of it; remembered, as it is the same every time."""
        names = _names(surfaces)
        reading = read(plain, names)
        embedding = self._embedder.query(embedded_part(reading))
        verdict = judge(self._parameters, features(reading, embedding, self._lexicon))
        return verdict, shares(plain, dict(surfaces), lambda part: self._judge_part(part, names))

    def _judge_part(self, part: str, names: tuple[str, ...]) -> float:
        return judge_part(self._parameters, features(read(part, names), self._parameters.mean, self._lexicon))


def load_scorer(
    embedder: TextEmbedder, registry: BrandRegistry, parameters: Path = BUNDLED, lexicons: Path | None = None
) -> Scorer:
    """The scorer of an embedder and a registry with the bundled (or other) parameters and lexicons.

    Raises ScoringUnavailable when they cannot be read or were fitted with another embedder.
    """
    return Scorer(embedder, registry, load_parameters(parameters), load_lexicon(lexicons))


def _names(surfaces: Surfaces) -> tuple[str, ...]:
    return tuple(sorted({name for _, names in surfaces for name in names}))


def _negativity(verdict: Verdict, upstream: UpstreamScores) -> float:
    """The tool's negativity wins; a category from the tool says at least that the mention is negative."""
    if upstream.negativity is not None:
        return upstream.negativity
    return max(verdict.negative, NEGATIVE_FROM) if upstream.category is not None else verdict.negative


def _categories(verdict: Verdict, negativity: float, upstream: UpstreamScores) -> dict[Category, float]:
    """Probability that the mention is negative and in the category; the primary one has the highest."""
    primary = upstream.category or CATEGORIES[int(verdict.primary.argmax())]
    present = np.maximum(verdict.present, verdict.primary) * negativity
    top = min(negativity, float(present.max()) + 10.0**-_DIGITS)
    lower = np.minimum(present, top - 10.0**-_DIGITS).clip(0)
    scores = dict(zip(CATEGORIES, map(float, lower), strict=True))
    return {**scores, primary: top}


def _severity(verdict: Verdict, upstream: UpstreamScores) -> Severity:
    """Ordinal: each step up must be more likely than not, and builds on the one before."""
    if upstream.severity is not None:
        return upstream.severity
    steps = np.minimum.accumulate(verdict.severity) >= NEGATIVE_FROM
    return _SEVERITIES[int(steps.sum())]


def _hash(embedder: TextEmbedder, registry: BrandRegistry, parameters: Parameters, lexicon: Lexicon) -> str:
    content = {
        "version": VERSION,
        "embedder": embedder.fingerprint,
        "parameters": parameters_hash(parameters),
        "lexicon": lexicon.groups,
        "registry": [brand.model_dump(mode="json") for brand in registry.brands],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=16).hexdigest()
