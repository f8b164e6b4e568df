"""Reach 触达: how many people a mention may have met, and heat 热度, its logarithmic score.

reach = followers^0.7 · kind + max(views, 200·reposts + 20·comments + 5·likes) + hot search, in people.

A follower seldom sees a post, and the larger the account the smaller the share: the exponent damps it. Reposts carry
a post to the reposter's own followers (about 200 active readers), comments and likes stand for readers who left no
trace. Views already counted by the platform replace the estimate from reposts, comments and likes when larger. A
hot-search entry is seen by about 20 million people at rank 1, falling with the rank. These are estimates for
ordering and growth, not audience measurements.
"""

from math import log10
from typing import Final

from engine.model import Author, AuthorKind, Engagement, HotSearch

_FOLLOWER_EXPONENT: Final = 0.7
_KIND_FACTOR: Final = {
    AuthorKind.personal: 1.0,
    AuthorKind.official: 1.5,
    AuthorKind.media: 3.0,
    AuthorKind.regulator: 5.0,
}
# What an author of unknown size is worth.
_UNKNOWN_FOLLOWERS: Final = {
    AuthorKind.personal: 100,
    AuthorKind.official: 10_000,
    AuthorKind.media: 100_000,
    AuthorKind.regulator: 200_000,
}
_PER_REPOST: Final = 200
_PER_COMMENT: Final = 20
_PER_LIKE: Final = 5
_TOP_OF_HOT_SEARCH: Final = 20_000_000
_MOST: Final = 10**12


def reach_of(author: Author, engagement: Engagement, hot_search: HotSearch | None) -> int:
    """People reached, estimated; never less when a count grows. At most 10^12."""
    followers = author.followers if author.followers is not None else _UNKNOWN_FOLLOWERS[author.kind]
    audience: float = followers**_FOLLOWER_EXPONENT * _KIND_FACTOR[author.kind]
    spread = engagement.reposts * _PER_REPOST + engagement.comments * _PER_COMMENT + engagement.likes * _PER_LIKE
    listed = _TOP_OF_HOT_SEARCH / hot_search.rank if hot_search else 0
    return min(_MOST, round(audience + max(engagement.views, spread) + listed))


def heat_of(reach: int) -> float:
    """Heat 10·log10(1 + reach): 0 for nobody, 30 for a thousand people, 60 for a million."""
    return round(10 * log10(1 + reach), 2)
