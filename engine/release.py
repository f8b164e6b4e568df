"""Release 发布: everything that changes decisions or wording, under one content hash.

For now the bundled release is what is on disk; the engine notes in the log from where on it decides.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

from engine.detection import RuleSet
from engine.errors import ReleaseError
from engine.model import Category
from engine.scoring.brands import BrandRegistry
from engine.template_check import check_template
from knowledge.loader import Knowledge
from knowledge.schema import Playbook


@dataclass(frozen=True)
class Release:
    """Rules, knowledge, brands and scorer that belong together."""

    rules: RuleSet
    knowledge: Knowledge
    registry: BrandRegistry
    scorer_hash: str

    @cached_property
    def hash(self) -> str:
        """Content hash, 32 hex digits."""
        parts = (self.rules.hash, self.knowledge.hash, self.scorer_hash)
        return blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()

    @cached_property
    def playbooks(self) -> Mapping[Category, Playbook]:
        """The playbook of each category."""
        return {Category(playbook.category): playbook for playbook in self.knowledge.playbooks.values()}

    def check(self) -> None:
        """Refuse a release whose templates have faults. Raises ReleaseError that names all of them."""
        faults = [
            str(fault)
            for template in self.knowledge.templates.values()
            for fault in check_template(template, self.knowledge.template_source(template.id), template.id)
        ]
        if faults:
            raise ReleaseError("声明模板有误：\n" + "\n".join(faults))
