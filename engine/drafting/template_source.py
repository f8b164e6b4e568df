"""The YAML text of a template: read strictly, because the same text comes back, from outside, inside every draft file.

Size is limited, YAML anchors and repeated keys are refused, and every fault carries the line it is on.
"""

from functools import lru_cache
from itertools import accumulate
from typing import Final

import yaml
from pydantic import ValidationError
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from engine.errors import InputError
from knowledge.schema import Template

MAX_SOURCE_CHARS: Final = 64_000
MAX_NESTING: Final = 40


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
