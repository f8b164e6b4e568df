"""What a benchmark says: figures with their references, and the machine they were measured on."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Final, Literal

from engine.model import Frozen

_PACKAGES: Final = (
    "durable-rules",
    "faiss-cpu",
    "llama-cpp-python",
    "llguidance",
    "numpy",
    "onnxruntime",
    "pydantic",
    "sqlalchemy",
)


class Gate(Frozen):
    """What a ratio must keep to."""

    at: Literal["least", "most"]
    limit: float

    def holds(self, ratio: float) -> bool:
        """Whether a ratio keeps to it."""
        return ratio >= self.limit if self.at == "least" else ratio <= self.limit


class Result(Frozen):
    """One figure. `reference` is measured in the same run and has the same unit; `against` says what it is.

    `ratio` is the median over the rounds of value / reference of one round, `low` and `high` its extremes. A figure
    without a reference is only recorded. `ok` is False when the gate does not hold.
    """

    name: str
    value: float
    unit: str
    reference: float | None = None
    ratio: float | None = None
    against: str | None = None
    low: float | None = None
    high: float | None = None
    rounds: int = 1
    gate: Gate | None = None
    ok: bool = True


class Skipped(Frozen):
    """A benchmark that could not run here, and why (Chinese)."""

    bench: str
    reason: str


class Machine(Frozen):
    """What the figures depend on; `load` is the load average of the last minute when the run began."""

    cores: int
    load: float
    python: str
    system: str
    versions: dict[str, str]


class Report(Frozen):
    """The result of `crisisdesk bench`: one benchmark, or `all`."""

    bench: str
    machine: Machine
    results: tuple[Result, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether every gate holds."""
        return all(one.ok for one in self.results)


def compared(
    name: str, unit: str, value: float, reference: float, against: str, gate: Gate | None = None, rounds: int = 1
) -> Result:
    """A figure with a reference measured once each."""
    ratio = value / reference
    return Result(
        name=name,
        value=_significant(value),
        unit=unit,
        reference=_significant(reference),
        ratio=_significant(ratio),
        against=against,
        rounds=rounds,
        gate=gate,
        ok=gate is None or gate.holds(ratio),
    )


def spread(result: Result, ratios: tuple[float, ...], median: float) -> Result:
    """The same figure with the ratio of paired rounds."""
    changes = {
        "ratio": _significant(median),
        "low": _significant(min(ratios)),
        "high": _significant(max(ratios)),
        "rounds": len(ratios),
        "ok": result.gate is None or result.gate.holds(median),
    }
    return result.model_copy(update=changes)


def this_machine() -> Machine:
    """The machine that this process runs on, without its name."""
    return Machine(
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        load=round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else 0.0,
        python=platform.python_version(),
        system=f"{sys.platform} {platform.machine()}",
        versions={name: found for name in _PACKAGES if (found := _version(name))},
    )


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _significant(value: float) -> float:
    """Four significant digits: more would be noise."""
    return float(f"{value:.4g}")
