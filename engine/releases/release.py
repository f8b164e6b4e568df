"""Release 发布: everything that changes decisions or wording, read from its content."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Final

from engine.drafting.template_check import check_template
from engine.errors import CrisisDeskError, ReleaseError
from engine.model import Category
from engine.releases.content import ReleaseContent
from engine.rule_set import RuleSet
from engine.scoring.brands import BrandRegistry, load_registry
from engine.scoring.lexicon import Lexicon, load_lexicon
from knowledge.errors import KnowledgeError
from knowledge.loader import Knowledge, load_knowledge
from knowledge.schema import Playbook
from rules.errors import RuleError

Files = tuple[tuple[str, str], ...]
_REMEMBERED: Final = 4


@dataclass(frozen=True)
class Release:
    """Rules, knowledge, brands and lexicons that belong together, and the content that they were read from."""

    content: ReleaseContent
    rules: RuleSet
    knowledge: Knowledge
    registry: BrandRegistry
    lexicon: Lexicon

    @property
    def hash(self) -> str:
        """Content hash, 32 hex digits."""
        return self.content.hash

    @cached_property
    def playbooks(self) -> Mapping[Category, Playbook]:
        """The playbook of each category."""
        return {Category(playbook.category): playbook for playbook in self.knowledge.playbooks.values()}

    def check(self) -> None:
        """Refuse a release whose templates have faults. Raises ReleaseError that names all of them."""
        faults = template_faults(self.knowledge)
        if faults:
            raise ReleaseError("声明模板有误：\n" + "\n".join(faults))


def load_release(content: ReleaseContent) -> Release:
    """Read a content. Raises ReleaseError with every fault of the first part that cannot be read."""
    return Release(
        content=content,
        rules=_rules(content.part("rules/")),
        knowledge=_knowledge(content.part("knowledge/")),
        registry=_registry(content.part("engine/scoring/brands")),
        lexicon=_lexicon(content.part("engine/scoring/lexicons/")),
    )


def template_faults(knowledge: Knowledge) -> tuple[str, ...]:
    """Every fault of the templates, each with file and line."""
    return tuple(
        str(fault)
        for template in knowledge.templates.values()
        for fault in check_template(template, knowledge.template_source(template.id), template.id)
    )


@contextmanager
def unpacked(files: Files) -> Iterator[Path]:
    """A folder with these files; what is raised inside names them without the folder."""
    with ReleaseContent(dict(files), "", "").on_disk() as root:
        try:
            yield root
        except (CrisisDeskError, KnowledgeError, RuleError) as error:
            raise ReleaseError(str(error).replace(f"{root.as_posix()}/", "")) from error


@lru_cache(_REMEMBERED)
def _rules(files: Files) -> RuleSet:
    with unpacked(files) as root:
        return RuleSet.load(root / "rules" / "packs")


@lru_cache(_REMEMBERED)
def _knowledge(files: Files) -> Knowledge:
    with unpacked(files) as root:
        return load_knowledge(root / "knowledge")


@lru_cache(_REMEMBERED)
def _registry(files: Files) -> BrandRegistry:
    with unpacked(files) as root:
        return load_registry(root / "engine" / "scoring" / "brands.yaml")


@lru_cache(_REMEMBERED)
def _lexicon(files: Files) -> Lexicon:
    with unpacked(files) as root:
        return load_lexicon(root / "engine" / "scoring" / "lexicons")
