"""Proposes facts from mentions. A proposal is only ever `reported`: a person confirms it or it is stated as hearsay.

Numbers and dates are copied digit by digit, names only from a narrow shape, everything else is one of our own phrases
(`engine.fact_terms`). What could not be written into a draft is not proposed. Ranked by how many independent voices
(near-duplicate groups) say it; the same mentions give the same proposals in the same order.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import Final
from zoneinfo import ZoneInfo

from engine.draft_facts import value_fault
from engine.fact_terms import (
    AUTHORITIES,
    COMPLAINTS,
    DATA_KINDS,
    DOCUMENT_NAME,
    FAKE_NAME,
    FEE_ITEMS,
    MOCKING,
    PERSON_ROLES,
    PRODUCT_NAME,
)
from engine.model import Fact, FactSource, FactStatus, Mention, ScoredMention
from knowledge.schema import FactKey
from rules.vocabulary import Category

MAX_PER_KEY: Final = 5
MAX_TEXT_CHARS: Final = 20_000
_SHANGHAI: Final = ZoneInfo("Asia/Shanghai")
_AMOUNT: Final = re.compile(r"(?<![\d.])(\d{1,9}(?:,\d{3})*(?:\.\d{1,2})?)(万元|亿元|元|块钱|块(?!钱))")
_COUNT: Final = re.compile(
    r"(?<![\d.])([1-9]\d{0,7}(?:\.\d)?)(余|多)?(万)?(人|位用户|名用户|户|名|位|笔|起)(?![民工性])"
)
_RATE: Final = re.compile(r"(年化|月|日|年)?(?:综合)?(利率|费率|利息|息|成本)?[^\d%。，]{0,4}?(\d{1,3}(?:\.\d{1,2})?)%")
_DATE: Final = re.compile(r"(?:(20\d\d)年)?(?<!\d)(1[0-2]|0?[1-9])月(3[01]|[12]\d|0?[1-9])[日号]")
_OLDEST_DAYS: Final = 400

Said = tuple[FactKey, str]


def propose(incident_id: str, category: Category, mentions: Sequence[ScoredMention | Mention]) -> tuple[Fact, ...]:
    """Proposals for an incident's register, best supported first within each key; at most five a key.

    Each names the earliest mention that says it. A plain Mention counts as a voice of its own.
    """
    voices: dict[Said, set[str]] = {}
    sources: dict[Said, Mention] = {}
    for entry in sorted(mentions, key=lambda entry: (_mention(entry).published_at, _mention(entry).id)):
        mention = _mention(entry)
        group = entry.scores.near_duplicate_group if isinstance(entry, ScoredMention) else mention.id
        for said in dict.fromkeys(_said(mention, category)):
            if value_fault(*said) is None:
                voices.setdefault(said, set()).add(group)
                sources.setdefault(said, mention)
    return tuple(_fact(incident_id, said, sources[said], len(voices[said])) for said in _ranked(voices))


def _mention(entry: ScoredMention | Mention) -> Mention:
    return entry.mention if isinstance(entry, ScoredMention) else entry


def _ranked(voices: dict[Said, set[str]]) -> list[Said]:
    order = list(FactKey)
    ranked = sorted(voices, key=lambda said: (order.index(said[0]), -len(voices[said]), said[1]))
    taken: dict[FactKey, int] = {}
    kept = []
    for said in ranked:
        taken[said[0]] = taken.get(said[0], 0) + 1
        if taken[said[0]] <= MAX_PER_KEY:
            kept.append(said)
    return kept


def _fact(incident_id: str, said: Said, mention: Mention, voices: int) -> Fact:
    key, value = said
    digest = blake2b(f"{incident_id}\n{key}\n{value}".encode(), digest_size=6).hexdigest()
    return Fact(
        id=f"fact-{digest}",
        incident=incident_id,
        key=key,
        value=value,
        source=FactSource(kind="mention", ref=mention.id),
        status=FactStatus.reported,
        proposed_by="系统",
        voices=voices,
    )


# --- what one mention says --------------------------------------------------------------------


def _said(mention: Mention, category: Category) -> Iterator[Said]:
    text = unicodedata.normalize("NFKC", mention.text[:MAX_TEXT_CHARS])
    yield from _numbers(text)
    yield from _dates(text, mention.published_at.astimezone(_SHANGHAI).date())
    yield from _names(mention.text[:MAX_TEXT_CHARS], category)
    if mention.platform != "未知":
        yield FactKey.platform, mention.platform
    complaint = next((phrase for pattern, phrase in COMPLAINTS[category] if re.search(pattern, text)), None)
    if complaint is not None:
        yield FactKey.complaint, complaint
    yield from ((FactKey.fee_item, item) for item in _fee_items(text))
    yield from _listed(text, FactKey.authority, AUTHORITIES)
    yield from _listed(text, FactKey.person_role, PERSON_ROLES)
    if category is Category.privacy_leak:
        yield from _listed(text, FactKey.data_kinds, DATA_KINDS)


def _numbers(text: str) -> Iterator[Said]:
    for number, unit in _AMOUNT.findall(text):
        yield FactKey.amount, number + ("元" if unit.startswith("块") else unit)
    for number, about, ten_thousand, unit in _COUNT.findall(text):
        if number != "1" or ten_thousand:
            yield FactKey.affected_count, number + about + ten_thousand + unit
    for period, kind, number in _RATE.findall(text):
        if period or kind:
            yield FactKey.rate, f"{period}{'' if kind == '息' else kind}{number}%"


def _dates(text: str, published: date) -> Iterator[Said]:
    """Dates written out; a missing year is the latest one that does not lie after the mention."""
    for year, month, day in _DATE.findall(text):
        found = _date(int(year), month, day) if year else _latest(published, month, day)
        if found is not None and published - timedelta(days=_OLDEST_DAYS) <= found <= published:
            yield FactKey.event_date, f"{found.year}年{found.month}月{found.day}日"


def _latest(published: date, month: str, day: str) -> date | None:
    found = _date(published.year, month, day)
    return found if found is not None and found <= published else _date(published.year - 1, month, day)


def _date(year: int, month: str, day: str) -> date | None:
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def _names(text: str, category: Category) -> Iterator[Said]:
    impersonation = category is Category.impersonation
    key, shape = (FactKey.fake_name, FAKE_NAME) if impersonation else (FactKey.product, PRODUCT_NAME)
    yield from ((key, name) for name in shape.findall(text) if not MOCKING.search(name))
    yield from ((FactKey.document, f"《{name}》") for name in DOCUMENT_NAME.findall(text))


def _fee_items(text: str) -> Iterator[str]:
    """Fee items named in the text; one that is only part of a longer one (会员服务费) is not counted again."""
    for item in FEE_ITEMS:
        longer = [other for other in FEE_ITEMS if item in other and item != other]
        rest = text
        for other in longer:
            rest = rest.replace(other, "")
        if item in rest:
            yield item


def _listed(text: str, key: FactKey, entries: Sequence[tuple[str, str]]) -> Iterator[Said]:
    yield from ((key, phrase) for pattern, phrase in entries if re.search(pattern, text))
