"""Proposes facts from mentions. A proposal is only ever `reported`: a person confirms it or it is stated as hearsay.

Numbers and dates are copied digit by digit, names only from a narrow shape, everything else is one of our own phrases
(`engine.facts.terms`). What could not be written into a draft is not proposed. Ranked by how many independent voices
(near-duplicate groups) say it; the same mentions give the same proposals in the same order.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Final

from engine.drafting.facts import value_fault
from engine.facts.numbers import numbers_said
from engine.facts.terms import (
    AUTHORITIES,
    CAUSE_SAID,
    CAUSES,
    COMPLAINTS,
    DATA_KINDS,
    DOCUMENT_NAME,
    FAKE_NAME,
    FEE_ITEMS,
    GENERAL,
    MEASURE_SAID,
    MEASURES,
    MOCKING,
    PERSON_ROLES,
    PRODUCT_NAME,
)
from engine.facts.times import SHANGHAI, dates_said, outage_times_said
from engine.model import Fact, FactSource, FactStatus, Mention, ScoredMention
from knowledge.schema import FactKey
from rules.vocabulary import Category

MAX_PER_KEY: Final = 5
MAX_TEXT_CHARS: Final = 20_000
_SENTENCE_END: Final = re.compile(r"[。！？；\n]")

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
        for said in dict.fromkeys(_said(entry, category)):
            if value_fault(*said) is None:
                voices.setdefault(said, set()).add(group)
                sources.setdefault(said, mention)
    return tuple(_fact(incident_id, said, sources[said], len(voices[said])) for said in _ranked(voices))


def _mention(entry: ScoredMention | Mention) -> Mention:
    return entry.mention if isinstance(entry, ScoredMention) else entry


def _ranked(voices: dict[Said, set[str]]) -> list[Said]:
    order = list(FactKey)
    general = {phrase for _, phrase in GENERAL.values()}
    ranked = sorted(voices, key=lambda said: (order.index(said[0]), said[1] in general, -len(voices[said]), said[1]))
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


def _said(entry: ScoredMention | Mention, category: Category) -> Iterator[Said]:
    mention = _mention(entry)
    raw = mention.text[:MAX_TEXT_CHARS]
    text = unicodedata.normalize("NFKC", raw)
    yield from numbers_said(text)
    yield from dates_said(text, mention.published_at.astimezone(SHANGHAI).date())
    if category is Category.system_outage:
        yield from outage_times_said(text, mention.published_at)
    yield from _names(raw, category)
    if mention.platform != "未知":
        yield FactKey.platform, mention.platform
    yield from _complaint(text.lower(), entry, category)
    yield from ((FactKey.fee_item, item) for item in _fee_items(text))
    yield from _listed(text, FactKey.authority, AUTHORITIES)
    yield from _listed(text, FactKey.person_role, PERSON_ROLES)
    if category is Category.privacy_leak:
        yield from _listed(text, FactKey.data_kinds, DATA_KINDS)
    yield from _told(text, FactKey.cause, CAUSE_SAID, CAUSES)
    yield from _told(text, FactKey.measure, MEASURE_SAID, MEASURES)


def _complaint(text: str, entry: ScoredMention | Mention, category: Category) -> Iterator[Said]:
    """The most specific phrase that fits; the general one where the scorer found this category in the mention."""
    specific = next((phrase for pattern, phrase in COMPLAINTS[category] if re.search(pattern, text)), None)
    scored = isinstance(entry, ScoredMention) and entry.scores.negative and entry.scores.category == category
    sign, general = GENERAL[category]
    if specific is not None or scored or re.search(sign, text):
        yield FactKey.complaint, specific or general


def _told(text: str, key: FactKey, teller: re.Pattern[str], entries: Sequence[tuple[str, str]]) -> Iterator[Said]:
    """Phrases out of the sentences in which somebody tells a cause or a measure."""
    for sentence in _SENTENCE_END.split(text):
        if teller.search(sentence):
            yield from _listed(sentence, key, entries)


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
