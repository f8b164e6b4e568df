"""A template filled with typical values: for measuring its length and for reading it aloud."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from knowledge.body import Block, Mark, Words, is_item, read_body
from knowledge.fact_shapes import SHAPES
from knowledge.schema import ChoiceSlot, FactKey, FactSlot, Slot, Template
from knowledge.slots import HOLE_MARK, PHRASES

UNKNOWN: Final = "【待核实】"
TYPICAL: Final[Mapping[FactKey, str]] = {key: shape.example for key, shape in SHAPES.items()}


def fill_pattern(pattern: str, values: Mapping[FactKey, str], phrase: str = "") -> str:
    """A pattern with its holes filled; a fact without a value becomes 【待核实】."""
    return HOLE_MARK.sub(lambda hole: phrase if hole[1] == PHRASES else values.get(FactKey(hole[1]), UNKNOWN), pattern)


def model_free(template: Template, values: Mapping[FactKey, str] = TYPICAL) -> str:
    """The wording without a model: first option, first pattern that the values allow, else 【待核实】."""
    return _render(template, values, lambda slot: _first_wording(slot, values))


def longest(template: Template, values: Mapping[FactKey, str] = TYPICAL) -> str:
    """The longest wording that a model could choose with these values."""
    return _render(template, values, lambda slot: max(wordings(slot, values), key=len))


def wordings(slot: Slot, values: Mapping[FactKey, str]) -> tuple[str, ...]:
    """Each wording of a slot; patterns with a `{phrases}` hole are filled with every phrase in turn."""
    if isinstance(slot, FactSlot):
        return (values.get(slot.fact, UNKNOWN),)
    if isinstance(slot, ChoiceSlot):
        return slot.texts
    return tuple(
        fill_pattern(pattern, values, phrase)
        for pattern in slot.patterns
        for phrase in (slot.phrases if f"{{{PHRASES}}}" in pattern else ("",))
    )


def _first_wording(slot: Slot, values: Mapping[FactKey, str]) -> str:
    return next((text for text in wordings(slot, values) if UNKNOWN not in text), UNKNOWN)


def _render(template: Template, values: Mapping[FactKey, str], write: Callable[[Slot], str]) -> str:
    """The active parts, a part that is repeated for each value once."""
    return "".join(
        node.text if isinstance(node, Words) else write(template.slots[node.name]) if isinstance(node, Mark) else node
        for node in active_nodes(template, values)
    ).strip()


def active_nodes(template: Template, values: Mapping[FactKey, str]) -> Iterator[Words | Mark | str]:
    """Texts and marks that stand when these facts are confirmed; a plain string is the value that an `each` came to."""
    for node in read_body(template.body).nodes:
        if not isinstance(node, Block):
            yield node
        elif any(key in values for key in node.keys) is (node.kind != "unless"):
            for inner in node.inner:
                item = isinstance(inner, Mark) and is_item(node, inner)
                yield values[node.keys[0]] if item else inner
