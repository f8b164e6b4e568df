"""A statement template as a program: its body as literal and slot parts, its clause patterns as steps.

    body      := see `knowledge.body`: literals, slots, parts under a condition, parts repeated for each value
    pattern   := (literal | "{" fact_key "}" | "{phrases}")*

Which parts are active is a function of the template and the register alone, so drafting and verification agree.
`engine.drafting.template_source` reads the YAML text; its names are here too.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.drafting.facts import items, stated
from engine.drafting.template_source import line_of, load_template
from engine.errors import InputError
from engine.model import Fact
from knowledge.body import Block, Body, Mark, Words, is_item, read_body
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, ProseSlot, Template

__all__ = [
    "MAX_PARTS",
    "PHRASES",
    "ItemPart",
    "LiteralPart",
    "Part",
    "SlotPart",
    "Step",
    "asked_keys",
    "count_parts",
    "first_sentence",
    "last_sentence",
    "line_of",
    "load_template",
    "parts_of",
    "program_of",
    "slot_keys",
    "split_pattern",
]
MAX_PARTS: Final = 200
PHRASES: Final = "phrases"
_HOLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_SENTENCE_END: Final = re.compile(r"[。！？；\n]")


@dataclass(frozen=True, slots=True)
class LiteralPart:
    """Fixed text. `ref` is `literal:N`: the text before the N-th mark or tag of the body, from 0.

    In a part that is repeated it is `literal:N.M`, for the M-th value from 1.
    """

    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class SlotPart:
    """A slot where it stands in the body, with the literal text of its sentence right before and right after it."""

    name: str
    slot: FactSlot | ChoiceSlot | ProseSlot
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ItemPart:
    """The `number`-th confirmed value (from 0) of a fact, in a part that is repeated for each."""

    fact: FactKey
    number: int


Part = LiteralPart | SlotPart | ItemPart


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a clause pattern: literal text, a fact, or an approved phrase."""

    text: str = ""
    fact: FactKey | None = None
    phrase: bool = False


def split_pattern(pattern: str) -> tuple[Step, ...]:
    """The steps of a clause pattern. Raises ValueError (Chinese) for a hole that is no fact key or a lone brace."""
    pieces = _HOLE.split(pattern)
    return tuple(_step(piece, hole=index % 2 == 1) for index, piece in enumerate(pieces) if piece)


def _step(piece: str, *, hole: bool) -> Step:
    if not hole:
        if "{" in piece or "}" in piece:
            raise ValueError("花括号不成对或写法不对，应为 {事实键} 或 {phrases}")
        return Step(text=piece)
    if piece == PHRASES:
        return Step(phrase=True)
    if piece not in FactKey.__members__:
        raise ValueError(f"“{{{piece}}}”不是已定义的事实键")
    return Step(fact=FactKey(piece))


def parts_of(template: Template, register: Sequence[Fact]) -> tuple[Part, ...]:
    """The parts that a register makes active, in order; `asked_keys` says what it must hold for that.

    Raises InputError (with the line of the body) for a mark that names no slot and for a block that is wrong.
    """
    flat = list(_active(template, program_of(template), register))
    return tuple(
        _with_context(part, index, flat) if isinstance(part, SlotPart) else part
        for index, part in enumerate(flat)
        if not (isinstance(part, LiteralPart) and not part.text)
    )


def program_of(template: Template) -> Body:
    """The body as nodes. Raises InputError when it is faulty or has more than `MAX_PARTS` parts."""
    body = read_body(template.body)
    if body.faults:
        raise InputError(f"正文第 {body.faults[0].line} 行：{body.faults[0].message}", place=template.id)
    if count_parts(body) > MAX_PARTS:
        raise InputError(f"正文超过 {MAX_PARTS} 段", place=template.id)
    for mark in body.marks():
        if mark.name not in template.slots:
            raise InputError(f"正文用到未定义的填空“{mark.name}”", place=template.id)
    return body


def count_parts(body: Body) -> int:
    """How many literals and marks a body has, repeated parts once."""
    return sum(1 for _ in body.words()) + sum(1 for _ in body.marks())


def asked_keys(template: Template) -> tuple[FactKey, ...]:
    """The fact keys that a template may state or depends on, each once: what an excerpt of a register must hold."""
    body = read_body(template.body)
    slots = [template.slots[mark.name] for mark in body.marks() if mark.name in template.slots]
    keys = [key for slot in slots for key in slot_keys(slot)]
    return tuple(dict.fromkeys([*keys, *(key for block in body.blocks() for key in block.keys)]))


def slot_keys(slot: FactSlot | ChoiceSlot | ProseSlot) -> tuple[FactKey, ...]:
    """The fact keys that a slot may state."""
    if isinstance(slot, FactSlot):
        return (slot.fact,)
    return slot.cites if isinstance(slot, ProseSlot) else ()


def _active(template: Template, body: Body, register: Sequence[Fact]) -> Iterator[Part]:
    for node in body.nodes:
        if isinstance(node, Block):
            yield from _block_parts(template, node, register)
        else:
            yield _part(template, node)


def _block_parts(template: Template, block: Block, register: Sequence[Fact]) -> Iterator[Part]:
    if block.kind == "each":
        for number, _ in enumerate(items(register, block.keys[0])):
            yield from (_item_part(template, block, node, number) for node in block.inner)
    elif any(stated(register, key, as_reported=False) for key in block.keys) is (block.kind == "if"):
        yield from (_part(template, node) for node in block.inner)


def _part(template: Template, node: Words | Mark) -> LiteralPart | SlotPart:
    if isinstance(node, Words):
        return LiteralPart(node.text, f"literal:{node.number}")
    return SlotPart(node.name, template.slots[node.name], "", "")


def _item_part(template: Template, block: Block, node: Words | Mark, number: int) -> Part:
    if isinstance(node, Words):
        return LiteralPart(node.text, f"literal:{node.number}.{number + 1}")
    return ItemPart(block.keys[0], number) if is_item(block, node) else _part(template, node)


def _with_context(part: SlotPart, index: int, flat: Sequence[Part]) -> SlotPart:
    """The slot with the literal text right before and right after it, as far as its sentence goes."""
    before = last_sentence("".join(reversed([*_literals(flat[index - 1 :: -1] if index else ())])))
    return SlotPart(part.name, part.slot, before, first_sentence("".join(_literals(flat[index + 1 :]))))


def _literals(parts: Sequence[Part]) -> Iterator[str]:
    """The literal texts that the parts begin with."""
    for part in parts:
        if not isinstance(part, LiteralPart):
            return
        yield part.text


def last_sentence(text: str) -> str:
    """What stands after the last sentence end: the part that a following slot continues."""
    return _SENTENCE_END.split(text)[-1]


def first_sentence(text: str) -> str:
    """What stands up to the first sentence end: the part that a preceding slot begins."""
    return _SENTENCE_END.split(text)[0]
