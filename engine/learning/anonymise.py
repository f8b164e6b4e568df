"""Words of mentions, notes and reasons without the company, its partners, and people.

What cannot be recognised may remain; whoever completes the entry reads every word of it, and somebody else again.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from engine.intake.masking import mask_personal_data
from engine.learning.names import SOMEBODY, without_names
from engine.scoring.brands import BrandRegistry, Relation
from engine.scoring.text import clean
from knowledge.wording import REAL_NAMES, phone_numbers

STAND_INS: Final = {
    Relation.own: "本公司",
    Relation.partner: "某合作机构",
    Relation.competitor: "某同业机构",
    Relation.unknown: "某机构",
}

_BRACKETS: Final = str.maketrans({"[": "（", "]": "）", "{": "（", "}": "）", "<": "（", ">": "）", "`": "'"})
_URL: Final = re.compile(r"(?:https?://|www\.)[\x21-\x7e]+|\bt\.cn/\w+", re.IGNORECASE)
_AT: Final = re.compile(r"@[\w\-·]{1,30}")
_ITS_NUMBER: Final = re.compile(
    r"(工号|编号|单号|合同号|账号|帐号)[是为: ：]{0,2}(?=[a-z-]{0,29}\d)[a-z0-9-]{2,30}(?![a-z0-9-]|\s?[个次条家人])"
)
_LONG_NUMBER: Final = re.compile(r"(?<!\d)\d{7,}(?!\d|\.\d|元|块|万|亿)|[零〇一二三四五六七八九幺]{7,}")
_HIDDEN: Final = ("Cc", "Cf", "Co", "Cs", "Cn")


class Anonymiser:
    """Takes names out of texts. `people` are names that are known: who handled the incident, who wrote the mentions;
    `brand` is the incident's, which the registry may not know, `company` the name that statements are signed with.
    """

    def __init__(self, registry: BrandRegistry, brand: str, people: Iterable[str] = (), company: str = "") -> None:
        self._stand_in = {clean(company): STAND_INS[Relation.own]} if company else {}
        self._stand_in[clean(brand)] = STAND_INS[registry.relation(brand)]
        guards: set[str] = set()
        for one in registry.brands:
            named = STAND_INS[one.relation]
            self._stand_in |= dict.fromkeys((clean(name) for name in (one.name, *one.aliases)), named)
            guards |= {clean(word) for word in one.not_in}
        self._guards = guards
        self._stand_in |= {clean(name): STAND_INS[Relation.unknown] for name in REAL_NAMES}
        self._names = _either({*self._stand_in, *guards})
        known = {clean(name).strip() for name in people}
        self._people = _either({name for name in known if len(name) > 1})

    def __call__(self, text: str, longest: int = 200) -> str:
        """The text on one line, at most `longest` characters and without names; words that need no change stay as they
        were written.
        """
        plain = _visible(text)[: longest * 4]
        folded = clean(plain).translate(_BRACKETS)
        done = self._without_names(folded)
        return _cut(plain if done == clean(plain) else done, longest)

    def _without_names(self, text: str) -> str:
        text = _URL.sub("（网址）", _AT.sub("@某用户", mask_personal_data(text)))
        text = mask_personal_data(_ITS_NUMBER.sub(r"\1[编号]", text))
        for number in phone_numbers(text):
            text = text.replace(number, "[电话]")
        text = self._names.sub(self._stand_in_of, _LONG_NUMBER.sub("[号码]", text))
        return without_names(self._people.sub(SOMEBODY, text))

    def _stand_in_of(self, found: re.Match[str]) -> str:
        word = re.sub(r"\s", "", found[0])
        return found[0] if word in self._guards and word not in self._stand_in else self._stand_in[word]


def _either(names: set[str]) -> re.Pattern[str]:
    """Any of these names, longest first; blanks between their characters hide nothing. Latin ones stand alone."""
    tried = sorted((name for name in names if name), key=lambda name: (-len(name), name))
    return re.compile("|".join(map(_pattern, tried)) or r"(?!)")


def _pattern(name: str) -> str:
    letters = r"\s{0,2}".join(re.escape(char) for char in re.sub(r"\s", "", name))
    before = r"(?<![a-z0-9])" if name[0].isascii() else ""
    return f"{before}{letters}" + (r"(?![a-z0-9])" if name[-1].isascii() else "")


def _visible(text: str) -> str:
    """One line of characters that people see."""
    kept = (char if unicodedata.category(char) not in _HIDDEN or char.isspace() else "" for char in text[:2000])
    return " ".join("".join(kept).split())


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
