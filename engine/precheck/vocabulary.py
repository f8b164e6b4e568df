"""Words that many patterns share: `<fee>` in a pattern stands for any of the words that common.yaml lists under it.

A disclosure is said in few shapes and many words; with the words listed once, each shape knows all of them.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

_NAME: Final = re.compile(r"(?<!\?P)<([a-z_]{2,40})>")


def spelled_out(pattern: str, words: Mapping[str, tuple[str, ...]]) -> str:
    """The pattern with the words in the place of their names; a name that is not known stays."""
    return _NAME.sub(lambda found: _any_of(words[found[1]]) if found[1] in words else found[0], pattern)


def unknown_names(pattern: str, words: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Names in the pattern that no list of words has."""
    return tuple(name for name in _NAME.findall(pattern) if name not in words)


def _any_of(words: Iterable[str]) -> str:
    return f"(?:{'|'.join(words)})"
