"""How fast things spread: fitted diffusion shapes (see fit.py) as arrival times of a wave."""

from functools import cache
from importlib.resources import files

import yaml

from engine.model import Frozen


class Shape(Frozen):
    """When a share of a cascade has arrived: `quantiles` are fractions of its `hours`, evenly spaced from 0 to 1."""

    hours: float
    quantiles: tuple[float, ...]

    def arrival(self, share: float) -> float:
        """The fraction of the time (0-1) after which `share` (0-1) has arrived."""
        position = min(max(share, 0.0), 1.0) * (len(self.quantiles) - 1)
        below = min(int(position), len(self.quantiles) - 2)
        low, high = self.quantiles[below], self.quantiles[below + 1]
        return low + (high - low) * (position - below)

    def share(self, fraction: float) -> float:
        """The share that has arrived after a fraction of the time: the inverse of `arrival`, to 0.001."""
        return next((step / 1000 for step in range(1001) if self.arrival(step / 1000) >= fraction), 1.0)


@cache
def bundled_shapes() -> dict[str, Shape]:
    """The fitted shapes: `burst` (early), `steady`, `late` (grows before it bursts)."""
    text = files("engine.demonstration").joinpath("shapes.yaml").read_text(encoding="utf-8")
    return {name: Shape.model_validate(shape) for name, shape in yaml.safe_load(text).items()}
