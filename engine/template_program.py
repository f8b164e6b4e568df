"""A statement template as a program: its YAML text, its body as literal and slot parts, its clause patterns as steps.

    body      := (literal | "{{" slot "}}")*
    pattern   := (literal | "{" fact_key "}" | "{phrases}")*

Reading is strict because the same text comes back, from outside, inside every draft file: size is limited, YAML
anchors and repeated keys are refused, and every fault carries the line it is on.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.errors import InputError
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, ProseSlot, Template

MAX_SOURCE_CHARS: Final = 64_000
MAX_PARTS: Final = 200
MAX_NESTING: Final = 40
PHRASES: Final = "phrases"
_MARK: Final = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")
_HOLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_SENTENCE_END: Final = re.compile(r"[。！？；\n]")


@dataclass(frozen=True, slots=True)
class LiteralPart:
    """Fixed text. `ref` is `literal:N`: the text before the N-th mark of the body, from 0."""

    text: str
    ref: str


@dataclass(frozen=True, slots=True)
class SlotPart:
    """A slot where it stands in the body, with the literal text of its sentence right before and right after it."""

    name: str
    slot: FactSlot | ChoiceSlot | ProseSlot
    before: str
    after: str


Part = LiteralPart | SlotPart


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


def parts_of(template: Template) -> tuple[Part, ...]:
    """The body's parts in order. Raises InputError for a mark that names no slot or is not closed."""
    pieces = _MARK.split(template.body.strip())
    if len(pieces) > MAX_PARTS:
        raise InputError(f"正文超过 {MAX_PARTS} 段", place=template.id)
    parts: list[Part] = []
    for index, piece in enumerate(pieces):
        if index % 2 == 1:
            parts.append(
                _slot_part(template, piece, last_sentence(pieces[index - 1]), first_sentence(pieces[index + 1]))
            )
        elif piece:
            _refuse_loose_marks(piece, template.id)
            parts.append(LiteralPart(piece, f"literal:{index // 2}"))
    return tuple(parts)


def _slot_part(template: Template, name: str, before: str, after: str) -> SlotPart:
    slot = template.slots.get(name)
    if slot is None:
        raise InputError(f"正文用到未定义的填空“{name}”", place=template.id)
    return SlotPart(name, slot, before, after)


def _refuse_loose_marks(literal: str, place: str) -> None:
    for mark in ("{{", "}}"):
        if mark in literal:
            at = literal.index(mark)
            raise InputError(f"填空标记没有写完整：“{literal[max(0, at - 6) : at + 12].strip()}”", place=place)


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
    node: Node | None
    try:
        node = yaml.compose(source, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return 1
    line = 1
    for step in path:
        found = _child(node, step)
        if found is None:
            break
        node, line = found
    return line


def _child(node: Node | None, step: str) -> tuple[Node, int] | None:
    if isinstance(node, MappingNode):
        for key, value in node.value:
            if isinstance(key, ScalarNode) and key.value == step:
                return value, key.start_mark.line + 1
    if isinstance(node, SequenceNode) and step.isdigit() and int(step) < len(node.value):
        child = node.value[int(step)]
        return child, child.start_mark.line + 1
    return None
