"""What people of the trade and its critics call things, and the standard words for it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from retrieval.text import fold

FILE = "slang.yaml"

BEGINNING: Final = 2
"""Characters that every term has at least."""

Term = Annotated[str, Field(min_length=BEGINNING)]


class Slang(BaseModel):
    """A term, other ways to write it, and what it means in standard words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: Term
    means: str = Field(min_length=2)
    also: tuple[Term, ...] = ()


@cache
def slang() -> Mapping[str, str]:
    """Standard words by the (folded) term."""
    text = files("retrieval").joinpath(FILE).read_text(encoding="utf-8")
    entries = [Slang.model_validate(one) for one in yaml.safe_load(text)]
    return MappingProxyType({fold(term): one.means for one in entries for term in (one.term, *one.also)})


def slang_in(folded: str) -> dict[str, str]:
    """The terms that stand in a folded text, with their meaning; a term inside a longer one does not count."""
    begun = {folded[at : at + BEGINNING] for at in range(len(folded) - 1)} & _by_beginning().keys()
    found = [term for two in begun for term in _by_beginning()[two] if term in folded]
    longest = [term for term in found if not any(term != other and term in other for other in found)]
    return {term: slang()[term] for term in sorted(longest, key=folded.index)}


@cache
def _by_beginning() -> Mapping[str, tuple[str, ...]]:
    """The terms by their first characters: a text has few of these, and all terms would have to be sought in it."""
    found: dict[str, tuple[str, ...]] = {}
    for term in slang():
        found[term[:BEGINNING]] = (*found.get(term[:BEGINNING], ()), term)
    return MappingProxyType(found)
