"""rules diff on the command line: two versions of rules, a file or a store as history."""

import json
from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from api.command_line.streams import STORE_FILE
from engine.model import Category, Realm, ReleaseRecord
from engine.releases.content import ReleaseContent
from engine.releases.factory import keep_bundled
from engine.signing import Signer
from engine.store import inbox, log
from engine.store.database import Database
from rules.loader import PACKS
from tests.api.support import NOW, Cli
from tests.support.edits import FOLDER
from tests.support.history import scripted_history
from tests.support.made import OWN, START, made_mention, made_record

SURGE = "fee_dispute/surge.yaml"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    """The bundled rules of one category, free to change."""
    copytree(PACKS / "fee_dispute", tmp_path / "old" / "fee_dispute")
    copytree(PACKS / "fee_dispute", tmp_path / "new" / "fee_dispute")
    return tmp_path


@pytest.fixture
def history(tmp_path: Path) -> Path:
    path = tmp_path / "history.jsonl"
    records = scripted_history(FOLDER / "history.yaml").records()
    path.write_text("\n".join(record.model_dump_json() for record in records), encoding="utf-8")
    return path


def raise_lines(path: Path, by: int = 100_000) -> None:
    """Make all levels of the rule of bursts unreachable."""
    text = path.read_text(encoding="utf-8")
    lines = [
        line.split("value: ")[0] + f"value: {by}" + "}" if "negative_count_1h" in line else line
        for line in text.splitlines()
    ]
    assert lines != text.splitlines()
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_equal_rules_end_with_0(cli: Cli, packs: Path, history: Path) -> None:
    code, out, _ = cli("rules", "diff", str(packs / "old"), str(packs / "new"), "--history", str(history))
    assert code == 0
    assert "规则没有变化" in out
    assert "决策没有变化" in out


def test_a_change_is_told_in_words_and_in_decisions(cli: Cli, packs: Path, history: Path) -> None:
    raise_lines(packs / "new" / SURGE)
    code, out, _ = cli("rules", "diff", str(packs / "old"), str(packs / "new"), "--history", str(history))
    assert code == 1
    assert "改为达到 10万 条，更难达到" in out
    assert "须两人批准" in out
    assert "[不再告警] 少了一次告警" in out
    assert "例：a-fee_dispute-" in out
    code, out, _ = cli("rules", "diff", str(packs / "new"), str(packs / "old"), "--history", str(history), "--json")
    found = json.loads(out)
    assert code == 1
    assert found["decisions"]["counts"]["gained"] > 0
    assert found["history"]["records"] > 1000


def test_comments_and_layout_change_no_verdict(cli: Cli, packs: Path, history: Path) -> None:
    path = packs / "new" / SURGE
    path.write_text("# 2026年11月复核\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    code, out, _ = cli("rules", "diff", str(packs / "old"), str(packs / "new"), "--history", str(history))
    assert code == 0
    assert "（fee_dispute.surge）：写法有变，判定不变" in out


def test_without_a_history_the_meaning_alone_is_compared(cli: Cli, packs: Path) -> None:
    raise_lines(packs / "new" / SURGE)
    code, out, _ = cli("rules", "diff", str(packs / "old"), str(packs / "new"))
    assert code == 1
    assert "没有指定历史，只比较了规则的含义" in out


def small_release(text: str) -> ReleaseContent:
    """One rule, its table of duties, nothing else."""
    handling = (PACKS.parent / "handling.yaml").read_text(encoding="utf-8")
    return ReleaseContent({f"rules/packs/{SURGE}": text, "rules/handling.yaml": handling}, "made", "made")


def test_a_stored_history_gives_texts_and_stored_releases_their_rules(cli: Cli, tmp_path: Path, packs: Path) -> None:
    raise_lines(packs / "new" / SURGE)
    old, new = (small_release((packs / side / SURGE).read_text(encoding="utf-8")) for side in ("old", "new"))
    database = Database.at(tmp_path / STORE_FILE)
    database.create()
    for content in (old, new):
        keep_bundled(database, content, Signer.generate(), NOW)
    with database.write() as connection:
        for number in range(40):
            mention = made_mention(number, START + timedelta(minutes=number))
            inbox.take(connection, Realm.replay, mention)
            record = made_record(mention, [Category.fee_dispute])
            log.append(connection, Realm.replay, OWN, mention.received_at, record)
        active = ReleaseRecord(release=new.hash, approved_by="合规甲")
        log.append(connection, Realm.replay, log.ALL_BRANDS, NOW, active)
    database.close()
    words = ["rules", "diff", old.hash[:10], "active", "--store", str(tmp_path)]
    code, out, told = cli(*words, "--from", "2026-03-01", "--to", "2026-03-04", "--json")
    assert code == 1, told
    found = json.loads(out)
    assert [change["rule"] for change in found["rules"]] == ["fee_dispute.surge"]
    assert found["decisions"]["counts"]["lost"] >= 1
    texts = [mention["text"] for row in found["decisions"]["rows"] for mention in row["mentions"]]
    assert texts
    assert all(texts)
    # A week later nothing happened: the same change changes no decision.
    code, out, _ = cli(*words, "--from", "2026-03-05", "--to", "2026-03-10")
    assert code == 0
    assert "历史：回放 2026-03-05 00:00 至 2026-03-11 00:00，" in out
    assert out.count("2026-03-05") == 1, "the range is said once"
    # Where there is nothing at all, "no difference" would be no answer.
    code, out, told = cli(*words, "--from", "2026-02-01", "--to", "2026-02-10")
    assert (code, out) == (2, "")
    assert "“回放”数据域在这段时间里没有记录" in told


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bundled"], "缺少参数 NEW"),
        (["nowhere", "bundled"], "不是规则文件夹，也不是发布指纹"),
        (["abcdef", "bundled"], "没有指纹为 abcdef 的发布"),
        (["bundled", "bundled", "--history", "x.jsonl"], "x.jsonl 无法读取：文件或文件夹不存在"),
        (["bundled", "bundled", "--from", "3月1日"], "日期要写成 2026-03-01"),
        (["bundled", "bundled", "--from", "2026-03-02", "--to", "2026-03-01"], "--from 要早于 --to"),
        (["bundled", "bundled", "--realm", "moon"], "没有这个数据域"),
        (["bundled", "bundled", "--store", "/nowhere"], "没有数据库"),
    ],
)
def test_bad_usage_ends_with_2(cli: Cli, words: list[str], said: str) -> None:
    code, out, told = cli("rules", "diff", *words)
    assert (code, out) == (2, "")
    assert said in told


def test_a_faulty_version_is_refused_with_its_places(cli: Cli, packs: Path) -> None:
    path = packs / "new" / SURGE
    path.write_text(path.read_text(encoding="utf-8").replace("unique_authors_1h", "unique_autors_1h"), encoding="utf-8")
    code, out, told = cli("rules", "diff", str(packs / "old"), str(packs / "new"))
    assert (code, out) == (2, "")
    assert "surge.yaml:" in told
    assert "unique_authors_1h" in told
