"""Releases over HTTP and on the command line."""

import json
from pathlib import Path

import pytest

from engine.model import Role
from engine.releases.record import read_file
from tests.api.support import Cli, House

BRANDS = "engine/scoring/brands.yaml"
ANA, COM = ("--as", "ana", "--password", "long enough 1"), ("--as", "com", "--password", "long enough 2")


def with_alias(house: House, alias: str) -> str:
    text = house.desk.shelf.bundled.content.files[BRANDS]
    return text.replace("澄禾消金,", f"澄禾消金, {alias},", 1)


def test_a_release_goes_its_way_over_http(house: House) -> None:
    body = {"reason": "多一个别名", "files": {BRANDS: with_alias(house, "澄禾快借")}}
    with house.client("analyst") as analyst, house.client("compliance") as compliance:
        assert analyst.post("/api/v1/releases/preview", json={"files": body["files"]}).json()["files"] == [BRANDS]
        made = analyst.post("/api/v1/releases", json=body)
        assert made.status_code == 201, made.text
        release = made.json()["row"]["release"]
        place = f"/api/v1/releases/{release}"
        assert analyst.post(f"{place}/approve", json={"note": ""}).status_code == 403
        assert compliance.post(f"{place[:-2]}/approve", json={"note": ""}).status_code == 422
        assert compliance.post(f"{place}/activate?realm=drill").status_code == 409
        assert compliance.post(f"{place}/approve", json={"note": "同意"}).json()["row"]["status"] == "approved"
        assert compliance.post(f"{place}/activate?realm=drill").json()["release"] == release
        base = house.desk.shelf.bundled.hash
        assert analyst.get(f"{place}/diff", params={"against": base}).json()["files"] == [BRANDS]
        drill = [one for one in analyst.get("/api/v1/releases").json()["in_force"] if one["realm"] == "drill"]
        assert [one["release"] for one in drill] == [release]
        head, content = read_file(analyst.get(f"{place}/file").text, house.desk.trusted)
        assert (head.approvers, content.hash) == ("compliance", release)
        back = compliance.post("/api/v1/releases/rollback?realm=drill", json={"reason": "演练"})
        assert back.json()["release"] == base
    assert house.desk.release.hash == base, "the realm that pages show is as before"


def test_faults_of_a_proposal_are_listed_one_by_one(house: House) -> None:
    files = {BRANDS: "brands: []", "engine/scoring/lexicons/fee_dispute.yaml": "words: []"}
    with house.client("analyst") as client:
        answer = client.post("/api/v1/releases", json={"reason": "试", "files": files})
        assert answer.status_code == 422
        assert len(answer.json()["error"]["faults"]) == 2
        assert answer.json()["error"]["kind"] == "ProposalRefused"
        strange = client.post("/api/v1/releases", json={"reason": "试", "files": {"engine/core.py": "x"}})
        assert strange.json()["error"]["place"] == "engine/core.py"
        half = client.post("/api/v1/releases", json={"reason": "试", "files": {}, "since": "2026-03-01T00:00:00Z"})
        assert half.json()["error"]["field"] == "since"


@pytest.fixture
def people(cli: Cli) -> None:
    cli("user", "add", "ana", "--role", Role.analyst, "--password", "long enough 1")
    cli("user", "add", "com", "--role", Role.compliance, "--password", "long enough 2")


@pytest.mark.usefixtures("people")
def test_a_release_goes_its_way_on_the_command_line(cli: Cli, tmp_path: Path) -> None:
    work, file = tmp_path / "work", tmp_path / "release.json"
    base = json.loads(cli("release", "export", "--folder", str(work), "--json")[1])["release"]
    text = (work / BRANDS).read_text(encoding="utf-8")
    (work / BRANDS).write_text("brands: []", encoding="utf-8")
    code, out, _ = cli("release", "propose", str(work), "--reason", "别名", *ANA, "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)
    (work / BRANDS).write_text(text.replace("澄禾消金,", "澄禾消金, 澄禾快借,", 1), encoding="utf-8")
    code, out, told = cli("release", "propose", str(work), "--reason", "别名", *ANA)
    assert code == 0, told
    assert "别名增加：澄禾快借" in out
    release = out.split()[0]
    assert cli("release", "activate", release)[0] == 2
    assert cli("release", "export", release, "--out", str(file))[0] == 0
    assert cli("release", "verify", str(file))[0] == 1, "nobody has approved it yet"
    assert cli("release", "approve", release, *COM, "--note", "同意")[0] == 0
    assert cli("release", "activate", release)[0] == 0
    assert json.loads(cli("release", "list", "--json")[1])["in_force"][0]["release"] == release
    listed = cli("release", "list")[1] + cli("release", "show", release)[1]
    assert "现行（正式）" in listed
    assert "生效于 正式" in listed
    assert "+0" not in listed, "times are those of China, without an offset"
    assert "live" not in listed
    cli("release", "export", release, "--out", str(file))
    assert cli("release", "verify", str(file))[0] == 0
    file.write_text(file.read_text(encoding="utf-8").replace("同意", "不同意"), encoding="utf-8")
    code, out, _ = cli("release", "verify", str(file), "--json")
    assert (code, json.loads(out)["ok"]) == (1, False)
    assert "com 于" in cli("release", "show", release[:8])[1]
    assert "别名删去：澄禾快借" in cli("release", "diff", release, base)[1]
    assert base in cli("release", "rollback", "--reason", "误伤")[1]


@pytest.mark.usefixtures("people")
def test_on_the_command_line_nobody_is_somebody_else_without_their_password_or_token(cli: Cli, tmp_path: Path) -> None:
    release = "0" * 32
    for who in (
        (),
        ("--as", "com", "--password", "long enough 1"),
        ("--as", "nobody", "--password", "long enough 2"),
        ("--as", "com", "--token", "guessed"),
    ):
        code, _, told = cli("release", "approve", release, *who)
        assert code == 2
        assert "--as" in told
    token = cli("user", "token", "ana")[1].strip()
    assert "--as" in cli("release", "approve", release, "--as", "com", "--token", token)[2]
    assert "没有“批准发布”的权限" in cli("release", "approve", release, "--as", "ana", "--token", token)[2]
    assert "没有指纹" in cli("release", "approve", release, *COM)[2]
    assert "--bundled" in cli("release", "propose", "--reason", "什么都没写", *ANA)[2]
    assert cli("release", "propose", str(tmp_path), "--reason", "空文件夹", *ANA)[0] == 2
    assert cli("release", "activate", release, "--realm", "nowhere")[0] == 2
