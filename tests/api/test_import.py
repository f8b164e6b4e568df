"""`crisisdesk import`: tables with a mapping that is kept, history, and what is not taken."""

import io
import json
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engine.model import Realm
from engine.store import inbox
from engine.store.database import Database
from tests.api.support import Cli, record

pytestmark = pytest.mark.model
MAPPING = {"source": "某平台", "columns": {"内容摘要": "text", "编码": "id", "发表于": "published_at"}}


@pytest.fixture
def importing(cli: Cli, tmp_path: Path, models_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    monkeypatch.setenv("CRISISDESK_MODELS_DIR", str(models_dir))
    monkeypatch.chdir(tmp_path)

    def call(*words: str) -> tuple[int, str, str]:
        return cli("import", *words)

    return call


def side_file(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def waiting(tmp_path: Path) -> int:
    with closing(Database.at(tmp_path / "data" / "crisisdesk.sqlite3")) as store, store.read() as connection:
        return inbox.pending(connection, Realm.live)


def test_a_mapping_is_kept_for_its_source_and_wrong_lines_go_to_a_side_file(importing: Cli, tmp_path: Path) -> None:
    (tmp_path / "map.json").write_text(json.dumps(MAPPING), encoding="utf-8")
    (tmp_path / "a.csv").write_text(
        "编码,内容摘要,发表于\n1,被默认收了会员费,2026-03-01 09:30\n2,没有时间的一条,不久以前\n", encoding="utf-8"
    )
    code, _, told = importing("a.csv", "--mapping", "map.json", "--source", "某平台")
    assert code == 0, told
    assert "新增 1，更新 0，重复 0" in told
    assert [(one["place"], one["field"]) for one in side_file(tmp_path / "a.csv.rejected.jsonl")] == [
        ("a.csv:3", "published_at")
    ]
    (tmp_path / "b.csv").write_text("编码,内容摘要,发表于\n3,客服一直不回,2026-03-02 09:30\n", encoding="utf-8")
    assert importing("b.csv", "--source", "另一平台")[0] == 2, "another source has no mapping of its own"
    code, _, told = importing("b.csv", "--source", "某平台")
    assert code == 0, told
    assert waiting(tmp_path) == 2


def test_history_is_taken_and_taken_again_is_a_duplicate(importing: Cli, tmp_path: Path) -> None:
    old = record(1, published_at="2026-02-01T09:30:00+08:00")
    (tmp_path / "old.jsonl").write_text(json.dumps(old), encoding="utf-8")
    assert "新增 1，更新 0，重复 0" in importing("old.jsonl", "--history", "--source", "s")[2]
    assert "新增 0，更新 0，重复 1" in importing("old.jsonl", "--history", "--source", "s")[2]


def test_what_standard_input_brings_in_vain_goes_to_a_named_side_file(
    importing: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = f"{json.dumps(record(7))}\n{{\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines.encode())))
    code, _, told = importing("-", "--source", "s")
    assert code == 0, told
    assert [one["place"] for one in side_file(tmp_path / "import.rejected.jsonl")] == ["标准输入:2"]
