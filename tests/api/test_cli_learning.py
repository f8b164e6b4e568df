"""crisisdesk knowledge learn, outcomes, stale."""

import json

from api.settings import Settings
from engine.model import Category, Level, Realm, Role
from tests.api.support import OWN, Cli, Clock, make_installation

ANA = ("--as", "ana", "--password", "long enough 1")


def test_a_closed_incident_becomes_a_draft_that_somebody_answers_for(cli: Cli) -> None:
    cli("user", "add", "ana", "--role", Role.analyst, "--password", "long enough 1")
    opened = make_installation(Settings(), Clock())
    try:
        ana = opened.users.get("ana")
        assert ana is not None
        incident = opened.desk.open_incident(ana, Realm.live, OWN, Category.impersonation, Level.low, "来函", "询问").id
        opened.desk.close_incident(ana, incident, "已答复")
    finally:
        opened.close()
    code, out, _ = cli("knowledge", "learn", incident, *ANA)
    assert code == 0
    assert out.startswith("inc.impersonation.own_2026")
    assert "修订 1 草稿，还有" in out


def test_outcomes_and_stale_entries_are_listed(cli: Cli) -> None:
    code, out, _ = cli("knowledge", "outcomes", "--category", "fee_dispute", "--json")
    (found,) = json.loads(out)
    assert (code, found["category"], found["cases"]) == (0, "fee_dispute", sum(x["cases"] for x in found["strategies"]))
    assert "belief" not in found["strategies"][0]
    code, out, _ = cli("knowledge", "outcomes", "--category", "privacy_leak")
    assert code == 0
    assert "估计" in out
    assert "不等于换成它就会好" in out
    assert cli("knowledge", "outcomes", "--category", "费用")[0] == 2
    code, out, _ = cli("knowledge", "stale", "--on", "2035-01-01", "--json")
    told = json.loads(out)
    assert (code, told["flags"][0]["overdue"]) == (1, True), "what is late makes a script stop"
    assert told["overdue"] == sum(one["overdue"] for one in told["flags"])
    code, out, _ = cli("knowledge", "stale", "--on", "2026-11-23")
    assert (code, "到期 0 处" in out) == (0, True)
    assert cli("knowledge", "stale", "--on", "明天")[0] == 2
