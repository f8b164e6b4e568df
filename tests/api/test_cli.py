"""The command line: Chinese messages, exit codes 0 / 1 / 2, results whole or not at all."""

import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from shutil import copyfile, copytree

import pytest

from api.command_line.output import AtomicFile, Sieve
from api.trust import open_signer
from engine import audit
from engine.errors import InputError
from engine.intake import read_jsonl
from engine.model import Actor, Category, Level, Realm, Role
from engine.store.database import Database
from engine.store.users import Users
from rules.handling import HANDLING
from rules.loader import PACKS
from tests.api.support import NOW, Cli, House, record


@pytest.fixture(scope="module")
def draft_file(house: House) -> str:
    incident = house.desk.open_incident(
        Actor(name="a", role=Role.analyst),
        Realm.live,
        "澄禾消费金融",
        Category.privacy_leak,
        Level.low,
        "来电",
        "监管来电",
    )
    template = next(one.id for one in house.desk.template_choices(incident) if one.kind == "holding")
    return house.desk.draft(Actor(name="p", role=Role.pr), incident.id, template).draft.to_json()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verify", "/nowhere/draft.json"], "文件或文件夹不存在"),
        (["draft"], "缺少参数 INCIDENT"),
        (["search", "x", "--k", "99"], "参数 --k 的取值不对"),
        (["verify", "--nonsense"], "没有选项 --nonsense"),
        (["nonsense"], "没有这样的命令"),
        (["user", "add", "x", "--role", "king"], "没有这个角色"),
        (["user", "add", "x", "--role", "department", "--password", "long enough"], "业务部门用户须写明部门"),
        (["user", "token", "nobody"], "没有名为“nobody”的用户"),
    ],
)
def test_bad_usage_and_bad_input_end_with_2_and_a_chinese_message(cli: Cli, words: list[str], said: str) -> None:
    code, out, told = cli(*words)
    assert code == 2
    assert said in told
    assert out == ""


