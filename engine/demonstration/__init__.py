"""The demonstration stream: invented brands, believable mentions, real diffusion shapes, two crises that grow.

`demonstration_stream(start=...)` gives input records in arrival order, `paced` says how long to wait before each.
`substituted` replaces brands and words; what happens stays the same.
"""

from engine.demonstration.pacing import is_history, paced
from engine.demonstration.script import BrandNames, Script, bundled_script, load_script, substituted
from engine.demonstration.shapes import Shape, bundled_shapes
from engine.demonstration.stream import SOURCE, Record, demonstration_stream
from engine.demonstration.wording import Wording, bundled_wording, load_wording

__all__ = [
    "SOURCE",
    "BrandNames",
    "Record",
    "Script",
    "Shape",
    "Wording",
    "bundled_script",
    "bundled_shapes",
    "bundled_wording",
    "demonstration_stream",
    "is_history",
    "load_script",
    "load_wording",
    "paced",
    "substituted",
]
