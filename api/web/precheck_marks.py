"""The assessed text with its findings marked: plain parts and marked parts, which never overlap."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from engine.precheck.model import CONCERN_ORDER, Assessment, Finding

LONGEST_SHOWN: Final = 20_000
"""Characters of the text that the page shows; the places of later findings are told in words."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the text. `findings` are the numbers, from 1, of those that meet here, the worst first; `anchors` name
    the places that begin here.
    """

    text: str
    findings: tuple[int, ...] = ()
    anchors: tuple[str, ...] = ()
    look: str = ""


def anchor(finding: int, place: int) -> str:
    """The name of a place of a finding."""
    return f"place-{finding}-{place}"


def marked(text: str, assessment: Assessment) -> tuple[Part, ...]:
    """The shown text cut at every border of a place."""
    shown = text[:LONGEST_SHOWN]
    places = [
        (place.start, min(place.end, len(shown)), number, index)
        for number, finding in enumerate(assessment.findings, 1)
        for index, place in enumerate(finding.places)
        if place.start < len(shown)
    ]
    borders = sorted({0, len(shown), *(border for start, end, *_ in places for border in (start, end))})
    parts = []
    for start, end in pairwise(borders):
        here = tuple(dict.fromkeys(number for first, last, number, _ in places if first <= start and end <= last))
        anchors = tuple(anchor(number, index) for first, _, number, index in places if first == start)
        parts.append(Part(shown[start:end], here, anchors, _look(assessment.findings, here)))
    return tuple(parts)


def _look(findings: Sequence[Finding], numbers: Sequence[int]) -> str:
    """The style of the worst finding; words that only make a disclosure due look quieter."""
    if not numbers:
        return ""
    wording = [findings[number - 1] for number in numbers if findings[number - 1].type == "wording"]
    if not wording:
        return "due"
    return min((one.concern for one in wording), key=CONCERN_ORDER.index)
