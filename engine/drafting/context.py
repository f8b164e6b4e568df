"""What the model is shown before it chooses words: one instruction for all drafts, the topic, the paragraph so far.

Only the paragraph, because reading the rest costs more than it tells (docs/adr/0023-asking-the-model.md), and because
an answer then depends on nothing but that paragraph: a fact that changes elsewhere changes no answer here.
"""

from collections.abc import Sequence
from typing import Final

from engine.language_model.protocol import Prefix
from knowledge.schema import CHANNEL_TITLES, STRATEGY_TITLES, Strategy, Template

INSTRUCTION: Final = "你是消费金融公司的公关人员，请写一份声明，语气诚恳、克制，语句通顺，不重复。"
_PARAGRAPH: Final = "\n\n"
_ENOUGH_CHARS: Final = 12


def topic_of(template: Template, strategy: Strategy | None) -> str:
    """What the statement is about, for the model: channel, title and manner."""
    manner = STRATEGY_TITLES[strategy or template.strategies[0]]
    return f"{CHANNEL_TITLES[template.channel]}，题目是“{template.title}”，{manner}。"


def prefix_at(topic: str, before: Sequence[str]) -> Prefix:
    """What the model is shown at a place. `before` is the text before it, cut where it was asked before.

    Starts with the paragraph of the place; where that has hardly begun, with the one before it.
    """
    text = "".join(before)
    start = _paragraph_start(text)
    segments = []
    at = 0
    for piece in before:
        if at + len(piece) > start:
            segments.append(piece[max(0, start - at) :])
        at += len(piece)
    return Prefix(INSTRUCTION, tuple(segments), topic)


def _paragraph_start(text: str) -> int:
    at = text.rfind(_PARAGRAPH) + 1
    while at > 0 and len(text[at:].strip()) < _ENOUGH_CHARS:
        at = text.rfind(_PARAGRAPH, 0, max(0, at - 1)) + 1
    return len(text) - len(text[at:].lstrip("\n"))
