"""Text to words: jieba with the field's dictionary."""

import logging
import warnings
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from retrieval.slang import slang
from retrieval.text import fold


def words(text: str) -> list[str]:
    """The text's words in order, long ones also in their parts; no punctuation, no filler words."""
    return [word for piece in pieces(fold(text)) for word in _parts(piece) if _says_something(word)]


def pairs(text: str) -> list[str]:
    """Every two neighbouring characters, punctuation left out: what is left in common when a word is misspelt."""
    folded = "".join([character for character in fold(text) if character.isalnum()])
    return [folded[at : at + 2] for at in range(len(folded) - 1)]


@lru_cache(maxsize=256)
def pieces(folded: str) -> tuple[str, ...]:
    """Folded text cut into words, everything kept. A query is cut once, though several look at it."""
    return tuple(_cutter().cut(folded, HMM=False))


def _parts(piece: str) -> Iterator[str]:
    """Words of two and three characters inside a longer one, then the whole (as jieba cuts for searching)."""
    for size in (2, 3):
        if len(piece) > size:
            grams = (piece[at : at + size] for at in range(len(piece) - size + 1))
            yield from (gram for gram in grams if is_word(gram))
    yield piece


def _says_something(word: str) -> bool:
    return word not in _fillers() and (word[0].isalnum() or any(character.isalnum() for character in word))


def is_word(folded: str) -> bool:
    """Whether the dictionaries know it."""
    return bool(_cutter().FREQ.get(folded))


def whole(found: Iterable[str]) -> set[str]:
    """Without the words that are parts of another."""
    every = set(found)
    together = "\n".join(every)
    return {word for word in every if together.count(word) == 1}


@cache
def field_words() -> tuple[str, ...]:
    """The field's own words, folded."""
    return tuple(dict.fromkeys(fold(word) for word in _list("words.txt")))


@cache
def protected() -> frozenset[str]:
    """Words that converting from traditional characters must not replace (通訊錄 is 通讯录 here, not 通信录)."""
    return frozenset((*field_words(), *slang()))


def _list(name: str) -> list[str]:
    return files("retrieval").joinpath(name).read_text(encoding="utf-8").split()


@cache
def _fillers() -> frozenset[str]:
    return frozenset(_list("stopwords.txt"))


@cache
def _cutter() -> Any:
    """The jieba cutter with its own dictionary and the field's words.

    The dictionary is built here and not through `initialize`, which would read a marshal file of a well-known name
    from the shared temporary folder.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its sources have escapes that compiling warns of, and it tries pkg_resources
        import jieba  # noqa: PLC0415
    jieba.setLogLevel(logging.ERROR)
    cutter = jieba.Tokenizer()
    cutter.FREQ, cutter.total = cutter.gen_pfdict(cutter.get_dict_file())
    cutter.initialized = True
    for word in (*field_words(), *slang()):
        cutter.add_word(word)
    return cutter
