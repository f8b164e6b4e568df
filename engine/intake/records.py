"""A raw record, as JSON has it, becomes a Mention."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from engine.errors import InputError
from engine.intake.fields import (
    TEXT_LIMIT,
    as_choice,
    as_count,
    as_identifier,
    as_masked_text,
    as_names,
    as_object,
    as_score,
    as_text,
    refuse_unknown,
)
from engine.intake.identity import canonical_url, content_key, mention_id
from engine.intake.times import Arrival, parse_time, settle
from engine.model import Author, AuthorKind, Engagement, HotSearch, Mention, MentionKind, Severity, UpstreamScores
from rules.vocabulary import Category

RECORD_FIELDS: Final = (
    "id", "text", "title", "brand", "brands", "entities", "platform", "author", "published_at", "received_at",
    "engagement", "upstream", "kind", "url", "hot_search", "source",
)  # fmt: skip
LABEL_FIELDS: Final = ("negative", "category", "also", "severity")
"""Labels of test data. They are never scores: read past, so that labelled files can be replayed."""

_AUTHOR: Final = ("name", "followers", "kind")
_COUNTS: Final = ("reposts", "comments", "likes", "views")
_UPSTREAM: Final = ("negativity", "category", "severity")


@dataclass(frozen=True, slots=True)
class Reading:
    """What holds for all records of one reading: who delivers them, how time is told, and whether they are history."""

    source: str
    arrival: Arrival
    history: bool = False
    time_format: str | None = None


def to_mention(record: Mapping[str, object], reading: Reading) -> Mention:
    """The mention that a record describes.

    Raises:
        InputError: a missing text, a wrong or an unknown field, with the field's name.
        QuarantinedError: dated more than 10 minutes after its arrival.

    """
    refuse_unknown(record, (*RECORD_FIELDS, *LABEL_FIELDS))
    source = as_text(record.get("source"), "source", limit=100) or reading.source
    hot_search = _hot_search(record)
    text = _text(record, hot_search)
    author = _author(record.get("author"))
    platform = as_text(record.get("platform"), "platform", limit=100) or "未知"
    published, received = _times(record, reading)
    url = _url(record)
    external_id = as_identifier(record.get("id"), "id") or url or _content_id(record, platform, author, text)
    return Mention(
        id=mention_id(source, external_id),
        source=source,
        external_id=external_id,
        url=url,
        platform=platform,
        kind=_kind(record, hot_search),
        author=author,
        brands=_brands(record),
        text=text,
        published_at=published,
        received_at=received,
        engagement=_engagement(record.get("engagement")),
        upstream=_upstream(record.get("upstream")),
        hot_search=hot_search,
        history=reading.history,
    )


def _text(record: Mapping[str, object], hot_search: HotSearch | None) -> str:
    body = as_masked_text(record.get("text"), "text", limit=TEXT_LIMIT)
    title = as_masked_text(record.get("title"), "title", limit=1_000)
    if body is None:
        body, title = title, None
    if body is None and hot_search is not None:
        body = hot_search.keyword
    if body is None:
        raise InputError("缺少正文", field="text")
    return body if title is None or body.startswith(title) else f"{title}\n{body}"


def _times(record: Mapping[str, object], reading: Reading) -> tuple[datetime, datetime]:
    published = _time(record.get("published_at"), "published_at", reading.time_format)
    received = _time(record.get("received_at"), "received_at", None)
    if received is not None and not isinstance(received, datetime):
        raise InputError("到达时间须含时分", field="received_at")
    return settle(published, received, reading.arrival)


def _time(value: object, field: str, form: str | None) -> datetime | date | None:
    return None if value is None or value == "" else parse_time(value, field, form)


def _author(value: object) -> Author:
    if isinstance(value, str):
        return Author(name=as_masked_text(value, "author", limit=200))
    found = as_object(value, "author", _AUTHOR)
    return Author(
        name=as_masked_text(found.get("name"), "author.name", limit=200),
        followers=as_count(found.get("followers"), "author.followers"),
        kind=as_choice(found.get("kind"), "author.kind", AuthorKind) or AuthorKind.personal,
    )


def _engagement(value: object) -> Engagement:
    found = as_object(value, "engagement", _COUNTS)
    counts = {name: as_count(found.get(name), f"engagement.{name}") for name in _COUNTS}
    return Engagement(**{name: count for name, count in counts.items() if count is not None})


def _upstream(value: object) -> UpstreamScores | None:
    found = as_object(value, "upstream", _UPSTREAM)
    if not found:
        return None
    return UpstreamScores(
        negativity=as_score(found.get("negativity"), "upstream.negativity"),
        category=as_choice(found.get("category"), "upstream.category", Category),
        severity=as_choice(found.get("severity"), "upstream.severity", Severity),
    )


def _hot_search(record: Mapping[str, object]) -> HotSearch | None:
    found = as_object(record.get("hot_search"), "hot_search", ("keyword", "rank"))
    if not found:
        return None
    keyword = as_masked_text(found.get("keyword"), "hot_search.keyword", limit=100)
    rank = as_count(found.get("rank"), "hot_search.rank", limit=1000)
    if keyword is None:
        raise InputError("缺少热搜词", field="hot_search.keyword")
    if not rank:
        raise InputError("热搜排名应在 1 到 1000 之间", field="hot_search.rank")
    return HotSearch(keyword=keyword, rank=rank)


def _kind(record: Mapping[str, object], hot_search: HotSearch | None) -> MentionKind:
    told = as_choice(record.get("kind"), "kind", MentionKind)
    return told or (MentionKind.hot_search if hot_search else MentionKind.post)


def _brands(record: Mapping[str, object]) -> tuple[str, ...]:
    names = (name for field in ("brand", "brands", "entities") for name in as_names(record.get(field), field))
    return tuple(dict.fromkeys(names))


def _url(record: Mapping[str, object]) -> str | None:
    url = as_text(record.get("url"), "url", limit=2_000)
    return None if url is None else canonical_url(url)


def _content_id(record: Mapping[str, object], platform: str, author: Author, text: str) -> str:
    published = record.get("published_at")
    return content_key(platform, author.name, None if published is None else str(published), text)
