"""What a person writes stands in one sentence with facts that somebody else confirmed, and must not change them.

约, 据传, 假装 or a full stop that is gone make another statement of the fact beside them, and no list has all such
words. So where a sentence goes on beyond an edited stretch and states a fact there, the stretch must begin, or end, as
one of the ways in which the template words it; what lies further off, and sentences without a fact, may be reworded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.model import HumanFlag, Span, SpanOrigin

KIND: Final = "事实前后"
REASON: Final = (
    "与事实同在一句的文字须照模板原样保留（包括标点）：请只改写这一句以外的部分，或改用别的模板，或登记并确认相应的事实"
)
_HEAD: Final = re.compile(r"[^。！？；\n]*[。！？；\n]?")
_END: Final = re.compile(r"[。！？；\n]")
_STATES: Final = frozenset({SpanOrigin.fact, SpanOrigin.prose, SpanOrigin.unresolved, SpanOrigin.human})


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The rest of the sentence before and after a span, and whether it states a fact there."""

    before: str
    after: str
    fact_before: bool
    fact_after: bool

    @classmethod
    def of(cls, spans: Sequence[Span], index: int) -> "Neighbours":
        """Of the span at `index`; a person's words beside it may quote a fact."""
        before, fact_before = _towards_the_start(reversed(spans[:index]))
        after, fact_after = _towards_the_end(spans[index + 1 :])
        return cls(before, after, fact_before, fact_after)


def _towards_the_start(spans: Iterable[Span]) -> tuple[str, bool]:
    text, states = "", False
    for span in spans:
        tail = _tail(span.text)
        text, states = tail.text + text, states or (span.origin in _STATES and bool(tail.text))
        if tail.ended:
            break
    return text, states


def _towards_the_end(spans: Iterable[Span]) -> tuple[str, bool]:
    text, states = "", False
    for span in spans:
        head = _head(span.text)
        said = _END.sub("", head)
        text, states = text + said, states or (span.origin in _STATES and bool(said))
        if head != said:
            break
    return text, states


@dataclass(frozen=True, slots=True)
class _Tail:
    """What stands after the last sentence end of a text, and whether there is one."""

    text: str
    ended: bool


def _tail(text: str) -> _Tail:
    pieces = _END.split(text)
    return _Tail(pieces[-1], len(pieces) > 1)


def _head(text: str) -> str:
    """What stands up to the first sentence end, with it: 。 and ？ do not say the same."""
    found = _HEAD.match(text)
    return found.group() if found else ""


def flags_beside_facts(text: str, neighbours: Neighbours, wordings: Sequence[str]) -> Iterator[HumanFlag]:
    """A flag for each end of an edited text that is in one sentence with a fact and is not as in any of `wordings`."""
    head, tail = _head(text), _tail(text)
    if neighbours.fact_before and head not in {_head(one) for one in wordings}:
        yield HumanFlag(kind=KIND, text=head[:80], start=0, end=len(head), reason=REASON)
    if neighbours.fact_after and tail not in {_tail(one) for one in wordings}:
        start = len(text) - len(tail.text)
        yield HumanFlag(kind=KIND, text=tail.text[:80], start=start, end=len(text), reason=REASON)