def test_wrong_settings_end_with_2(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRISISDESK_PORT", "no")
    assert cli("user", "list")[0] == 2


def test_live_mode_does_not_start_with_the_company_of_the_demonstration(cli: Cli) -> None:
    code, _, told = cli("serve", "--no-demo", "--port", "0")
    assert code == 2
    assert "请设置 CRISISDESK_COMPANY、CRISISDESK_HOTLINE" in told


def test_verify_accepts_a_proven_draft_and_refuses_a_changed_one(
    cli: Cli, house: House, draft_file: str, tmp_path: Path
) -> None:
    keys, good, bad = tmp_path / "keys.txt", tmp_path / "good.json", tmp_path / "bad.json"
    keys.write_text(house.desk.signer.public_line)
    good.write_text(draft_file, encoding="utf-8")
    bad.write_text(draft_file.replace("400-000-0000", "400-999-9999"), encoding="utf-8")
    assert cli("verify", str(good), "--keys", str(keys))[0] == 0
    assert cli("verify", str(good), "--keys", str(keys), "--releasable")[0] == 0
    code, out, _ = cli("verify", str(bad), "--keys", str(keys), "--json")
    assert code == 1
    assert json.loads(out)["ok"] is False


def test_verify_trusts_the_keys_of_this_installation_alone(cli: Cli, draft_file: str, tmp_path: Path) -> None:
    good = tmp_path / "draft.json"
    good.write_text(draft_file, encoding="utf-8")
    code, _, told = cli("verify", str(good))
    assert code == 1
    assert "签名无效" in told


@pytest.mark.parametrize("form", ["docx", "md", "txt", "json"])
def test_a_draft_file_is_exported_as_a_draft_without_any_store(
    cli: Cli, house: House, draft_file: str, tmp_path: Path, form: str
) -> None:
    keys, file, out = tmp_path / "keys.txt", tmp_path / "draft.json", tmp_path / f"声明.{form}"
    keys.write_text(house.desk.signer.public_line)
    file.write_text(draft_file, encoding="utf-8")
    code, _, told = cli("export", str(file), "--out", str(out), "--keys", str(keys), "--sources")
    assert code == 0
    assert "草稿 · 未经审批，不得对外发布" in told
    first = out.read_bytes()
    assert cli("export", str(file), "--out", str(out), "--keys", str(keys), "--sources")[0] == 0
    assert out.read_bytes() == first
    if form in ("md", "txt"):
        assert "草稿 · 未经审批" in first.decode()


def test_an_export_of_an_unknown_kind_or_of_no_draft_ends_with_2_and_writes_nothing(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    for file, out in ((tmp_path / "x.json", "x.docx"), (tmp_path / "x.json", "x.pdf"), (tmp_path / "no.json", "x.md")):
        code, _, told = cli("export", str(file), "--out", str(tmp_path / out))
        assert code == 2, told
        assert not (tmp_path / out).exists()


def test_a_file_that_is_no_draft_ends_with_2(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[]")
    assert cli("verify", str(tmp_path / "x.json"))[0] == 2


def test_verify_loads_neither_models_nor_the_web() -> None:
    code = "import sys, api.command_line.statements, engine.drafting.verification; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "faiss", "onnxruntime", "nicegui", "fastapi", "sqlalchemy", "llama_cpp"} & set(loaded)


def test_rules_are_linted_and_tested_with_a_report_for_scripts(cli: Cli) -> None:
    assert cli("rules", "lint")[0] == 0
    code, out, _ = cli("rules", "lint", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)


def test_coverage_tells_who_answers_for_what_and_needs_the_table_beside_the_rules(cli: Cli, tmp_path: Path) -> None:
    code, out, _ = cli("rules", "coverage", "--json")
    assert (code, len(json.loads(out)["rows"])) == (0, 36)
    assert cli("rules", "coverage")[1].endswith("每个类别的每个等级都有规则、责任部门、时限、预案和模板\n")
    copytree(PACKS / "fund_safety", tmp_path / "packs" / "fund_safety")
    code, _, told = cli("rules", "coverage", "--packs", str(tmp_path / "packs"))
    assert (code, "请在规则文件夹旁边放 handling.yaml" in told) == (2, True)
    copyfile(HANDLING, tmp_path / "handling.yaml")
    code, out, _ = cli("rules", "coverage", "--packs", str(tmp_path / "packs"))
    assert (code, out.count("没有生效的规则")) == (1, 33)
    assert cli("rules", "lint", "--packs", str(tmp_path / "packs"))[1].count("没有生效的规则") == 33
    (tmp_path / "handling.yaml").write_text("owner: 合规部\n", encoding="utf-8")
    code, out, _ = cli("rules", "lint", "--packs", str(tmp_path / "packs"))
    assert (code, 'handling.yaml:1 缺少字段 "categories"' in out) == (1, True)
    assert cli("rules", "lint", "--packs", str(tmp_path / "nowhere"))[0] == 2


def test_a_rule_with_an_unknown_fact_fails_with_its_place(cli: Cli, tmp_path: Path) -> None:
    source = (PACKS / "fee_dispute" / "surge.yaml").read_text(encoding="utf-8")
    (tmp_path / "fee_dispute").mkdir()
    (tmp_path / "fee_dispute" / "surge.yaml").write_text(
        source.replace("negative_count_1h", "negative_cout_1h"), encoding="utf-8"
    )
    code, out, _ = cli("rules", "lint", "--packs", str(tmp_path))
    assert code == 1
    assert "surge.yaml:" in out
    assert "negative_count_1h" in out


def test_users_are_added_listed_and_given_tokens(cli: Cli) -> None:
    assert cli("user", "add", "li", "--role", "pr", "--password", "long enough 1")[0] == 0
    assert cli("user", "add", "li", "--role", "pr", "--password", "long enough 1")[0] == 2
    assert cli("user", "add", "wang", "--role", "pr", "--password", "short")[0] == 2
    assert cli("user", "list")[1] == "li\t公关\t\n"
    code, token, _ = cli("user", "token", "li")
    assert code == 0
    assert len(token.strip()) > 30


def test_users_are_removed_and_given_a_new_password_and_all_of_it_is_in_the_audit_chain(
    cli: Cli, tmp_path: Path
) -> None:
    cli("user", "add", "li", "--role", "department", "--department", "客服", "--password", "long enough 1")
    assert cli("user", "password", "li", "--password", "short")[0] == 2
    assert cli("user", "password", "li", "--password", "long enough 2")[0] == 0
    assert cli("user", "token", "li")[0] == 0
    with closing(Database.at(tmp_path / "data" / "crisisdesk.sqlite3")) as store:
        assert Users(store).verify("li", "long enough 1") is None
        assert Users(store).verify("li", "long enough 2") is not None
    assert cli("user", "remove", "li")[0] == 0
    assert cli("user", "remove", "li")[0] == 2
    assert cli("user", "list")[1] == ""
    with closing(Database.at(tmp_path / "data" / "crisisdesk.sqlite3")) as store, store.read() as connection:
        assert audit.check(connection) == 4
        entries = audit.entries(connection)
    assert [(one.action, one.subject) for one in entries] == [
        (action, "li") for action in ("user.add", "user.password", "user.token", "user.remove")
    ]
    assert entries[0].actor.name.endswith("@命令行")
    assert entries[0].detail == "业务部门（客服）"


@pytest.mark.parametrize("words", [["--help"], ["user", "--help"], ["search", "--help"], ["import", "--help"]])
def test_help_is_in_chinese(cli: Cli, words: list[str]) -> None:
    code, out, _ = cli(*words)
    assert code == 0
    assert "用法：" in out
    assert "显示这份说明。" in out
    assert not re.search(r"Usage|Options|Show this|required|default", out)


def write_half(out: Path) -> None:
    with AtomicFile(out) as file:
        file.line("half")
        raise RuntimeError


def test_a_result_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("before\n")
    with pytest.raises(RuntimeError):
        write_half(out)
    assert out.read_text() == "before\n"
    with AtomicFile(out) as file:
        file.line("whole")
    assert out.read_text() == "whole\n"
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]
    with pytest.raises(InputError, match="无法写入"), AtomicFile(tmp_path / "no" / "folder.jsonl"):
        pass


def test_rejected_records_go_to_a_side_file_and_an_old_one_is_taken_away(tmp_path: Path) -> None:
    lines = [json.dumps(record("a")), "{", json.dumps({"id": "b"})]
    sieve = Sieve()
    kept = list(sieve.accepted_of(read_jsonl(lines, source="s", place="in.jsonl", clock=lambda: NOW)))
    assert len(kept) == 1
    assert "2 条未收录" in sieve.finish(tmp_path / "out.jsonl")
    side = tmp_path / "out.jsonl.rejected.jsonl"
    rejected = [json.loads(line) for line in side.read_text(encoding="utf-8").splitlines()]
    assert [one["place"] for one in rejected] == ["in.jsonl:2", "in.jsonl:3"]
    assert Sieve().finish(tmp_path / "out.jsonl") == "0 条"
    assert not side.exists()


def test_a_key_is_made_once(house: House) -> None:
    assert open_signer(house.settings).public == open_signer(house.settings).public


@pytest.mark.model
def test_score_writes_one_line_a_record_in_the_promised_shape(
    cli: Cli, tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRISISDESK_MODELS_DIR", str(models_dir))
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    complaint = "澄禾消费金融乱收会员费，没有同意就扣了我299元，客服推诿不退，已经投诉"
    source.write_text(
        "\n".join([json.dumps(record("a", complaint)), "{", json.dumps({"id": "b", "text": "今天天气不错"})])
    )
    code, _, told = cli("score", str(source), "--out", str(out))
    assert code == 0, told
    lines = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [line["id"] for line in lines] == ["r-a", "b"]
    assert lines[0]["negative"] is True
    assert lines[0]["category"] == "fee_dispute"
    assert lines[1]["category"] == "none"
    wanted = {"id", "negative", "negativity", "category", "categories", "severity", "heat", "by_brand"}
    assert wanted <= lines[0].keys()
    assert (tmp_path / "out.jsonl.rejected.jsonl").exists()
