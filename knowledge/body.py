"""The body of a template as a small program: literal text, marks and blocks.

    body   := (text | mark | block)*
    mark   := "{{" slot "}}"
    block  := "{{#if key+}}" inner "{{/if}}" | "{{#unless key+}}" inner "{{/unless}}"
            | "{{#each key}}" inner "{{/each}}"
    inner  := (text | mark)*                      blocks do not stand in blocks

`key` is a fact key. `if` holds when the register states the fact (one of the facts, where several are named), `unless`
when it states none, and `each` repeats its inner part for every confirmed value, which is `{{key}}` inside. A tag of a
block that stands alone on its line takes the line with it, as in Handlebars.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, Literal

from knowledge.errors import suggest
from knowledge.schema.facts import PLURAL_KEYS, FactKey

# Every repetition is bounded or cannot meet what follows it: a body comes from outside too, and must be read in time.
_TAG: Final = (
    r"\{\{[ \t]*(?:#(?P<XX_open>[a-z]{1,20})(?P<XX_keys>[ \t][^{}\n]{0,400})?|/(?P<XX_close>[a-z]{1,20})[ \t]{0,9})\}\}"
)
_TOKEN: Final = re.compile(
    rf"^[ \t]*{_TAG.replace('XX', 'own')}[ \t]*(?:\n|\Z)"
    rf"|{_TAG.replace('XX', 'in')}"
    r"|\{\{\s*(?P<slot>[a-z][a-z0-9_]*)\s*\}\}",
    re.MULTILINE,
)
_BLOCK: Final = re.compile(r":\s*[|>][-+0-9]*\s*(?:#.*)?$")
BlockKind = Literal["if", "unless", "each"]
_KINDS: Final[dict[str, BlockKind]] = {"if": "if", "unless": "unless", "each": "each"}


@dataclass(frozen=True, slots=True)
class Words:
    """Literal text; `number` counts the texts between the marks and tags of the whole body, from 0."""

    text: str
    number: int


@dataclass(frozen=True, slots=True)
class Mark:
    """A slot, or inside an `each` block the value that it has come to; `line` of the body, from 1."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A part that stands there under a condition, or once for each value of a fact."""

    kind: BlockKind
    keys: tuple[FactKey, ...]
    inner: tuple[Words | Mark, ...]
    line: int


Node = Words | Mark | Block


