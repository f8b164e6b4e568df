"""States that the first version wrote, in the layout of today: nothing that a window still asks for is lost."""

from typing import Any, Final

from engine.window_counts import (
    AUTHORS,
    DAY,
    MEDIA,
    NEGATIVE,
    OFFICIAL,
    ORIGINALS,
    PLATFORMS,
    REGULATOR,
    REPOSTS,
    SEVERE,
    WIDTH,
)

_FIRST: Final = 1
_SECOND: Final = 2
_PLACES: Final = {
    "negative": NEGATIVE,
    "authors": AUTHORS,
    "reposts": REPOSTS,
    "originals": ORIGINALS,
    "platforms": PLATFORMS,
    "severe": SEVERE,
    "media": MEDIA,
    "official": OFFICIAL,
    "regulator": REGULATOR,
}
_PRIMARY: Final = "primary:"


def upgraded(raw: dict[str, Any]) -> dict[str, Any]:
    """A brand's windows as read from JSON; those of another version than the first are given back as they are."""
    if raw.get("version") != _FIRST:
        return raw
    return {
        **raw,
        "version": _SECOND,
        "all_mentions": _day(raw["all_mentions"], "all"),
        "categories": {name: _category(one) for name, one in raw["categories"].items()},
    }


def _category(raw: dict[str, Any]) -> dict[str, Any]:
    sums = raw["sums"]
    named = sorted({name for bucket in sums["buckets"].values() for name in bucket if name.startswith(_PRIMARY)})
    kept = {name: raw[name] for name in ("authors", "groups", "platforms", "reach", "reach_at", "samples")}
    return {
        **kept,
        "counts": {"now": sums["now"], "rows": [_row(sums, minute) for minute in sums["minutes"]]},
        "primaries": {name.removeprefix(_PRIMARY): _day(sums, name) for name in named},
        "top_heat": _peaks(raw["top_heat"]["values"], 1),
        "best_rank": _peaks(raw["hot_search"]["values"], -1),
    }


def _row(sums: dict[str, Any], minute: int) -> list[int]:
    bucket = sums["buckets"][str(minute)]
    if minute <= sums["now"] - DAY:
        return [minute, bucket.get("negative", 0)]
    row = [0] * WIDTH
    for name, place in _PLACES.items():
        row[place] = bucket.get(name, 0)
    return [minute, *row]


def _day(sums: dict[str, Any], name: str) -> list[list[int]]:
    found = ((minute, sums["buckets"][str(minute)].get(name, 0)) for minute in sums["minutes"])
    return [[minute, count] for minute, count in found if count and minute > sums["now"] - DAY]


def _peaks(values: dict[str, float], sign: int) -> dict[str, list[tuple[int, float]]]:
    """Those that no later bucket reaches."""
    peaks: list[tuple[int, float]] = []
    for bucket, value in sorted(((int(bucket), sign * value) for bucket, value in values.items()), reverse=True):
        if not peaks or value > peaks[-1][1]:
            peaks.append((bucket, value))
    return {"peaks": peaks[::-1]}
