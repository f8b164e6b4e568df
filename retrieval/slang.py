"""What people of the trade and its critics call things, and the standard words for it."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import yaml
from pydantic import BaseModel, ConfigDict, Field

from retrieval.text import fold

FILE = "slang.yaml"


class Slang(BaseModel):
    """A term, other ways to write it, and what it means in standard words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    term: str = Field(min_length=2)
    means: str = Field(min_length=2)
    also: tuple[str, ...] = ()


@cache
def slang() -> Mapping[str, str]:
    """Standard words by the (folded) term."""
    text = files("retrieval").joinpath(FILE).read_text(encoding="utf-8")
    entries = [Slang.model_validate(one) for one in yaml.safe_load(text)]
    return MappingProxyType({fold(term): one.means for one in entries for term in (one.term, *one.also)})


def slang_in(folded: str) -> dict[str, str]:
    """The terms that stand in a folded text, with their meaning; a term inside a longer one does not count."""
    found = [term for term in slang() if term in folded]
    longest = [term for term in found if not any(term != other and term in other for other in found)]
    return {term: slang()[term] for term in sorted(longest, key=folded.index)}
