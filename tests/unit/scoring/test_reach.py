"""Reach is in people and only grows with the counts; heat is its logarithm."""

from hypothesis import given
from hypothesis import strategies as st

from engine.model import Author, AuthorKind, Engagement, HotSearch
from engine.scoring.reach import heat_of, reach_of

COUNTS = st.integers(0, 10**12)


@given(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS, COUNTS)
def test_more_engagement_never_lowers_reach(
    followers: int, views: int, reposts: int, comments: int, likes: int, more: int
) -> None:
    author = Author(followers=followers)
    less = Engagement(views=views, reposts=reposts, comments=comments, likes=likes)
    most = min(10**12, reposts + more)
    assert reach_of(author, less.model_copy(update={"reposts": most}), None) >= reach_of(author, less, None)


def test_followers_are_damped() -> None:
    small, large = (reach_of(Author(followers=n), Engagement(), None) for n in (1_000, 1_000_000))
    assert 100 <= small <= 200
    assert large < 1000 * small


def test_media_of_unknown_size_reach_more_than_a_person() -> None:
    media, person = (
        reach_of(Author(kind=kind), Engagement(), None) for kind in (AuthorKind.media, AuthorKind.personal)
    )
    assert media > 100 * person


def test_the_top_of_hot_search_is_seen_by_millions() -> None:
    top, low = (reach_of(Author(), Engagement(), HotSearch(keyword="某平台", rank=rank)) for rank in (1, 50))
    assert top > 19_000_000
    assert low < top / 40


def test_views_are_not_added_to_the_estimate_from_reposts() -> None:
    assert reach_of(Author(followers=0), Engagement(views=5000, reposts=3), None) == 5000


def test_heat_is_ten_times_the_logarithm() -> None:
    assert (heat_of(0), heat_of(999), heat_of(999_999)) == (0.0, 30.0, 60.0)
