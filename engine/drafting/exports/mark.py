"""The mark that an AI helped to write: one line to be read and one record to be embedded, of every statement.

Source: 人工智能生成合成内容标识办法 (in force since 2025-09-01), articles 4 and 5, and GB 45438-2025: a visible mark at
the beginning, the end or within a text; an embedded one with attribute, producer and number, under the name AIGC.

Every statement bears it, also one whose words no language model chose: a program put it together, and a mark too many
harms nobody (docs/adr/0024). What chose the words is told by `ReservedCode1`, which the standard leaves to the
producer.
"""

import json
from hashlib import blake2b
from typing import Final, Literal

from engine.model.base import Frozen

FIELD: Final = "AIGC"
"""The name of the embedded record, as GB 45438-2025 gives it."""
PRODUCER: Final = "CrisisDesk"
NO_MODEL: Final = "none"
APPROVED: Final = "本文由人工智能辅助生成，经人工核对和审批"
UNAPPROVED: Final = "本文由人工智能辅助生成，尚未经人工审批"


class AiMark(Frozen):
    """What a draft file says of itself. `label` 1: generated (属于); `model`: the language model that chose words, or
    `none`; `number`: the same for every export of the same words.
    """

    label: Literal["1"] = "1"
    producer: str = PRODUCER
    number: str
    model: str = NO_MODEL


def mark_of(incident: str, template: str, text: str, model: str | None) -> AiMark:
    """The mark of a statement: its number is a hash of what it is for and of its words."""
    content = "\x1f".join((incident, template, text)).encode()
    return AiMark(number=blake2b(content, digest_size=16).hexdigest(), model=model or NO_MODEL)


def visible(*, approved: bool) -> str:
    """The line that everyone reads; people are named only when they did decide."""
    return APPROVED if approved else UNAPPROVED


def embedded(mark: AiMark) -> str:
    """The record as GB 45438-2025 words it: one line of JSON, its fields in the standard's order."""
    return json.dumps(
        {
            "Label": mark.label,
            "ContentProducer": mark.producer,
            "ProduceID": mark.number,
            "ReservedCode1": f"model={mark.model}",
            "ContentPropagator": mark.producer,
            "PropagateID": mark.number,
            "ReservedCode2": "",
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
