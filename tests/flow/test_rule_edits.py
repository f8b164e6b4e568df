"""Working copies: seen by their author alone, kept over a restart, given up when they say what is in force."""

from pathlib import Path

import pytest

from engine.errors import InputError, NotAllowed, NotFound
from engine.model import Actor, Realm, Role
from tests.api.support import House, make_installation

ANALYST = Actor(name="analyst", role=Role.analyst)
COMPLIANCE = Actor(name="compliance", role=Role.compliance)
PR = Actor(name="pr", role=Role.pr)
PATH = "rules/packs/fee_dispute/surge.yaml"


def test_a_working_copy_is_its_authors_own_and_survives_a_restart(tmp_path: Path) -> None:
    house = House(tmp_path)
    base = house.desk.rule_files(ANALYST)[PATH]
    house.desk.keep_rule_edit(ANALYST, PATH, base, base + "# 未完\n")
    house.close()
    again = make_installation(house.settings, house.clock)
    (edit,) = again.desk.rule_edits(ANALYST)
    assert (edit.path, edit.base, edit.text) == (PATH, base, base + "# 未完\n")
    assert again.desk.rule_edits(COMPLIANCE) == ()
    again.desk.keep_rule_edit(ANALYST, PATH, base, base)
    assert again.desk.rule_edits(ANALYST) == ()
    again.close()


def test_only_rule_files_are_edited_and_only_by_those_who_may_propose(tmp_path: Path) -> None:
    house = House(tmp_path)
    for path in ("rules/packs/../schema.py", "knowledge/templates/a.yaml", "/etc/passwd", "rules/packs/a/b/c.yaml"):
        with pytest.raises(InputError, match="只能改规则文件"):
            house.desk.keep_rule_edit(ANALYST, path, None, "x")
    with pytest.raises(InputError, match="太长"):
        house.desk.keep_rule_edit(ANALYST, PATH, None, "x" * 200_001)
    with pytest.raises(NotAllowed):
        house.desk.keep_rule_edit(PR, PATH, None, "x")
    house.close()


def test_a_rule_is_shown_with_its_files_duties_and_history(tmp_path: Path) -> None:
    house = House(tmp_path)
    found = house.desk.rule_detail(PR, Realm.live, "fee_dispute.surge", house.clock())
    assert found.text.startswith("id: fee_dispute.surge")
    assert [level for level, duty in found.duties if duty] == list(found.rule.levels)
    assert found.decisions == ()
    for unknown in ("fee_dispute.unknown", "surge", "../schema"):
        with pytest.raises(NotFound):
            house.desk.rule_detail(PR, Realm.live, unknown, house.clock())
    checked = house.desk.check_rule_text(
        PR, found.path, found.text.replace("value: 10}", "value: 12}"), found.tests or ""
    )
    assert "由达到 10 条改为达到 12 条" in checked.changes[0].sentences[0]
    assert checked.two_people == ()
    house.close()
