"""事前评估 over HTTP and on the command line: the same answer, exit codes, limits, an audit entry without the text."""

import json
from pathlib import Path

import pytest

from engine.model import Actor, Role
from tests.api.support import Cli, House

BAD = "小禾分期秒批，最高可借20万"
CLEAN = (
    "小禾分期最高可借20万，年化利率（单利）7.2%-24%，除利息外不收取其他费用，"
    "贷款由澄禾消费金融有限公司发放，额度以审批为准，请理性借贷。"
)


def test_a_department_gets_findings_clauses_and_a_verdict(house: House) -> None:
    with house.client("department") as client:
        answer = client.post("/api/v1/precheck", json={"text": BAD, "kind": "advert", "precedents": False})
    assert answer.status_code == 200
    body = answer.json()
    assert body["verdict"] == "change"
    assert {"wording.instant_approval", "disclosure.annual_rate"} <= {one["check"] for one in body["findings"]}
    assert all(one["clause"]["verified"] is False for one in body["findings"])
    assert body["precedents"]["note"] == "没有检索历史事件"
    assert body["release"] == house.desk.release.hash
    newest = house.desk.audit_entries(Actor(name="运维", role=Role.operator), newest=1)[0]
    assert (newest.action, newest.subject) == ("precheck.assessed", body["text_hash"])
    assert "秒批" not in newest.detail


@pytest.mark.parametrize(
    "body", [{"text": ""}, {"text": "长" * 100_001}, {"text": "x", "kind": "poem"}, {"text": "！"}]
)
def test_what_cannot_be_assessed_is_refused_in_chinese(house: House, body: dict[str, str]) -> None:
    with house.client("pr") as client:
        answer = client.post("/api/v1/precheck", json=body)
    assert answer.status_code == 422
    assert any("\u4e00" <= char <= "\u9fff" for char in answer.json()["error"]["message"])


def test_the_file_of_an_assessment_is_downloaded(house: House) -> None:
    with house.client("compliance") as client:
        answer = client.post("/api/v1/precheck/file?format=docx", json={"text": BAD, "precedents": False})
    assert answer.content.startswith(b"PK")
    assert "filename*=UTF-8''" in answer.headers["content-disposition"]


def test_the_command_answers_with_its_exit_code_and_writes_a_file(cli: Cli, tmp_path: Path) -> None:
    planned = tmp_path / "海报.txt"
    planned.write_text(BAD, "gb18030")
    out = tmp_path / "评估.json"
    code, told, said = cli("precheck", str(planned), "--kind", "advert", "--no-precedents", "--out", str(out))
    assert code == 1
    assert "修改后发布（广告）" in told
    assert "未经本公司合规确认" in told
    assert str(out) in said
    assert json.loads(out.read_text("utf-8"))["title"] == "海报"
    planned.write_text(CLEAN, "utf-8")
    code, told, _ = cli("precheck", str(planned), "--no-precedents", "--json")
    assert code == 0
    assert json.loads(told)["verdict_title"] == "可以发布"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["precheck"], "FILE"),
        (["precheck", "/nowhere/a.txt"], "文件或文件夹不存在"),
        (["precheck", "/nowhere/a.txt", "--kind", "poem"], "没有这一种"),
        (["precheck", "/nowhere/a.txt", "--out", "a.pdf"], "只能写"),
    ],
)
def test_bad_usage_is_two_and_says_what_to_do(cli: Cli, words: list[str], said: str) -> None:
    code, _, told = cli(*words)
    assert code == 2
    assert said in told


def test_the_measurement_is_printed_for_both_parts(cli: Cli) -> None:
    code, told, _ = cli("precheck", "--measure", "--json")
    assert code == 0
    assert {"development", "held_out"} < set(json.loads(told))
