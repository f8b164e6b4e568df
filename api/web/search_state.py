"""What the search page shows, as its address carries it."""

from collections.abc import Iterable
from typing import Final
from urllib.parse import parse_qsl

from pydantic import ValidationError

from engine.errors import InputError
from engine.model import Frozen
from engine.precedents.query import LONGEST_QUERY, PrecedentQuery

_LISTS: Final = frozenset({"kinds", "categories", "levels", "platforms", "outcomes", "strategies"})
_ALIASES: Final = {"category": "categories"}
_TITLES: Final = {
    "kinds": "种类",
    "categories": "类别",
    "levels": "等级",
    "platforms": "平台",
    "outcomes": "结果",
    "strategies": "策略",
    "since": "时间（自）",
    "until": "时间（至）",
    "q": "检索内容",
}
_LONGEST_ADDRESS: Final = 20_000
_MOST_PAIRS: Final = 200
_MARKED: Final = 2


class SearchState(Frozen):
    """A query, the past incidents that are marked for comparison (at most two), and the incident it is for."""

    query: PrecedentQuery
    marks: tuple[str, ...] = ()
    incident: str = ""


def state_of(address: str) -> SearchState:
    """The state that an address (after its question mark) names; what it does not know it leaves out. Raises
    InputError that says which filter is wrong.
    """
    pairs = parse_qsl(address[:_LONGEST_ADDRESS])[:_MOST_PAIRS]
    form: dict[str, object] = {}
    for name, value in pairs:
        field, text = _ALIASES.get(name, name), value.strip()
        if field in _LISTS and text:
            form[field] = (*_held(form.get(field)), text)
        elif field in ("since", "until") and text:
            form[field] = text
    form["q"] = " ".join(_last(pairs, "q").split())[:LONGEST_QUERY]
    marks = tuple(dict.fromkeys(value[:128] for name, value in pairs if name == "mark" and value))
    try:
        query = PrecedentQuery.model_validate(form)
    except ValidationError as error:
        names = dict.fromkeys(_TITLES[str(fault["loc"][0])] for fault in error.errors())
        raise InputError(f"筛选条件的取值不对：{'、'.join(names)}", place="地址栏") from error
    return SearchState(query=query, marks=marks[-_MARKED:], incident=_last(pairs, "for")[:128])


def _held(value: object) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else ()


def _last(pairs: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for name, value in reversed([*pairs]) if name == wanted), "")
