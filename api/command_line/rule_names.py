"""Rules by the name that people give them."""

from datetime import datetime
from pathlib import Path
from typing import Final

from engine.errors import InputError, NotFound, ReleaseError
from engine.model import Realm
from engine.releases.content import ReleaseContent
from engine.releases.release import load_release
from engine.rule_set import RuleSet
from engine.rule_standing import release_at
from engine.store import releases
from engine.store.database import Database
from rules.loader import load_rules

ACTIVE: Final = "active"
BUNDLED: Final = "bundled"


def one_of(packs: Path | None, release: str | None) -> str | None:
    """The name of the rules where either option says it. Raises InputError for both, or a folder that is none."""
    if packs is not None and release is not None:
        raise InputError("--packs 与 --release 只能用一个")
    if packs is not None and not packs.is_dir():
        raise InputError("没有这个规则文件夹", place=str(packs))
    return str(packs) if packs is not None else release


def rules_named(database: Database | None, realm: Realm, named: str | None) -> RuleSet:
    """The rules of a folder, of a release by its hash, of the one in force (`active`), or those that come with the
    program (`bundled`). Without a name: those in force where there is a store that names them, else the bundled ones.

    Raises ReleaseError, NotFound or InputError.
    """
    if named is not None and named not in (ACTIVE, BUNDLED) and Path(named).is_dir():
        return RuleSet(load_rules(Path(named)))  # who answers for a finding changes no decision
    if named == BUNDLED or database is None:
        return load_release(ReleaseContent.from_disk()).rules
    if named in (None, ACTIVE):
        return rules_in_force(database, realm, None)
    with database.read() as connection:
        return load_release(releases.load_content(connection, releases.resolve(connection, str(named)))).rules


def rules_in_force(database: Database, realm: Realm, at: datetime | None) -> RuleSet:
    """The rules that decided in a realm at a moment (None: now); the bundled ones before any release was named."""
    with database.read() as connection:
        named = release_at(connection, realm, at)
        if named is None:
            return load_release(ReleaseContent.from_disk()).rules
        try:
            content = releases.load_content(connection, named)
        except NotFound as error:
            raise ReleaseError(f"数据库里没有当时的发布 {named[:12]}，请用 --packs 指定规则") from error
    return load_release(content).rules
