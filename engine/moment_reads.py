"""Why the rules spoke or kept silent about a brand at any moment, as people ask for it."""

from datetime import datetime

from engine.explaining import RulesExplained, explain_at
from engine.model import Actor, Category, Realm
from engine.permissions import Permission, require
from engine.reads import Reads
from engine.releases.release import Release
from engine.rule_standing import release_at


class MomentReads(Reads):
    """See `engine.commands.Desk`."""

    def explain_rules(
        self, actor: Actor, realm: Realm, brand: str, category: Category, at: datetime | None = None
    ) -> RulesExplained:
        """Every rule of a category for a brand at a moment (None: now), by the release that was in force then.

        Raises ReleaseError when this program cannot read that release.
        """
        require(actor, Permission.read)
        moment = at or self.now(realm)
        rules = self._in_force_at(realm, moment).rules
        return explain_at(self.database, rules, realm, brand, category, moment)

    def _in_force_at(self, realm: Realm, moment: datetime) -> Release:
        with self.database.read() as connection:
            named = release_at(connection, realm, moment)
        return self.shelf.bundled if named in (None, self.shelf.bundled.hash) else self.shelf.get(named)
