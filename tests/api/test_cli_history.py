"""rules backtest and rules explain on the command line."""

import json
from datetime import timedelta
from pathlib import Path
from shutil import copyfile, copytree

import pytest

from api.command_line.streams import STORE_FILE
from engine.model import Realm
from engine.store.tables import findings
from rules.loader import PACKS
from tests.api.support import Cli
from tests.support.edits import FOLDER
from tests.support.history import scripted_history
from tests.support.made import OWN, START, MadeStream
from tests.support.releases import FILE, Firm, bundled

ONSET = START + timedelta(days=1)
REALM = ("--realm", "live")


@pytest.fixture(scope="module")
def firm(tmp_path_factory: pytest.TempPathFactory) -> Firm:
    """A store with a day of calm and an evening of crisis, under a name that the command line knows."""
    stream = MadeStream(days=1, minutes=110)
    made = Firm(tmp_path_factory.mktemp("history"), stream.scores)
    made.note(Realm.live, bundled().hash)
    pipeline = made.pipeline()
    pipeline.ingest(Realm.live, stream.mentions)
    pipeline.drain()
    pipeline.close()
    made.database.close()
    copyfile(made.folder / FILE, made.folder / STORE_FILE)
    return made


@pytest.fixture
def store(firm: Firm) -> tuple[str, ...]:
    return ("--store", str(firm.folder), *REALM)


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    copytree(PACKS / "fee_dispute", tmp_path / "packs" / "fee_dispute")
    return tmp_path / "packs"


def test_a_store_is_backtested_with_the_rules_in_force(cli: Cli, store: tuple[str, ...]) -> None:
    code, out, _ = cli("rules", "backtest", *store, "--from", "2026-03-01", "--to", "2026-03-05", "--json")
    found = json.loads(out)
    assert code == 0
    assert found["rules"] == bundled().rules.hash
    spoken = {one["rule"]: one for one in found["alerts"] if one["total"]}
    assert spoken["fee_dispute.surge"]["per_week"] == {"2026-W10": 1}
    assert spoken["fee_dispute.surge"]["first"].startswith("2026-03-03")
    assert found["incidents"][0]["category"] == "fee_dispute"
    assert found["history"]["realm"] == "live"
    code, out, _ = cli("rules", "backtest", *store, "--from", "2026-03-01", "--to", "2026-03-05")
    assert code == 0
    assert "fee_dispute.surge" in out


def test_two_versions_are_compared_judged_and_drawn(cli: Cli, packs: Path, tmp_path: Path) -> None:
    history, truth, plot = tmp_path / "scored.jsonl", tmp_path / "truth.jsonl", tmp_path / "plot.svg"
    records = list(scripted_history(FOLDER / "history.yaml").records())
    history.write_text("\n".join(one.model_dump_json() for one in records), encoding="utf-8")
    labels = [
        {"id": one.payload.mention, "category": "fee_dispute"} for one in records if one.payload.kind == "mention"
    ]
    window = {
        "brand": records[0].brand,
        "category": "fee_dispute",
        "from": records[0].at.isoformat(),
        "to": records[-1].at.isoformat(),
    }
    truth.write_text("\n".join(json.dumps(one) for one in [*labels, window]), encoding="utf-8")
    quiet = packs / "fee_dispute" / "viral.yaml"
    quiet.write_text(quiet.read_text("utf-8").replace("status: active", "status: shadow"), encoding="utf-8")
    command = ("rules", "backtest", "--history", str(history), "--packs", str(packs), "--labels", str(truth))
    code, out, _ = cli(*command, "--against", "bundled", "--plot", str(plot), "--json")
    found = json.loads(out)
    assert code == 0
    assert {one["kind"] for one in found["changes"]} == {"lost"}
    assert len(found["against"]["decisions"]) > len(found["decisions"]) > 0
    judged = {(one["category"], one["level"]): one for one in found["quality"]}
    assert judged["fee_dispute", "low"]["recall"] == 1.0
    assert all(one["precision"] in (None, 1.0) for one in judged.values())
    assert plot.read_text("utf-8").count("<polygon") > 3
    code, out, _ = cli(*command, "--against", str(packs))
    assert code == 0
    assert "与旧规则相比有 0 处不同" in out
    assert "真实危机中发现" in out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--plot", "x.png"), "SVG"),
        (("--store", "no-such-folder"), "没有数据库"),
        (("--packs", "no-such-folder"), "没有这个规则文件夹"),
        (("--realm", "mars"), "没有这个数据域"),
    ],
)
def test_what_cannot_be_backtested_is_said_in_chinese(cli: Cli, words: tuple[str, ...], fault: str) -> None:
    code, _, told = cli("rules", "backtest", *words)
    assert code == 2
    assert fault in told


def test_labels_with_a_wrong_category_name_file_and_line(cli: Cli, packs: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    truth.write_text('{"id": "1", "category": "none"}\n{"id": "2", "category": "fees"}\n', encoding="utf-8")
    history = tmp_path / "scored.jsonl"
    history.write_text('{"payload": {}}\n', encoding="utf-8")
    code, _, told = cli("rules", "backtest", "--history", str(history), "--packs", str(packs), "--labels", str(truth))
    assert code == 2
    assert "truth.jsonl:2" in told
    assert "fees" in told


def test_a_moment_is_explained_in_words_and_as_json(cli: Cli, store: tuple[str, ...]) -> None:
    at = (ONSET + timedelta(minutes=105)).isoformat()
    asked = ("rules", "explain", "--brand", OWN, "--category", "收费争议", "--at", at, *store)
    code, out, _ = cli(*asked)
    assert code == 0
    assert "“收费争议集中爆发”达到" in out
    assert "计入的负面提及：" in out
    code, out, _ = cli(*asked, "--json")
    found = json.loads(out)
    assert found["totals"]["1h"] == found["facts"]["values"]["negative_count_1h"] > 0
    assert found["mentions"][0]["excerpt"]
    assert {one["rule"] for one in found["rules"]} == {"fee_dispute.surge", "fee_dispute.viral"}


def test_a_quiet_moment_says_what_is_missing(cli: Cli, store: tuple[str, ...]) -> None:
    asked = ("--brand", OWN, "--category", "privacy_leak", "--at", "2026-03-02T12:00")
    code, out, _ = cli("rules", "explain", *asked, *store)
    assert code == 0
    assert "还需：" in out
    assert "1小时 0 条" in out


def test_a_decision_is_reproduced_or_what_differs_is_said(cli: Cli, firm: Firm) -> None:
    with firm.database.read() as connection:
        row = connection.execute(findings.select().limit(1)).one()
    asked = ("rules", "explain", "--decision", row.id, "--store", str(firm.folder))
    code, out, _ = cli(*asked)
    assert code == 0
    assert "逐字节一致" in out
    code, out, _ = cli(*asked, "--json")
    assert json.loads(out)["finding"] == json.loads(row.document)


def test_what_cannot_be_explained_is_said_in_chinese(cli: Cli, store: tuple[str, ...]) -> None:
    assert cli("rules", "explain", *store)[0] == 2
    code, _, told = cli("rules", "explain", "--brand", OWN, "--category", "天气", *store)
    assert code == 2
    assert "没有类别“天气”" in told
    code, _, told = cli("rules", "explain", "--decision", "nobody", *store)
    assert code == 2
    assert "没有编号为 nobody 的决策" in told
