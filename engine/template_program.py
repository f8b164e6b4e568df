"""A statement template as a program: its YAML text, its body as literal and slot parts, its clause patterns as steps.

    body      := see `knowledge.body`: literals, slots, parts under a condition, parts repeated for each value
    pattern   := (literal | "{" fact_key "}" | "{phrases}")*

Which parts are active is a function of the template and the register alone, so drafting and verification agree.

Reading is strict because the same text comes back, from outside, inside every draft file: size is limited, YAML
anchors and repeated keys are refused, and every fault carries the line it is on.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.draft_facts import items, stated
from engine.errors import InputError
from engine.model import Fact
from knowledge.body import Block, Body, Mark, Words, is_item, read_body
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, ProseSlot, Template

MAX_SOURCE_CHARS: Final = 64_000
MAX_PARTS: Final = 200
MAX_NESTING: Final = 40
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


# --- the YAML text ----------------------------------------------------------------------------


class _StrictLoader(yaml.SafeLoader):
    """Safe loader without anchors and with unique keys: a draft file brings its template from outside."""

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("模板中不允许使用 YAML 引用（*）")
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[object, object]:
        keys = [key.value for key, _ in node.value if isinstance(key, ScalarNode)]
        repeated = next((key for key in keys if keys.count(key) > 1), None)
        if repeated is not None:
            raise yaml.YAMLError(f"键“{repeated}”重复")
        return super().construct_mapping(node, deep=deep)


@lru_cache(maxsize=128)
def load_template(source: str, place: str = "模板") -> Template:
    """A template from its YAML text. Raises InputError with the first fault's place."""
    if len(source) > MAX_SOURCE_CHARS:
        raise InputError(f"模板文本超过 {MAX_SOURCE_CHARS} 字", place=place)
    if _nesting(source) > MAX_NESTING:
        raise InputError("YAML 嵌套过深", place=place)
    try:
        data = yaml.load(source, Loader=_StrictLoader)  # noqa: S506 - a SafeLoader
        return Template.model_validate(data)
    except yaml.YAMLError as error:
        raise InputError(f"YAML 不合规：{_one_line(error)}", place=place) from error
    except ValidationError as error:
        first = error.errors()[0]
        path = tuple(str(step) for step in first["loc"])
        raise InputError(f"{first['msg']}", place=f"{place}:{line_of(source, path)}", field=".".join(path)) from error
    except (RecursionError, ValueError, LookupError, AttributeError, TypeError) as error:
        raise InputError("YAML 嵌套过深或取值不合规", place=place) from error


def _nesting(source: str) -> int:
    """How deep brackets are open at most, read crudely: the YAML scanner takes quadratic time in it."""
    steps = (1 if char in "[{" else -1 for char in source if char in "[]{}")
    return max(accumulate(steps), default=0)


def _one_line(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())[:200]


def line_of(source: str, path: tuple[str, ...]) -> int:
    """The line (from 1) where the deepest found step of `path` stands in the YAML text."""
    node = _composed(source)
    line = 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        node, line = found
    return line


@lru_cache(maxsize=8)
def _composed(source: str) -> Node | None:
    try:
        return yaml.compose(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        return None


def _child(node: Node | None, step: str) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == step:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and step.isdigit() and int(step) < len(node.value):
        child = node.value[int(step)]
        return child, child.start_mark.line + 1
    return None
