"""The rules that decide, as one whole with a content hash."""

import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from typing import Final, Self

from pydantic import TypeAdapter

from engine.errors import NotFound, ReleaseError
from engine.model import Category
from rules.errors import BadRulesError
from rules.evaluate import rule_conditions
from rules.handling import HANDLING, Handling, load_handling
from rules.loader import PACKS, load_rules
from rules.schema import Rule, RuleStatus
from rules.vocabulary import VOCABULARY, FactSpec

_SPECS: Final = TypeAdapter(dict[str, FactSpec])


class RuleSet:
    """The rules that decide, in the order of their ids, and who answers for what they find (`handling`; None only
    where nobody has to). `hash` is the BLAKE2b of rules, handling and vocabulary limits.
    """

    def __init__(self, rules: Iterable[Rule], handling: Handling | None = None) -> None:
        self.handling = handling
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self._by_id = {rule.id: rule for rule in self.rules}
        if len(self._by_id) < len(self.rules):
            raise ReleaseError("规则编号重复")
        self._evaluated = {category: self._of(category) for category in Category}
        self._facts = {category: _named(rules) for category, rules in self._evaluated.items()}
        self.hash = self._content_hash()

    @classmethod
    def load(cls, path: Path = PACKS) -> Self:
        """All rules below a folder, with the `handling.yaml` beside it. Raises ReleaseError that names every fault of
        every file.
        """
        try:
            return cls(load_rules(path), load_handling(path.parent / HANDLING.name))
        except BadRulesError as bad:
            raise ReleaseError(str(bad)) from bad

    def rule(self, rule_id: str) -> Rule:
        """The rule of this id. Raises NotFound."""
        if rule_id not in self._by_id:
            raise NotFound(f"没有规则“{rule_id}”")
        return self._by_id[rule_id]

    def evaluated(self, category: Category) -> tuple[Rule, ...]:
        """The rules of a category that are looked at: all but deprecated ones."""
        return self._evaluated[category]

    def facts(self, category: Category) -> tuple[str, ...]:
        """The facts that these rules name."""
        return self._facts[category]

    def _of(self, category: Category) -> tuple[Rule, ...]:
        return tuple(
            rule for rule in self.rules if rule.category is category and rule.status is not RuleStatus.deprecated
        )

    def _content_hash(self) -> str:
        content = (
            [rule.model_dump(mode="json") for rule in self.rules],
            self.handling and self.handling.model_dump(mode="json"),
            _SPECS.dump_python(VOCABULARY, mode="json"),
        )
        text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return blake2b(text.encode(), digest_size=32).hexdigest()


def _named(rules: tuple[Rule, ...]) -> tuple[str, ...]:
    return tuple(sorted({condition.fact for rule in rules for condition in rule_conditions(rule)}))
