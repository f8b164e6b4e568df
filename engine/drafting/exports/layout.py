"""The text of a statement as its parts on paper: a title, paragraphs, who says it and when.

Templates write all of it as lines of one text: a short first line before an empty one is the title, short last lines
after an empty one are the signature. Where a text is written otherwise, everything is paragraphs.
"""

import unicodedata
from typing import Final, NamedTuple

from knowledge.schema import Channel

_SHORT: Final = 40
_SENTENCE_ENDS: Final = "。！？；：，"
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


class Layout(NamedTuple):
    """`title` is empty when the text has none; `paragraphs` have no line breaks."""

    title: str
    paragraphs: tuple[str, ...]
    signature: tuple[str, ...]


def layout_of(text: str) -> Layout:
    """The parts of a statement, without characters that are not seen."""
    blocks = [block.splitlines() for block in visible_only(text).strip().split("\n\n") if block.strip()]
    title = ""
    signature: tuple[str, ...] = ()
    if len(blocks) > 1 and len(blocks[0]) == 1 and _is_short(blocks[0][0]):
        title = blocks.pop(0)[0].strip()
    if len(blocks) > 1 and all(map(_is_short, blocks[-1])):
        signature = tuple(line.strip() for line in blocks.pop())
    return Layout(title, tuple(line.strip() for block in blocks for line in block if line.strip()), signature)


def _is_short(line: str) -> bool:
    return 0 < len(line.strip()) <= _SHORT and line.strip()[-1] not in _SENTENCE_ENDS


def visible_only(text: str) -> str:
    """The text without control characters, marks of direction, zero-width and unassigned characters; its lines end in
    a line feed.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join("".join(" " if char == "\t" else char for char in line if _is_seen(char)) for line in lines)


def _is_seen(char: str) -> bool:
    return char == "\t" or unicodedata.category(char) not in (*_HIDDEN, "Zl", "Zp")


def as_posted(text: str, channel: Channel) -> str:
    """The words as they are posted: on Weibo one paragraph, elsewhere the lines of the template."""
    seen = visible_only(text).strip()
    if channel is not Channel.weibo:
        return seen
    lines = [line.strip() for line in seen.splitlines() if line.strip()]
    return "".join(line if not before or before[-1] in _SENTENCE_ENDS else f" {line}" for before, line in _pairs(lines))


def _pairs(lines: list[str]) -> list[tuple[str, str]]:
    return list(zip(["", *lines], lines, strict=False))
