"""事前评估 over HTTP and on the command line: the same answer, exit codes, limits, an audit entry without the text."""

import asyncio
import json
from pathlib import Path

import pytest

from api.command_line.edge import run_process
from api.web.precheck import read_upload
from engine.errors import InputError
from engine.model import Actor, Role
from tests.api.support import Cli, House, run_apart
from tests.unit.precheck.test_word_files import paragraph, run, word

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


def test_the_command_says_beside_its_verdict_what_it_did_not_read(cli: Cli, tmp_path: Path) -> None:
    planned = tmp_path / "海报.docx"
    planned.write_bytes(word(paragraph(run(CLEAN) + "<w:ins><w:r><w:pict><v:imagedata/></w:pict></w:r></w:ins>")))
    code, told, _ = cli("precheck", str(planned), "--kind", "advert", "--no-precedents")
    assert code == 0
    assert "可以发布（广告）：没有发现必须修改的内容；图片没有读取，须另行核对" in told
    assert "注：文件里的图片没有读取" in told
    assert "注：文档有未接受的修订" in told


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.docx", word("<w:p>"), "读不出来"),
        ("a.docx", word("<w:p/>" * 30_000), "超过 20000 段"),
        ("a.txt", ("长" * 100_001).encode(), "文字超过 100000 个字符"),
    ],
)
def test_a_file_that_cannot_be_taken_is_two(cli: Cli, tmp_path: Path, name: str, content: bytes, said: str) -> None:
    (tmp_path / name).write_bytes(content)
    code, _, told = cli("precheck", str(tmp_path / name))
    assert code == 2
    assert said in told


def test_the_server_goes_on_while_an_uploaded_file_is_read() -> None:
    content = word(paragraph(run("秒批")) + "<w:b/>" * 150_000)

    async def moments() -> int:
        reading = asyncio.create_task(read_upload("a.docx", content))
        passed = 0
        while not reading.done():
            await asyncio.sleep(0.01)
            passed += 1
        assert (await reading).text == "秒批"
        return passed

    assert run_apart(moments()) > 5


def test_a_defect_of_the_program_never_ends_like_a_check_that_was_not_passed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def defect() -> int:
        return len(str(1 // 0))

    def refused() -> int:
        raise InputError("读不了")

    assert run_process(defect) == 70
    told = capsys.readouterr().err
    assert "ZeroDivisionError" in told
    assert "程序内部出错" in told
    assert [run_process(refused), run_process(lambda: 1), run_process(lambda: None)] == [2, 1, 0]


def test_the_measurement_is_printed_for_both_parts(cli: Cli) -> None:
    code, told, _ = cli("precheck", "--measure", "--json")
    assert code == 0
    assert {"development", "held_out"} < set(json.loads(told))
