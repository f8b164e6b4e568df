"""One mention, one identity: within a tool by its id, across tools by its address."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InputError
from engine.intake import CHINA, canonical_url, engagement_update, identity_keys, mention_id, same_content
from engine.model import Engagement, Mention, MentionKind

AT = datetime(2026, 3, 5, tzinfo=CHINA)


def mention(**changes: object) -> Mention:
    base: dict[str, object] = {
        "id": mention_id("甲", "1"), "source": "甲", "external_id": "1", "text": "收了会员费", "published_at": AT,
        "received_at": AT,
    }  # fmt: skip
    return Mention.model_validate(base | changes)


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTP://M.Example.COM/a/b/?utm_source=x&id=3#c", "https://www.example.com/a/b?id=3"),
        ("https://example.com", "https://www.example.com/"),
        ("http://example.com:80/a?b=2&a=1", "https://www.example.com/a?a=1&b=2"),
        ("https://tousu.example.com/complaint/17?from=share", "https://tousu.example.com/complaint/17"),
        ("https://user:pw@example.com:8443//a", "https://www.example.com:8443/a"),
    ],
)
def test_two_tools_agree_on_an_address(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical
    assert canonical_url(canonical) == canonical


@pytest.mark.parametrize("url", ["", "example", "ftp://example.com/a", "http://", "http://[", "http://a b.com/"])
def test_what_is_no_web_address_is_refused(url: str) -> None:
    with pytest.raises(InputError, match="网址"):
        canonical_url(url)


@given(st.text(max_size=40))
def test_any_text_is_an_address_or_is_refused(text: str) -> None:
    try:
        once = canonical_url(f"https://example.com/{text}")
    except InputError:
        return
    assert canonical_url(once) == once


def test_the_same_address_from_two_tools_gives_a_common_key() -> None:
    first = mention(url="https://example.com/1?utm_source=a")
    second = mention(id=mention_id("乙", "x9"), source="乙", external_id="x9", url="http://m.example.com/1")
    assert set(identity_keys(first)) & set(identity_keys(second))


def test_comments_and_home_pages_have_no_address_key() -> None:
    comment = mention(kind=MentionKind.comment, url="https://example.com/1")
    assert identity_keys(comment) == (f"id:{comment.id}",)
    assert len(identity_keys(mention(url="https://example.com/"))) == 1
    assert len(identity_keys(mention())) == 1


def test_content_is_the_same_whatever_its_spacing_and_width() -> None:
    assert same_content(mention(text="收了 199元"), mention(text="收了199元", source="乙"))
    assert not same_content(mention(text="收了199元"), mention(text="收了299元"))


def test_new_counts_are_an_update_and_old_counts_are_nothing() -> None:
    known, again = mention(), mention(engagement=Engagement(reposts=9))
    update = engagement_update(known, again)
    assert update is not None
    assert (update.mention, update.engagement.reposts) == (known.id, 9)
    assert engagement_update(known, known) is None
    assert engagement_update(again, known) is None


def test_counts_of_another_tool_add_and_never_take_away() -> None:
    known = mention(engagement=Engagement(reposts=9, likes=5))
    update = engagement_update(known, mention(engagement=Engagement(reposts=2, views=100)))
    assert update is not None
    assert update.engagement == Engagement(reposts=9, likes=5, views=100)
    assert update.previous == known.engagement
