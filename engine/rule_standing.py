"""Which release stood at a moment, and since when a rule has stood as it stands now: these conditions, this status."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final

from sqlalchemy import Connection

from engine.errors import CrisisDeskError
from engine.model import Realm
from engine.releases.content import ReleaseContent
from engine.store import releases
from rules.loader import TEST_SUFFIX, parse_rule
from rules.schema import Rule, RuleStatus

_REMEMBERED: Final = 512


def standing_since(
    connection: Connection, realm: Realm, rules: Iterable[Rule], status: RuleStatus | None = None
) -> Mapping[str, datetime]:
    """Since which activation each rule has stood without a break up to now, at its own status or at another one that
    is asked about. What a rule says of itself (title, owner, rationale) may have changed meanwhile.

    Rules that the release in force does not have like this are left out.
    """
    standing = {rule.id: rule for rule in rules}
    since: dict[str, datetime] = {}
    contents: dict[str, ReleaseContent | None] = {}
    for activation in reversed(releases.activations(connection, realm)):
        if activation.release not in contents:
            contents[activation.release] = _content(connection, activation.release)
        content = contents[activation.release]
        standing = {name: rule for name, rule in standing.items() if content and _has(content, rule, status)}
        if not standing:
            break
        since |= dict.fromkeys(standing, activation.at)
    return since


def release_at(connection: Connection, realm: Realm, at: datetime | None) -> str | None:
    """The release that decided in a realm at a moment (None: now); for what is older than every activation, as in a
    replay of old days, the first one. None where no release was ever named.
    """
    found = releases.activations(connection, realm)
    before = [one for one in found if at is None or one.at <= at]
    return next((one.release for one in (*before[-1:], *found[:1])), None)


def last_in_use(connection: Connection, realm: Realm, rule: str, bundled: Rule | None) -> Rule | None:
    """A rule as it stood in a realm when it was last there and not withdrawn; None when it never was. `bundled` is the
    program's own, which decides where no release was ever named.
    """
    found = releases.activations(connection, realm)
    for release in dict.fromkeys(one.release for one in reversed(found)):
        content = _content(connection, release)
        text = content.files.get(rule_file(rule)) if content else None
        standing = _parsed(text) if text else None
        if standing and standing.status is not RuleStatus.deprecated:
            return standing
    return None if found else bundled


def rules_in(content: ReleaseContent) -> tuple[Rule, ...]:
    """The rules of a content, as far as this program can read them."""
    found = (_parsed(text) for path, text in content.part("rules/packs/") if not path.endswith(TEST_SUFFIX))
    return tuple(rule for rule in found if rule)


def rule_file(rule_id: str) -> str:
    """Where a release keeps the rule of this id."""
    return f"rules/packs/{rule_id.replace('.', '/')}.yaml"


def _content(connection: Connection, release: str) -> ReleaseContent | None:
    """A release that the store cannot give, because it is none of its own or damaged, proves nothing."""
    try:
        return releases.load_content(connection, release)
    except CrisisDeskError:
        return None


def _has(content: ReleaseContent, rule: Rule, status: RuleStatus | None) -> bool:
    text = content.files.get(rule_file(rule.id))
    found = _parsed(text) if text else None
    return found is not None and found.status is (status or rule.status) and _decides(found) == _decides(rule)


def _decides(rule: Rule) -> tuple[object, ...]:
    return rule.category, rule.levels, rule.unless, rule.cooldown_minutes


@lru_cache(_REMEMBERED)
def _parsed(text: str) -> Rule | None:
    return parse_rule("rule.yaml", text)[0]
