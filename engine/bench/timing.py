"""Rounds in which what is measured and its reference take turns, so that both meet the same machine."""

import gc
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from statistics import median

from engine.bench.report import Gate, Result, compared, spread

Work = Callable[[], object]
Prepare = Callable[[int], Work]
"""Makes the work of a round (0 is the warm-up); making it is not timed."""


def seconds(work: Work) -> float:
    """How long the work takes."""
    gc.collect()
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@dataclass
class Rounds:
    """Seconds of every entrant, round by round."""

    taken: dict[str, list[float]] = field(default_factory=dict)

    def note(self, entrant: str, took: float) -> None:
        """Add an entrant's next round."""
        self.taken.setdefault(entrant, []).append(took)

    def each(self, counts: Mapping[str, int]) -> "Rounds":
        """Seconds for each of what an entrant handles in a round."""
        return Rounds({name: [took / counts[name] for took in taken] for name, taken in self.taken.items()})

    def median(self, entrant: str) -> float:
        """The median of an entrant."""
        return median(self.taken[entrant])

    def rate(
        self, name: str, unit: str, entrant: str, over: str, *, count: int, against: str, gate: Gate | None
    ) -> Result:
        """How many a second, where an entrant and its reference both handle `count` a round."""
        return self._paired(
            compared(name, unit, count / self.median(entrant), count / self.median(over), against, gate), over, entrant
        )

    def cost(self, name: str, entrant: str, over: str, *, count: int, against: str, gate: Gate | None) -> Result:
        """Milliseconds each, where an entrant and its reference both handle `count` a round."""
        each = 1000 / count
        return self._paired(
            compared(name, "ms", each * self.median(entrant), each * self.median(over), against, gate), entrant, over
        )

    def _paired(self, result: Result, above: str, below: str) -> Result:
        pairs = zip(self.taken[above], self.taken[below], strict=True)
        ratios = tuple(first / second for first, second in pairs)
        return spread(result, ratios, median(ratios))


def race(entrants: Mapping[str, Prepare], rounds: int) -> Rounds:
    """Every entrant once a round, beginning with another one each time; a round before them is the warm-up."""
    found = Rounds()
    names = list(entrants)
    for number in range(rounds + 1):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            took = seconds(entrants[name](number))
            if number:
                found.note(name, took)
    return found
