"""The checks as they are shipped with the program, read and compiled. Every fault is told, at its line."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final, TypeVar

import ahocorasick
from pydantic import BaseModel, ValidationError

from engine.precheck.folding import fold_words
from engine.precheck.model import TextKind
from engine.precheck.patterns import pattern_fault
from engine.precheck.schema import Check, Common, DisclosureCheck, Examples, Surroundings, Topic, WordingCheck
from knowledge.document import Document, parse_document
from knowledge.errors import BadKnowledgeError, Fault, suggest
from knowledge.validation import schema_faults

BUNDLED: Final = Path(__file__).parent / "checks"
COMMON: Final = "common.yaml"
_PARTS: Final = (WordingCheck, DisclosureCheck, Examples)
_COMMON_PARTS: Final = (Common, Topic, Surroundings)
_AROUND_FIELDS: Final = ("before", "breaks", "after", "answers", "quoted_in", "quoted_unless", "points")
_PATTERN_FIELDS: Final = ("patterns", "unless_sentence", "unless_text", "satisfied_by")

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class CheckSet:
    """All checks with what they share. `phrases` finds the words of all of them at once: value (check id, length)."""

    wording: tuple[WordingCheck, ...]
    disclosures: tuple[DisclosureCheck, ...]
    common: Common
    documents: Mapping[str, Document]
    phrases: "ahocorasick.Automaton"
    hash: str

    @property
    def checks(self) -> tuple[Check, ...]:
        """Both types."""
        return (*self.wording, *self.disclosures)


@lru_cache(maxsize=1)
def bundled_checks() -> CheckSet:
    """The program's own checks, read once. Raises BadKnowledgeError with all faults."""
    return load_checks(BUNDLED)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern of a check, compiled once."""
    return re.compile(pattern)


def load_checks(root: Path) -> CheckSet:
    """Read every check under a folder: `<type>/<name>.yaml`, and `common.yaml` beside them."""
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*.yaml"))}
    faults: list[Fault] = []
    checks: dict[str, Check] = {}
    documents: dict[str, Document] = {}
    common: Common | None = None
    for name, content in files.items():
        try:
            document = parse_document(name, _decoded(name, content))
            if name == COMMON:
                common = _read(document, Common, _COMMON_PARTS)
                faults += _common_faults(document, common)
                continue
            check = _check(document)
            checks[check.id], documents[check.id] = check, document
        except BadKnowledgeError as error:
            faults += error.faults
    if common is None and not faults:
        faults.append(Fault(COMMON, 1, "缺少这个文件"))
    if common is not None:
        faults += _reference_faults(checks.values(), documents, common)
    if faults or common is None:
        raise BadKnowledgeError(faults)
    wording = tuple(check for check in checks.values() if isinstance(check, WordingCheck))
    disclosures = tuple(check for check in checks.values() if isinstance(check, DisclosureCheck))
    return CheckSet(wording, disclosures, common, documents, _automaton(wording), _hash(files))


def _check(document: Document) -> Check:
    """The check of one file, after its schema, its place and its patterns."""
    data = document.data if isinstance(document.data, dict) else {}
    is_disclosure = data.get("type") == "disclosure"
    check: Check = _read(document, DisclosureCheck, _PARTS) if is_disclosure else _read(document, WordingCheck, _PARTS)
    faults = [*_place_faults(document, check), *_pattern_faults(document, check)]
    if faults:
        raise BadKnowledgeError(faults)
    return check


def _read(document: Document, model: type[Model], parts: tuple[type[BaseModel], ...]) -> Model:
    if not isinstance(document.data, dict):
        raise BadKnowledgeError([document.fault((), "文件顶层应为“字段: 值”")])
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise BadKnowledgeError(schema_faults(document, parts, error)) from error


def _place_faults(document: Document, check: Check) -> Iterator[Fault]:
    expected = document.file.removesuffix(".yaml").replace("/", ".")
    if check.id != expected:
        yield document.fault(("id",), f"编号“{check.id}”与文件位置不符，应为“{expected}”")
    if not check.id.startswith(f"{check.type}."):
        yield document.fault(("type",), f"类型“{check.type}”的检查放在 {check.type}/ 之下")
    if isinstance(check, WordingCheck) and not (check.phrases or check.patterns):
        yield document.fault((), "phrases 与 patterns 至少写一项")


def _pattern_faults(document: Document, check: Check) -> Iterator[Fault]:
    for field in _PATTERN_FIELDS:
        for number, pattern in enumerate(getattr(check, field, ())):
            if fault := pattern_fault(pattern):
                yield document.fault((field, number), fault)


def _reference_faults(checks: Iterable[Check], documents: Mapping[str, Document], common: Common) -> Iterator[Fault]:
    """Topics and disclosures that a check names must exist."""
    disclosures = {check.id for check in checks if isinstance(check, DisclosureCheck)}
    for check in checks:
        topics = set(common.topics)
        for field, known in (("due_when", topics), ("unless_disclosed", disclosures), ("shows", topics)):
            for number, name in enumerate(getattr(check, field, ())):
                if name not in known:
                    yield documents[check.id].fault((field, number), f"没有“{name}”{suggest(name, known)}")


def _common_faults(document: Document, common: Common) -> Iterator[Fault]:
    lists: list[tuple[tuple[str, ...], Iterable[str]]] = [
        (("topics", name, field), getattr(topic, field))
        for name, topic in common.topics.items()
        for field in ("patterns", "unless_text", "certain")
    ]
    lists += [(("genres", name), patterns) for name, patterns in common.genres.items()]
    lists.append((("stock",), common.stock))
    for name, around in (("negation", common.negation), ("warning", common.warning)):
        lists += [((name, field), getattr(around, field)) for field in _AROUND_FIELDS]
    lists += [(("guess", str(kind)), patterns) for kind, patterns in common.guess.items()]
    for place, patterns in lists:
        for number, pattern in enumerate(patterns):
            if fault := pattern_fault(pattern):
                yield document.fault((*place, number), fault)
    for name, topic in common.topics.items():
        for number, genre in enumerate(topic.unless_genres):
            if genre not in common.genres:
                said = f"没有“{genre}”{suggest(genre, common.genres)}"
                yield document.fault(("topics", name, "unless_genres", number), said)
    for kind in TextKind:
        if kind not in common.guess:
            yield document.fault(("guess",), f"缺少“{kind}”{suggest(kind, map(str, common.guess))}")


def _decoded(name: str, content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadKnowledgeError(
            [Fault(name, content[: error.start].count(b"\n") + 1, "文件不是 UTF-8 编码")]
        ) from error


def _automaton(checks: Iterable[WordingCheck]) -> "ahocorasick.Automaton":
    found: dict[str, list[str]] = {}
    for check in checks:
        for phrase in check.phrases:
            found.setdefault(fold_words(phrase), []).append(check.id)
    automaton = ahocorasick.Automaton()
    for phrase, ids in found.items():
        automaton.add_word(phrase, (len(phrase), tuple(ids)))
    if not found:
        automaton.add_word("\0", (1, ()))  # an automaton without words cannot be asked
    automaton.make_automaton()
    return automaton


def _hash(files: Mapping[str, bytes]) -> str:
    """SHA-256 over names and contents, hex."""
    digest = sha256()
    for name, content in sorted(files.items()):
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()
