"""The brand registry 品牌库: own, partner (合作机构) and competitor brands with their aliases.

Longest match wins; width, script and case do not matter. Short names that are also ordinary words are kept from
matching inside other words by `not_in` (longer words that swallow the match) and `needs_context` (the text must also
speak of money or a platform).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import ahocorasick
from pydantic import Field, StringConstraints

from engine.errors import InputError
from engine.model import Frozen
from engine.scoring.text import clean
from rules.document import read_document
from rules.errors import BadRulesError
from rules.validation import read_model

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=60)]


class Relation(StrEnum):
    """Whose brand it is; only own and partner brands start playbooks."""

    own = "own"
    partner = "partner"
    competitor = "competitor"
    unknown = "unknown"


class Brand(Frozen):
    """One entry of the registry file. Aliases include legal names, product names and spoken short names."""

    name: Name
    relation: Literal[Relation.own, Relation.partner, Relation.competitor]
    aliases: tuple[Name, ...] = ()
    not_in: tuple[Name, ...] = ()
    needs_context: tuple[Name, ...] = ()


class RegistryFile(Frozen):
    """The shape of brands.yaml."""

    brands: tuple[Brand, ...] = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class BrandMatch:
    """A brand in a cleaned text: `text[start:end]` is the name as written."""

    brand: str
    start: int
    end: int


_CONTEXT: Final = re.compile(
    r"贷|借|还款|额度|利息|利率|平台|客服|app|催收|逾期|扣款|提现|账户|账单|年化|放款|金融|分期|公司"
)
_LATIN: Final = re.compile(r"[a-z0-9]")


class BrandRegistry:
    """Finds and names brands. Immutable once built; `brands` is the content that a release signs."""

    def __init__(self, brands: Iterable[Brand]) -> None:
        self.brands: Final = tuple(sorted(brands, key=lambda brand: brand.name))
        self._by_alias: dict[str, Brand] = {}
        self._contextual: set[str] = set()
        for brand in self.brands:
            self._admit(brand)
        self._relations: dict[str, Relation] = {brand.name: brand.relation for brand in self.brands}
        self._automaton = _automaton({**dict.fromkeys(self._guards(), None), **self._names()})

    def brands_in(self, text: str) -> tuple[str, ...]:
        """Canonical names of the brands in a text, in order of first appearance."""
        return tuple(dict.fromkeys(match.brand for match in self.matches(clean(text))))

    def matches(self, cleaned: str) -> Iterator[BrandMatch]:
        """The places of brands in a cleaned text, left to right, never overlapping."""
        if self._automaton is None:
            return
        speaks_of_money: bool | None = None
        for last, found in self._automaton.iter_long(cleaned):
            brand, alias = found
            start, end = last + 1 - len(alias), last + 1
            if brand is None or _inside_latin_word(cleaned, start, end):
                continue
            if alias in self._contextual:
                if speaks_of_money is None:
                    speaks_of_money = _CONTEXT.search(cleaned) is not None
                if not speaks_of_money:
                    continue
            yield BrandMatch(brand, start, end)

    def resolve(self, name: str) -> str:
        """The canonical name of a brand or alias; an unknown name is its own."""
        known = self._by_alias.get(clean(name).strip())
        return known.name if known else name.strip()

    def relation(self, name: str) -> Relation:
        """Whose brand this is; `unknown` when not in the registry."""
        return self._relations.get(self.resolve(name), Relation.unknown)

    def _admit(self, brand: Brand) -> None:
        for alias in (brand.name, *brand.aliases):
            other = self._by_alias.setdefault(clean(alias), brand)
            if other is not brand:
                raise InputError(f"品牌名“{alias}”同时属于“{other.name}”和“{brand.name}”", field="brands")
        self._contextual.update(clean(alias) for alias in brand.needs_context)

    def _names(self) -> dict[str, str | None]:
        return {alias: brand.name for alias, brand in self._by_alias.items()}

    def _guards(self) -> list[str]:
        return [clean(word) for brand in self.brands for word in brand.not_in]


def load_registry(path: Path | None = None) -> BrandRegistry:
    """The registry of a YAML file; without a path, the bundled example of invented brands.

    Raises InputError with every fault, each with file and line.
    """
    place = path or Path(__file__).with_name("brands.yaml")
    try:
        found, faults = read_model(read_document(place), RegistryFile, (Brand,))
    except BadRulesError as bad:
        found, faults = None, list(bad.faults)
    except OSError as error:
        raise InputError("品牌库读不出来，文件不存在或没有权限", place=str(place)) from error
    if found is None:
        raise InputError("\n".join(map(str, sorted(set(faults)))))
    return BrandRegistry(found.brands)


def _automaton(words: dict[str, str | None]) -> Any:
    automaton = ahocorasick.Automaton()
    for word, brand in sorted(words.items()):
        automaton.add_word(word, (brand, word))
    if not len(automaton):
        return None
    automaton.make_automaton()
    return automaton


def _inside_latin_word(text: str, start: int, end: int) -> bool:
    """Whether a match is a part of a longer latin word or number ("pay" in "repay")."""
    joins_left = start > 0 and _LATIN.match(text[start]) and _LATIN.match(text[start - 1])
    joins_right = end < len(text) and _LATIN.match(text[end - 1]) and _LATIN.match(text[end])
    return bool(joins_left or joins_right)
