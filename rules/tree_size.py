"""How large a tree of conditions may be: looked at layer by layer, before anything walks down it."""

from typing import Any, Final

MAX_DEPTH: Final = 8
"""How many groups may stand inside one another."""
MAX_PARTS: Final = 400
"""How many conditions and groups one level may have."""


def size_fault(raw: Any) -> str | None:
    """What is wrong with the size of a tree, as it stands in a file or as it was read."""
    layer, parts = [raw], 0
    for _ in range(MAX_DEPTH + 1):
        parts += len(layer)
        if parts > MAX_PARTS:
            return f"条件太多，最多 {MAX_PARTS} 条，请拆成几条规则"
        layer = [child for one in layer for child in _children(one)]
    return f"条件套得太深，all 与 any 最多套 {MAX_DEPTH} 层，请减少层次" if layer else None


def _children(raw: Any) -> tuple[Any, ...]:
    groups = [raw.get(key) if isinstance(raw, dict) else getattr(raw, key, None) for key in ("all", "any")]
    return tuple(child for group in groups if isinstance(group, list | tuple) for child in group)
