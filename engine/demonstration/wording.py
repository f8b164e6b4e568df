"""Texts of the demonstration: pools of sentences whose parts are chosen by a seed."""

import random
import re
from collections.abc import Mapping
from importlib.resources import files

import yaml

from engine.model import Frozen

_SLOT = re.compile(r"\{([a-z_]+)\}")


class Wording(Frozen):
    """`pools` of texts with one meaning each, and the `parts` that fill their `{slots}`."""

    parts: dict[str, tuple[str, ...]]
    pools: dict[str, tuple[str, ...]]


def load_wording(text: str) -> Wording:
    """A wording of YAML text."""
    return Wording.model_validate(yaml.safe_load(text))


def bundled_wording(name: str = "bundled") -> Wording:
    """A wording that ships with the product: `bundled`, or `substitute` with other words for the same events."""
    return load_wording(files("engine.demonstration").joinpath(f"wording_{name}.yaml").read_text(encoding="utf-8"))


class Writer:
    """Writes texts in turn. Every text of a pool comes up before one comes again, in a seeded order."""

    def __init__(self, wording: Wording, seed: int) -> None:
        self._wording = wording
        self._random = random.Random(f"wording:{seed}")
        self._waiting: dict[str, list[str]] = {}

    def write(self, pool: str, names: Mapping[str, str]) -> str:
        """A text of the pool with `names` (brand, short, product) and seeded parts filled in."""
        waiting = self._waiting.setdefault(pool, [])
        if not waiting:
            waiting += self._random.sample(self._wording.pools[pool], len(self._wording.pools[pool]))
        return self.fill(waiting.pop(), names)

    def fill(self, text: str, names: Mapping[str, str]) -> str:
        """The text with its known `{slots}` filled; unknown ones stay as they are."""

        def value(match: re.Match[str]) -> str:
            slot = match[1]
            if slot in names:
                return names[slot]
            parts = self._wording.parts.get(slot)
            return self.fill(self._random.choice(parts), names) if parts else match[0]

        return _SLOT.sub(value, text)
