"""What the fitted heads see of a mention: meaning, characters, words of the lexicons, and where the brands stand.

Brand names are masked in everything but the embedding, so that a verdict on one brand is not learned as a property
of its name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.scoring.lexicon import Lexicon
from engine.scoring.ngrams import code_points, ngram_hashes
from engine.scoring.text import clauses, sentences

Floats = NDArray[np.float32]

BRAND_MARK: Final = "\ue000"
"""Stands for any brand in a masked text (private use, never in a cleaned text's words)."""

BITS: Final = 16
NGRAMS: Final = (1, 2, 3)
LEAD: Final = 300
READ: Final = 600
"""Characters of a text that decide: its lead, then the sentences that name a brand."""
EMBEDDED: Final = 256
"""Characters that are embedded; more costs time and did not help in cross-validation."""

SHAPE_NAMES: Final = (
    "no brand in text",
    "no brand known",
    "two brands or more",
    "four brands or more",
    "starts with a brand",
    "ends as a question",
    "speaks as the company",
    "a brand speaks or is the source",
    "a brand is blamed in few words",
    "a brand sues",
)
_COMPANY_VOICE: Final = re.compile("我司|我公司|本公司")
_SPEAKS: Final = re.compile(
    f"{BRAND_MARK}[^，。！？,!?{BRAND_MARK}]{{0,14}}(?:分析|指出|表示|认为|强调|提醒|提示|研究|报道|讯|评|记者|介绍|发布)"
)
_FAULT: Final = (
    "骗|雷|跑路|失联|清盘|逾期|涉嫌|被罚|诈|坑|黑|垃圾|崩|倒闭|维权|兑付|投诉|还钱|违规|违法|假|非法|提现困难|无法"
)
_BLAMED: Final = re.compile(
    f"(?:{_FAULT})[^，。！？,!?]{{0,6}}{BRAND_MARK}|{BRAND_MARK}[^，。！？,!?]{{0,8}}(?:{_FAULT})"
)
_SUES: Final = re.compile(f"原告[:：]?.{{0,4}}{BRAND_MARK}|{BRAND_MARK}.{{0,6}}(?:与|诉)(?:被告|借款人)")


@dataclass(frozen=True, slots=True)
class Reading:
    """The part of a mention that is scored: `plain` as written (cleaned), `masked` with brands replaced."""

    plain: str
    masked: str
    brands: int


@dataclass(frozen=True, slots=True)
class Features:
    """One mention in numbers: `buckets`/`values` are the hashed n-grams (unit length once weighted), the rest dense."""

    embedding: Floats
    buckets: NDArray[np.int64]
    counts: Floats
    words: Floats
    near_words: Floats
    shape: Floats


def read(cleaned: str, names: Sequence[str]) -> Reading:
    """The reading of a cleaned text in which `names` (cleaned) are its brands."""
    wanted = sorted({name for name in names if name}, key=lambda name: (-len(name), name))
    pattern = re.compile("|".join(map(re.escape, wanted))) if wanted else None
    plain = excerpt(cleaned.replace(BRAND_MARK, ""), pattern)
    masked = pattern.sub(BRAND_MARK, plain) if pattern else plain
    return Reading(plain=plain, masked=masked, brands=len(wanted))


def embedded_part(reading: Reading) -> str:
    """The characters of a reading that are embedded, never empty."""
    return reading.plain[:EMBEDDED].strip() or "无"


def excerpt(text: str, brand: re.Pattern[str] | None) -> str:
    """At most READ characters: the lead, then later sentences that name a brand."""
    if len(text) <= READ:
        return text
    lead, kept = text[:LEAD], []
    room = READ - LEAD
    for sentence in sentences(text[LEAD : 50 * READ]):
        if room <= 0:
            break
        if brand is None or brand.search(sentence):
            kept.append(sentence[:room])
            room -= len(kept[-1])
    return lead + "".join(kept)


def features(reading: Reading, embedding: Floats, lexicon: Lexicon) -> Features:
    """The numbers of one reading; `embedding` is float32[d]; the mean of all where none is wanted."""
    buckets, counts = hashed_ngrams(reading.masked)
    return Features(
        embedding=embedding,
        buckets=buckets,
        counts=counts,
        words=lexicon.features(reading.masked),
        near_words=lexicon.features(near_brands(reading.masked)),
        shape=_shape(reading),
    )


def hashed_ngrams(text: str) -> tuple[NDArray[np.int64], Floats]:
    """Buckets (sorted, unique) of the character 1-3-grams and 1 + log of how often each occurs."""
    points = code_points(text)
    hashes = np.concatenate([ngram_hashes(points, size) for size in NGRAMS]) & np.uint64(2**BITS - 1)
    buckets, counts = np.unique(hashes.astype(np.int64), return_counts=True)
    return buckets, (1 + np.log(counts)).astype(np.float32)


def near_brands(masked: str) -> str:
    """The clauses that name a brand with their neighbours."""
    parts = [clause for sentence in sentences(masked) for clause in clauses(sentence)]
    kept = {near for at, part in enumerate(parts) if BRAND_MARK in part for near in (at - 1, at, at + 1)}
    return "".join(parts[at] for at in sorted(kept) if 0 <= at < len(parts))


def _shape(reading: Reading) -> Floats:
    text = reading.masked
    facts = (
        BRAND_MARK not in text,
        reading.brands == 0,
        reading.brands >= 2,
        reading.brands >= 4,
        0 <= text.find(BRAND_MARK) < 3,
        text.rstrip().endswith(("?", "？")),
        _COMPANY_VOICE.search(text) is not None,
        _SPEAKS.search(text) is not None,
        _BLAMED.search(text) is not None,
        _SUES.search(text) is not None,
    )
    return np.array(facts, dtype=np.float32)
