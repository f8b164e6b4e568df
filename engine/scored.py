"""Scored mentions → log records: what each brand's windows get to see, split by brand."""

from hashlib import blake2b
from typing import Final

from engine.model import Category, EngagementRecord, EngagementUpdate, Mention, MentionRecord, Scores
from engine.scoring.reach import heat_of, reach_of
from engine.scoring.text import clean
from rules.vocabulary import HARM_WORDS

COUNTS_FROM: Final = 0.5
"""Negativity for a brand, and score of a further category, from which a mention counts."""


def counted_categories(scores: Scores, brand: str) -> tuple[Category, ...]:
    """The categories that a mention counts for with a brand, main matter first; none unless it is negative for it."""
    if scores.category is None or scores.by_brand.get(brand, 0.0) < COUNTS_FROM:
        return ()
    further = [
        (-score, category)
        for category, score in scores.categories.items()
        if score >= COUNTS_FROM and category is not scores.category
    ]
    return (scores.category, *(category for _, category in sorted(further)))


def mention_record(mention: Mention, scores: Scores, brand: str, group: str, author_key: bytes) -> MentionRecord:
    """A mention as one brand's windows see it; the author becomes a keyed hash."""
    categories = counted_categories(scores, brand)
    told = mention.upstream is not None and mention.upstream.category is not None
    return MentionRecord(
        mention=mention.id,
        published_at=mention.published_at,
        received_at=mention.received_at,
        negativity=scores.by_brand.get(brand, 0.0),
        categories=categories,
        certainty=() if told else tuple(scores.categories.get(one, 0.0) for one in categories),
        harm_words=_harm_words(mention.text),
        severity=scores.severity,
        reach=scores.reach,
        author=_author(mention, author_key),
        author_kind=mention.author.kind,
        followers=mention.author.followers,
        mention_kind=mention.kind,
        platform=mention.platform,
        group=group,
        reposts=mention.engagement.reposts,
        hot_search_rank=mention.hot_search.rank if mention.hot_search else None,
        history=mention.history,
        scorer=scores.scorer,
    )


def with_counts(mention: Mention, scores: Scores, update: EngagementUpdate) -> Scores:
    """A mention's scores after new counts came in: reach and heat follow."""
    reach = reach_of(mention.author, update.engagement, mention.hot_search)
    return scores.model_copy(update={"reach": reach, "heat": heat_of(reach)})


def engagement_record(mention: Mention, scores: Scores, brand: str, update: EngagementUpdate) -> EngagementRecord:
    """New counts as one brand's windows see them: what was added since the counts before."""
    before = reach_of(mention.author, update.previous, mention.hot_search)
    after = reach_of(mention.author, update.engagement, mention.hot_search)
    return EngagementRecord(
        mention=mention.id,
        received_at=update.received_at,
        categories=counted_categories(scores, brand),
        added_reach=max(0, after - before),
        added_reposts=max(0, update.engagement.reposts - update.previous.reposts),
        heat=heat_of(after),
        history=update.history,
    )


def _harm_words(text: str) -> int:
    cleaned = clean(text)
    return sum(word in cleaned for word in HARM_WORDS)


def _author(mention: Mention, key: bytes) -> str:
    name = f"{mention.platform}\x1f{mention.author.name}" if mention.author.name else mention.id
    return blake2b(name.encode("utf-8", "replace"), digest_size=8, key=key).hexdigest()