@dataclass(frozen=True, slots=True)
class BodyFault:
    """What is wrong, in Chinese, and on which line of the body (from 1)."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Body:
    """The nodes of a body in order, and everything that is wrong with its syntax."""

    nodes: tuple[Node, ...]
    faults: tuple[BodyFault, ...]

    def marks(self) -> Iterator[Mark]:
        """Every mark that names a slot, in order; values of an `each` block are none."""
        for node in self.nodes:
            if isinstance(node, Mark):
                yield node
            if isinstance(node, Block):
                yield from (one for one in node.inner if isinstance(one, Mark) and not is_item(node, one))

    def words(self) -> Iterator[Words]:
        """Every literal text, in order."""
        for node in self.nodes:
            if isinstance(node, Words):
                yield node
            if isinstance(node, Block):
                yield from (one for one in node.inner if isinstance(one, Words))

    def blocks(self) -> Iterator[Block]:
        """Every block, in order."""
        return (node for node in self.nodes if isinstance(node, Block))


def is_item(block: Block, mark: Mark) -> bool:
    """Whether a mark inside a block is the value that an `each` has come to."""
    return block.kind == "each" and mark.name in block.keys


def line_in_file(source: str, key_line: int, line: int) -> int:
    """Where a line of the body (from 1) stands in its YAML text, whose line `key_line` has the key `body`.

    Only of a block (`body: |`) the lines are known; of any other body it is the line of its key.
    """
    lines = source.splitlines()
    is_block = key_line <= len(lines) and _BLOCK.search(lines[key_line - 1]) is not None
    return key_line + line if is_block else key_line


@lru_cache(maxsize=512)
def read_body(text: str) -> Body:
    """The program of a body. It never raises: what cannot be read is a fault, and the rest is read on."""
    reader = _Reader()
    stripped = text.strip()
    line = text[: text.find(stripped)].count("\n") + 1 if stripped else 1
    at = number = 0
    for found in _TOKEN.finditer(stripped):
        literal = stripped[at : found.start()]
        reader.words(literal, number, line)
        line += literal.count("\n")
        reader.token(found, line)
        line += found.group().count("\n")
        at, number = found.end(), number + 1
    reader.words(stripped[at:], number, line)
    return reader.done()


@dataclass
class _Open:
    kind: BlockKind
    keys: tuple[FactKey, ...]
    line: int
    inner: list[Words | Mark] = field(default_factory=list)


@dataclass
class _Reader:
    """Nodes and faults so far, and the block that is open."""

    nodes: list[Node] = field(default_factory=list)
    faults: list[BodyFault] = field(default_factory=list)
    block: _Open | None = None

    def words(self, text: str, number: int, line: int) -> None:
        loose = [at for at in (text.find("{{"), text.find("}}")) if at >= 0]
        if loose:
            at = min(loose)
            shown = " ".join(text[max(0, at - 6) : at + 12].split())
            self._fault(line + text.count("\n", 0, at), f"填空标记没有写完整：“{shown}”")
        if text:
            self._add(Words(text, number))

    def token(self, found: re.Match[str], line: int) -> None:
        if found["slot"] is not None:
            self._add(Mark(found["slot"], line))
        elif (kind := found["own_open"] or found["in_open"]) is not None:
            self._open(kind, (found["own_keys"] or found["in_keys"] or "").split(), line)
        else:
            self._close(found["own_close"] or found["in_close"], line)

    def done(self) -> Body:
        if self.block is not None:
            self._fault(self.block.line, f"{{{{#{self.block.kind}}}}} 没有用 {{{{/{self.block.kind}}}}} 结束")
            self._end(self.block)
        return Body(tuple(self.nodes), tuple(self.faults))

    def _open(self, kind: str, keys: list[str], line: int) -> None:
        known = _KINDS.get(kind)
        if known is None:
            self._fault(line, f"没有“#{kind}”这种写法，可用 #if、#unless、#each{suggest(kind, _KINDS)}")
            return
        if self.block is not None:
            self._fault(line, f"{{{{#{kind}}}}} 不能写在 {{{{#{self.block.kind}}}}} 里面（第 {self.block.line} 行）")
            self._end(self.block)
        self.block = _Open(known, self._keys(known, keys, line), line)

    def _keys(self, kind: BlockKind, keys: list[str], line: int) -> tuple[FactKey, ...]:
        wrong = [key for key in keys if key not in FactKey.__members__]
        for key in wrong:
            self._fault(line, f"{{{{#{kind}}}}} “{key}”不是已定义的事实键{suggest(key, list(FactKey))}")
        if not keys:
            self._fault(line, f"{{{{#{kind}}}}} 没有写事实键")
        if kind == "each" and len(keys) > 1:
            self._fault(line, "{{#each}} 只能写一个事实键")
            return ()
        if kind == "each" and not wrong and keys and FactKey(keys[0]) not in PLURAL_KEYS:
            self._fault(line, f"“{keys[0]}”只会有一个值，不能用 #each")
            return ()
        return tuple(FactKey(key) for key in dict.fromkeys(keys) if key not in wrong)

    def _close(self, kind: str, line: int) -> None:
        if self.block is None or self.block.kind != kind:
            self._fault(line, f"{{{{/{kind}}}}} 没有对应的 {{{{#{kind}}}}}")
        if self.block is not None:
            self._end(self.block)

    def _end(self, block: _Open) -> None:
        self.block = None
        if block.keys:
            self._add(Block(block.kind, block.keys, tuple(block.inner), block.line))

    def _add(self, node: Node) -> None:
        if self.block is not None and not isinstance(node, Block):
            self.block.inner.append(node)
        else:
            self.nodes.append(node)

    def _fault(self, line: int, message: str) -> None:
        self.faults.append(BodyFault(line, message))
