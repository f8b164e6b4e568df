"""One spelling for everything that scoring compares: width, script, case and invisible characters.

`clean` is what every part of scoring works on; `essence` is what is left for comparing two texts as copies.
"""

import re
from importlib import resources
from typing import Final

_FULL_WIDTH: Final = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_KEPT_CONTROLS: Final = frozenset("\t\n")
# Zero-width and direction marks are used to hide words from monitoring.
_INVISIBLE: Final = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufe0e\ufe0f]"
)
# Chinese marks keep their width: sentences are split at them.
_KEPT_WIDE: Final = frozenset("，。！？；：（）")


def _script_table() -> dict[int, int]:
    """Traditional to simplified characters, one to one, from the bundled list of pairs."""
    pairs = resources.files(__package__).joinpath("traditional.txt").read_text("utf-8").split()
    return {ord(pair[0]): ord(pair[1]) for pair in pairs if len(pair) == 2}


_TABLE: Final = {
    **{code: narrow for code, narrow in _FULL_WIDTH.items() if chr(code) not in _KEPT_WIDE},
    **{ord(upper): ord(upper.lower()) for upper in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    **{code: ord(chr(narrow).lower()) for code, narrow in _FULL_WIDTH.items() if chr(narrow).isalpha()},
    **_script_table(),
    0x3000: 0x20,
    0xA0: 0x20,
}

_URL: Final = re.compile(r"https?://[\x21-\x7e]+|\bt\.cn/\w+")
_NAME: Final = re.compile(r"@[\w\-·]{1,30}[:：]?")
_TOPIC: Final = re.compile(r"#[^#\n]{1,60}#")
_BRACKETED: Final = re.compile(r"\[[^\[\]\n]{1,12}\]")
_NOT_WORD: Final = re.compile(r"[\W_]+")
_CHAIN: Final = re.compile(r"//@[\w\-·]{1,30}[:：]")
_REPOST_WORDS: Final = re.compile(r"转发微博|转发|repost|全文|展开|网页链接|查看图片|的微博视频")

SHORT_ESSENCE = 8
"""Texts with fewer characters left are copies only when equal."""


def clean(text: str) -> str:
    """Half width, simplified, lower case, without control and zero-width characters."""
    return _INVISIBLE.sub("", text).translate(_TABLE)


def essence(text: str) -> str:
    """What identifies a text as a copy: letters, digits and Han characters of the original of a repost chain.

    URLs, @names, #topics#, [emoji], punctuation and the words that platforms add are dropped. When nothing would be
    left (a post of topics alone), the topics count.
    """
    cleaned = _URL.sub(" ", clean(text))
    for part in reversed(_CHAIN.split(cleaned)):
        words = _words(_TOPIC.sub(" ", part))
        if len(words) >= SHORT_ESSENCE:
            return words
    return _words(_CHAIN.sub(" ", cleaned))


def _words(text: str) -> str:
    without_names = _BRACKETED.sub(" ", _NAME.sub(" ", text))
    return _NOT_WORD.sub("", _REPOST_WORDS.sub(" ", without_names))


_SENTENCE_END: Final = re.compile(r"(?<=[。！？!?；;\n…])")
_CLAUSE_END: Final = re.compile(r"(?<=[，,、。！？!?；;：:\n…])")


def sentences(text: str) -> list[str]:
    """The sentences of a cleaned text, with their marks, none empty."""
    return [part for part in _SENTENCE_END.split(text) if part.strip()]


def clauses(sentence: str) -> list[str]:
    """The clauses of a sentence, with their marks, none empty."""
    return [part for part in _CLAUSE_END.split(sentence) if part.strip()]
