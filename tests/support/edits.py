"""Fixed edits of small rules, each with what a comparison has to say of it."""

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from rules.schema import Rule

FOLDER: Final = Path(__file__).parents[1] / "rules" / "edits"
COMMON: Final[Mapping[str, Any]] = {
    "category": "fee_dispute",
    "status": "active",
    "version": 1,
    "owner": "合规部",
    "rationale": "用来说明一次修改前后差别的规则。",
    "false_positives": ["促销退费"],
    "effective_from": "2026-01-01",
    "review_by": "2026-12-31",
}


@dataclass(frozen=True, slots=True)
class FixedEdit:
    """One edit: the rules before and after (none: it is new, or gone), and what is expected."""

    name: str
    old: tuple[Rule, ...]
    new: tuple[Rule, ...]
    summary: tuple[str, ...]
    sentences: tuple[str, ...]
    decisions: tuple[str, ...]
    shadow: tuple[str, ...]
    approvers: int

    @property
    def rules(self) -> frozenset[str]:
        """Ids of the rules that it is about."""
        return frozenset(rule.id for rule in (*self.old, *self.new))


def fixed_edits() -> list[FixedEdit]:
    """All of them. Each has a rule id of its own, so that one backtest serves them all."""
    bases = yaml.safe_load((FOLDER / "bases.yaml").read_text(encoding="utf-8"))
    found: list[FixedEdit] = []
    for path in sorted(FOLDER.glob("edits_*.yaml")):
        for raw in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(_edit(raw, bases[raw["base"]], f"fee_dispute.e{len(found) + 1:02d}"))
    return found


def _edit(raw: dict[str, Any], base: dict[str, Any], rule: str) -> FixedEdit:
    start = {**COMMON, **base, "id": rule}
    old = start if raw.get("old") == "absent" else edited(start, raw.get("old", {}))
    renamed = {"id": f"{rule}_renamed"} if raw.get("new") == "renamed" else None
    new = edited(old, renamed or (raw["new"] if isinstance(raw.get("new"), dict) else {}))
    return FixedEdit(
        name=raw["edit"],
        old=() if raw.get("old") == "absent" else (Rule.model_validate(old),),
        new=() if raw.get("new") == "absent" else (Rule.model_validate(new),),
        summary=tuple(raw["summary"]),
        sentences=tuple(raw["sentences"]),
        decisions=tuple(raw["decisions"]),
        shadow=tuple(raw.get("shadow", ())),
        approvers=raw["approvers"],
    )


def edited(rule: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The rule with values at places like `levels.low.all.0.value`; a number one past the end appends, null deletes."""
    found = deepcopy(dict(rule))
    for place, value in changes.items():
        *path, last = place.split(".")
        home: Any = found
        for step in path:
            home = home[int(step) if isinstance(home, list) else step]
        if isinstance(home, list):
            at = int(last)
            home[at : at + 1] = [] if value is None else [value]
        elif value is None:
            del home[last]
        else:
            home[last] = value
    return found
