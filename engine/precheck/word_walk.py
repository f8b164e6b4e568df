"""WordprocessingML as a stream of elements → text blocks in reading order, and what could not be read.

Read as Word shows the document with all revisions accepted: insertions are text, deletions are not (ECMA-376 part 1,
17.13.5). Text boxes, content controls, nested tables, notes and formulas are text wherever they stand.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from engine.precheck.assessing import LONGEST_TEXT, TOO_LONG

LONGEST_WALK: Final = 2 * LONGEST_TEXT
"""Characters met; a text box is written twice (for old versions), so this is twice what may be assessed."""
MOST_BLOCKS: Final = 20_000
MOST_ELEMENTS: Final = 400_000
DEEPEST: Final = 500

_FAMILIES: Final = {
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
    "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
    "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
    "http://purl.oclc.org/ooxml/drawingml/main": "a",
    "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
    "http://purl.oclc.org/ooxml/officeDocument/math": "m",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    "urn:schemas-microsoft-com:vml": "v",
}
_PARAGRAPHS: Final = {"w:p", "a:p", "w:rt"}
_TEXTS: Final = {"w:t", "a:t", "m:t"}
_SIGNS: Final = {"w:tab": "\t", "w:ptab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-", "a:br": "\n"}
_GONE: Final = {"w:del", "w:moveFrom"}
_REVISED: Final = _GONE | {"w:ins", "w:moveTo"}
_ALTERNATES: Final = {"mc:Choice", "mc:Fallback"}
_PICTURE, _CHART, _DIAGRAM, _OBJECT, _SYMBOL = "图片", "图表", "SmartArt 图形", "嵌入的对象", "符号字体的字符"
_UNREAD: Final = {
    "v:imagedata": _PICTURE,
    "a:blip": _PICTURE,
    "w:object": _OBJECT,
    "w:control": _OBJECT,
    "w:altChunk": _OBJECT,
    "w:subDoc": _OBJECT,
    "w:contentPart": _OBJECT,
    "w:sym": _SYMBOL,
}
_GRAPHICS: Final = {
    "picture": _PICTURE,
    "chart": _CHART,
    "chartex": _CHART,
    "diagram": _DIAGRAM,
    "wordprocessingShape": None,
    "wordprocessingGroup": None,
    "wordprocessingCanvas": None,
    "lockedCanvas": None,
}
_REVISIONS: Final = "文档有未接受的修订，按全部接受之后的文字检查"
_HIDDEN: Final = "文档有隐藏文字，也一并检查；发布前请确认是否保留"
_COMMENTS: Final = "文档有批注，批注没有检查；发布前请删除"


class Unusable(Exception):
    """A document that is not read further; `str(error)` is the Chinese reason."""


@dataclass(eq=False)
class _Row:
    cell: int = 0


@dataclass(eq=False)
class _Block:
    """The text of a paragraph; `joins` when its end is deleted, so that the next one goes on in it."""

    row: _Row | None
    cell: int
    parts: list[str] = field(default_factory=list)
    joins: bool = False


class WordWalk:
    """Takes the elements of one part after another; `text`, `unread`, `remarks` and `references` are what is found."""

    def __init__(self) -> None:
        self.unread: dict[str, None] = {}
        self.remarks: dict[str, None] = {}
        self.references: list[str] = []
        self._blocks: list[_Block] = []
        self._open: list[_Block] = []
        self._rows: list[_Row] = []
        self._path: list[str] = []
        self._gone = self._size = self._elements = 0
        self._marks: list[tuple[int, int]] = []
        self._choices: list[list[str]] = []
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            "w:tr": lambda _: self._rows.append(_Row()),
            "w:tc": self._cell,
            "w:vanish": self._hidden,
            "w:commentReference": lambda _: self.remarks.setdefault(_COMMENTS),
            "w:headerReference": self._refer,
            "w:footerReference": self._refer,
            "a:graphicData": self._graphic,
            "v:textpath": lambda found: self._alone(found.get("string", "")),
            "mc:AlternateContent": lambda _: self._choices.append([]),
        }

    def start(self, element: str, attributes: dict[str, str]) -> None:
        """An element begins. Raises Unusable beyond all measure."""
        name = _short(element)
        self._path.append(name)
        self._refuse_beyond_measure()
        if name in _REVISED:
            self._revised(name)
        if self._gone:
            return
        if name in _PARAGRAPHS:
            self._open.append(self._new_block())
        elif name in _SIGNS and self._parent() in ("w:r", "a:p"):
            self._add(_SIGNS[name])
        elif name in _UNREAD:
            self.unread.setdefault(_UNREAD[name])
        elif name in _ALTERNATES:
            self._marks.append((len(self._blocks), len(self._open[-1].parts) if self._open else 0))
        elif name in self._starts:
            self._starts[name](attributes)

    def end(self, _element: str) -> None:
        """An element ends."""
        name = self._path.pop()
        if self._gone:
            self._gone -= name in _GONE
        elif name in _PARAGRAPHS:
            self._open.pop()
        elif name == "w:tr":
            self._rows.pop()
        elif name in _ALTERNATES:
            self._end_alternate(name)
        elif name == "mc:AlternateContent":
            self._choices.pop()

    def said(self, words: str) -> None:
        """Characters: text where an element for text holds them."""
        if not self._gone and self._path and self._path[-1] in _TEXTS:
            self._add(words)

    def text(self) -> str:
        """One paragraph or table row a line; cells are parted by ｜."""
        pieces: list[str] = []
        before: _Block | None = None
        for block in self._blocks:
            if words := "".join(block.parts).strip():
                pieces += [_between(before, block), words]
                before = block
        return "".join(pieces)

    def _refuse_beyond_measure(self) -> None:
        self._elements += 1
        if self._elements > MOST_ELEMENTS or len(self._path) > DEEPEST:
            raise Unusable("文档结构太复杂或嵌套太深，请把要发布的文字粘贴到新文档")

    def _parent(self, up: int = 1) -> str:
        return self._path[-1 - up] if len(self._path) > up else ""

    def _new_block(self) -> _Block:
        if len(self._blocks) >= MOST_BLOCKS:
            raise Unusable(f"文档超过 {MOST_BLOCKS} 段，请只保留要发布的文字，或分成几份评估")
        row = self._rows[-1] if self._rows else None
        self._blocks.append(_Block(row, row.cell if row else 0))
        return self._blocks[-1]

    def _add(self, words: str) -> None:
        self._size += len(words)
        if self._size > LONGEST_WALK:
            raise Unusable(TOO_LONG)
        (self._open[-1] if self._open else self._new_block()).parts.append(words)

    def _alone(self, words: str) -> None:
        self._open.append(self._new_block())
        self._add(words)
        self._open.pop()

    def _cell(self, _attributes: dict[str, str]) -> None:
        if self._rows:
            self._rows[-1].cell += 1

    def _revised(self, name: str) -> None:
        """Deleted text is left out; a deleted paragraph end joins the paragraph with the next."""
        self.remarks.setdefault(_REVISIONS)
        if name in _GONE:
            self._gone += 1
            if self._open and self._parent() == "w:rPr" and self._parent(2) == "w:pPr":
                self._open[-1].joins = True

    def _hidden(self, attributes: dict[str, str]) -> None:
        is_on = _attribute(attributes, "val") not in ("0", "false", "off")
        if is_on and self._parent(2) != "w:pPr":
            self.remarks.setdefault(_HIDDEN)

    def _refer(self, attributes: dict[str, str]) -> None:
        self.references.append(_attribute(attributes, "id"))

    def _graphic(self, attributes: dict[str, str]) -> None:
        if kind := _GRAPHICS.get(attributes.get("uri", "").rsplit("/", 1)[-1], _OBJECT):
            self.unread.setdefault(kind)

    def _end_alternate(self, name: str) -> None:
        """A fallback that says what a choice has said already is the same text written twice."""
        blocks, parts = self._marks.pop()
        inside = [part for block in self._blocks[blocks:] for part in block.parts]
        inside += self._open[-1].parts[parts:] if self._open else []
        words = "".join("".join(inside).split())
        if name == "mc:Choice" and self._choices:
            self._choices[-1].append(words)
        elif self._choices and words in self._choices[-1]:
            self._size -= sum(map(len, inside))
            del self._blocks[blocks:]
            if self._open:
                del self._open[-1].parts[parts:]


@lru_cache(maxsize=1024)
def _short(element: str) -> str:
    """`namespace name` → `w:name`; contentPart stands in several namespaces."""
    space, _, name = element.rpartition(" ")
    return "w:contentPart" if name == "contentPart" else f"{_FAMILIES.get(space, '?')}:{name}"


def _attribute(attributes: dict[str, str], name: str) -> str:
    """The value of an attribute in whichever namespace."""
    return next((value for key, value in attributes.items() if key.rpartition(" ")[2] == name), "")


def _between(before: _Block | None, block: _Block) -> str:
    if before is None or before.joins:
        return ""
    return "｜" if before.row is not None and before.row is block.row and before.cell != block.cell else "\n"
