"""What pages and scripts show of what was learned."""

from typing import Final

from engine.knowledge_base.revisions import RevisionState
from engine.model import Frozen

STATE_TITLES: Final = {
    RevisionState.draft: "草稿",
    RevisionState.proposed: "待复核",
    RevisionState.in_force: "已入库",
    RevisionState.refused: "未通过",
    RevisionState.withdrawn: "已停用",
}


class LearningState(Frozen):
    """How far an incident has come on its way into the knowledge base.

    `entry` is the past incident that was or would be made of it. `state` is None while there is no draft; `to_complete`
    counts what a person has still to write in the newest one. `why_not` says why none can be made; then `can_learn` is
    False.
    """

    incident: str
    entry: str
    can_learn: bool
    why_not: str = ""
    state: RevisionState | None = None
    revision: int | None = None
    to_complete: int = 0
    is_searchable: bool = False

    @property
    def state_title(self) -> str:
        """Its state in Chinese."""
        return STATE_TITLES[self.state] if self.state is not None else "尚未整理"
