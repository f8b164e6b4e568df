"""Fits the diffusion shapes of the demonstration from real repost times; run when the data changes.

    python -m engine.demonstration.fit reposts.jsonl.gz > engine/demonstration/shapes.yaml

The data is the CED set of Weibo cascades (Song et al., *CED: Credible Early Detection of Social Media Rumors*, TKDE
2021). Only medians of normalised quantiles leave it.
"""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

QUANTILES = [step / 25 for step in range(21)]
"""0 to 0.8: the rest of a cascade drags on for weeks and shapes no crisis."""

_SMALLEST = 150
_NAMES = ("burst", "steady", "late")
_HEADER = """\
# Fitted by engine/demonstration/fit.py from real repost times: when a share of the reposts has arrived, as a fraction
# of the time that the first 80% take (21 steps). Terciles of cascades by how early half of that has arrived; `hours` is
# the median time of those 80%.
"""


def fit_shapes(path: Path) -> dict[str, dict[str, float | list[float]]]:
    """`{name: {hours, quantiles}}` with 21 ascending values from 0 to 1 each."""
    curves = np.array([_quantile_hours(offsets) for offsets in _cascades(path)])
    relative = curves / curves[:, -1:]
    order = np.argsort(relative[:, 10], kind="stable")
    groups = np.array_split(order, len(_NAMES))
    return {
        name: {"hours": round(float(np.median(curves[group, -1])), 1), "quantiles": _median_curve(relative[group])}
        for name, group in zip(_NAMES, groups, strict=True)
    }


def shapes_yaml(path: Path) -> str:
    """The text of shapes.yaml."""
    lines = [
        f"{name}:\n  hours: {shape['hours']}\n  quantiles: {json.dumps(shape['quantiles'])}\n"
        for name, shape in fit_shapes(path).items()
    ]
    return _HEADER + "".join(lines)


def _cascades(path: Path) -> list[list[int]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        offsets = [json.loads(line)["offsets"] for line in lines]
    return [found for found in offsets if len(found) >= _SMALLEST]


def _quantile_hours(offsets: list[int]) -> NDArray[np.float64]:
    return np.asarray(np.quantile(np.sort(offsets), QUANTILES) / 3600, dtype=np.float64)


def _median_curve(relative: NDArray[np.float64]) -> list[float]:
    middle = np.maximum.accumulate(np.median(relative, axis=0))
    return [0.0, *(round(float(value), 4) for value in middle[1:])]


if __name__ == "__main__":
    sys.stdout.write(shapes_yaml(Path(sys.argv[1])))
