"""A .docx as bytes → the texts of its parts, unpacked with a bound and joined in reading order.

Word's own relationships say which part is the document and which are its notes, headers and footers (ECMA-376 part 2,
OPC). Nothing is resolved outside the file, and a document type declaration (entities) is refused.
"""

import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from posixpath import dirname, join, normpath
from typing import Final, NamedTuple
from xml.parsers import expat

from engine.precheck.word_walk import Unusable, WordWalk

MOST_UNPACKED: Final = 5 * 1024 * 1024
"""Bytes of XML over all parts that are read."""
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NOTES: Final = ("footnotes", "endnotes")

Attributes = dict[str, str]


class _Relation(NamedTuple):
    kind: str
    part: str


class _Package:
    """The zip file, of which at most `MOST_UNPACKED` bytes are unpacked."""

    def __init__(self, packed: zipfile.ZipFile) -> None:
        self._packed = packed
        self._left = MOST_UNPACKED

    def read(self, part: str) -> bytes:
        info = self._packed.getinfo(part)
        if info.compress_type not in _PACKINGS:  # Word writes no other; others unpack without a bound
            raise zipfile.BadZipFile(part)
        if info.file_size > self._left:
            raise Unusable("文档解压后太大，请只保留要发布的文字")
        with self._packed.open(info) as opened:
            content = opened.read(self._left + 1)
        self._left -= len(content)
        if self._left < 0:
            raise Unusable("文档解压后太大，请只保留要发布的文字")
        return content

    def main_part(self) -> str:
        """The document itself. Raises BadZipFile for a file of another kind."""
        for one in self.relations("").values():
            if one.kind == "officeDocument":
                return one.part
        raise zipfile.BadZipFile("no document")

    def relations(self, part: str) -> dict[str, _Relation]:
        """The relationships of a part ("" is the package) inside the file, by their ids."""
        folder = dirname(part)
        name = join(folder, "_rels", f"{part.removeprefix(folder).lstrip('/')}.rels")
        found: dict[str, _Relation] = {}
        if name not in self._packed.NameToInfo:
            return found

        def start(element: str, attributes: Attributes) -> None:
            if element.endswith("Relationship") and attributes.get("TargetMode") != "External":
                target = normpath(join("/", folder, attributes["Target"])).lstrip("/")
                found[attributes["Id"]] = _Relation(attributes["Type"].rsplit("/", 1)[-1], target)

        _parse(self.read(name), start)
        return found


def walk_word(content: bytes) -> WordWalk:
    """Walk the document, its footnotes and endnotes, and the headers and footers that it uses.

    Raises Unusable (a Chinese reason) for what is too large; whatever zip and XML libraries raise for what is damaged.
    """
    walk = WordWalk()
    with zipfile.ZipFile(BytesIO(content)) as packed:
        package = _Package(packed)
        main = package.main_part()
        _walk_part(package, main, walk)
        for part in dict.fromkeys(_parts_beside(package.relations(main), walk)):
            _walk_part(package, part, walk)
    return walk


def _parts_beside(relations: dict[str, _Relation], walk: WordWalk) -> Iterator[str]:
    for kind in _NOTES:
        yield from (one.part for one in relations.values() if one.kind == kind)
    for reference in walk.references:
        yield relations[reference].part


def _walk_part(package: _Package, part: str, walk: WordWalk) -> None:
    _parse(package.read(part), walk.start, walk.end, walk.said)


def _parse(
    content: bytes,
    start: Callable[[str, Attributes], None],
    end: Callable[[str], None] | None = None,
    said: Callable[[str], None] | None = None,
) -> None:
    """Read XML as a stream: nothing is kept, nothing recurses."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    if end and said:
        parser.EndElementHandler = end
        parser.CharacterDataHandler = said
    parser.Parse(content, True)


def _refuse_doctype(*_: object) -> None:
    raise Unusable("文档里有不该有的声明（DOCTYPE），请用 Word 另存一份")
