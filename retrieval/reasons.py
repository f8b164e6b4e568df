"""Why an entry was found, in Chinese."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from knowledge.schema import STRATEGY_TITLES
from retrieval.passages import Document, Facts, Passage
from rules.vocabulary import CATEGORY_TITLES, LEVEL_TITLES, Category, Level

EXCERPT_CHARACTERS: Final = 40
SHOWN_WORDS: Final = 6


@dataclass(frozen=True)
class Wanted:
    """What is known of the matter beside its text, for reasons; `leaves_out` is the document (by its number) that is
    not its own precedent.
    """

    categories: frozenset[str]
    platforms: frozenset[str]
    levels: frozenset[str] = frozenset()
    leaves_out: int | None = None


def telling(shared: Sequence[str]) -> tuple[str, ...]:
    """The words in common that say something: single characters only where there is nothing else."""
    return tuple(word for word in shared if len(word) > 1) or tuple(shared)


def reasons(
    document: Document, passage: Passage, shared: Sequence[str], wanted: Wanted, *, answered: bool
) -> tuple[str, ...]:
    """The nearest passage, the words in common (rarest first), whether it `answered` questions like the query, what
    else it has in common, the outcome.
    """
    found = [f"含义最接近的是{passage.label}：“{_excerpt(passage.text)}”"]
    if shared:
        found.append("共同的词：" + "、".join(telling(shared)[:SHOWN_WORDS]))
    if answered:
        found.append("对类似的问法，评判的人认为它用得上")
    if document.category != "any" and str(document.category) in wanted.categories:
        found.append(f"同属{CATEGORY_TITLES[Category(document.category)]}")
    if document.facts:
        found += _of_facts(document, document.facts, wanted)
    return tuple(found)


def _of_facts(document: Document, facts: Facts, wanted: Wanted) -> list[str]:
    told = [f"同为{LEVEL_TITLES[Level(level)]}等级" for level in document.levels if str(level) in wanted.levels]
    same = [name for name in facts.platforms if any(part.lower() in name.lower() for part in wanted.platforms)]
    told += [f"同在{'、'.join(same)}传播"] if same else []
    when = f"{facts.occurred_on.year}年{facts.occurred_on.month}月"
    return [*told, f"{when}发生，当时{STRATEGY_TITLES[facts.strategy]}，结果{facts.outcome_grade}"]


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT_CHARACTERS else flat[: EXCERPT_CHARACTERS - 1] + "…"
