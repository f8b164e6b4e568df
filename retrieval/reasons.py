"""Why an entry was found, in Chinese."""

from retrieval.passages import Document, Passage
from rules.vocabulary import CATEGORY_TITLES, Category

EXCERPT_CHARACTERS = 40
SHOWN_WORDS = 6


def reasons(document: Document, passage: Passage, shared: tuple[str, ...], category: str | None) -> tuple[str, ...]:
    """The nearest passage, the words in common (rarest first), and the category asked for."""
    found = [f"含义最接近的是{passage.label}：“{_excerpt(passage.text)}”"]
    telling = [word for word in shared if len(word) > 1] or list(shared)
    if telling:
        found.append("共同的词：" + "、".join(telling[:SHOWN_WORDS]))
    if category is not None and document.category == category:
        found.append(f"同属{CATEGORY_TITLES[Category(category)]}")
    return tuple(found)


def _excerpt(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= EXCERPT_CHARACTERS else flat[: EXCERPT_CHARACTERS - 1] + "…"
