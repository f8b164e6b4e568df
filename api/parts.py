"""The built parts that routes and pages share. Made once, in `api.app`."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from api.background import Background
from api.comparisons import Comparisons
from api.sessions import LoginBrake, Sessions
from api.settings import Settings
from engine.commands import Desk
from engine.model import Realm
from engine.reads import Reads
from engine.store.users import Users


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a route or a page may use."""

    settings: Settings
    desk: Desk
    users: Users
    sessions: Sessions
    brake: LoginBrake
    clock: Callable[[], datetime]
    background: Background
    comparisons: Comparisons = field(default_factory=Comparisons)

    @property
    def reads(self) -> Reads:
        """What can be looked at."""
        return self.desk

    @property
    def realm(self) -> Realm:
        """The realm that pages show and routes default to."""
        return Realm(self.settings.opens_in)
