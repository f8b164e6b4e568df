"""crisisdesk knowledge: check, look at, write out, take in."""

import json
from os import mkfifo
from pathlib import Path

import pytest

from engine.model import Role
from tests.api.support import Cli
from tests.support.knowledge import INCIDENT, TEXT

ANA = ("--as", "ana", "--password", "long enough 1")
SEED = Path("knowledge/incidents/fee_dispute/double_debit.yaml")


def test_lint_names_every_fault_with_its_place(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "kb"
    for kind in ("incidents", "templates"):
        (folder / kind / "fee_dispute").mkdir(parents=True)
    (folder / "incidents/fee_dispute/points_fee.yaml").write_text(TEXT.replace("level: medium", "level: 中"), "utf-8")
    code, out, _ = cli("knowledge", "lint", str(folder), "--json")
    line = TEXT.splitlines().index("level: medium") + 1
    assert (code, json.loads(out)["faults"][0]["line"]) == (1, line)
    (folder / "incidents/fee_dispute/points_fee.yaml").write_text(TEXT, "utf-8")
    code, out, _ = cli("knowledge", "lint", str(folder))
    assert code == 1
    assert "playbooks/fee_dispute.yaml:1 缺少预案" in out
    (folder / "incidents/c.yaml").mkdir()
    code, out, _ = cli("knowledge", "lint", str(folder))
    assert code == 1
    assert "incidents/c.yaml:1 不是文件" in out
    code, _, told = cli("knowledge", "lint", str(tmp_path / "nowhere"))
    assert code == 2
    assert "没有这个文件夹" in told


def test_entries_are_taken_in_as_drafts_and_written_out_as_they_are_in_force(cli: Cli, tmp_path: Path) -> None:
    cli("user", "add", "ana", "--role", Role.analyst, "--password", "long enough 1")
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "a.yaml").write_text(TEXT, encoding="utf-8")
    (source / "b.yaml").write_text("id: [", encoding="utf-8")
    code, told, _ = cli("knowledge", "import", str(source), *ANA)
    assert code == 1
    assert "b.yaml:1" in told
    assert cli("knowledge", "history", INCIDENT)[0] == 2, "nothing was taken in"
    (source / "b.yaml").unlink()
    assert cli("knowledge", "import", str(source))[0] == 2, "somebody has to answer for it"
    code, told, _ = cli("knowledge", "import", str(source), *ANA, "--json")
    assert (code, json.loads(told)["drafts"]) == (0, [{"entry": INCIDENT, "revision": 1}])
    assert "修订 1 草稿" in cli("knowledge", "history", INCIDENT)[1]

    code, told, _ = cli("knowledge", "export", str(out), "--json")
    assert (code, json.loads(told)["files"]) == (0, json.loads(told)["written"])
    seed = out / "incidents/fee_dispute/double_debit.yaml"
    assert seed.read_bytes() == SEED.read_bytes()
    assert not (out / "incidents/fee_dispute/points_fee.yaml").exists(), "a draft is not in force"
    seed.write_text("mine", encoding="utf-8")
    code, _, told = cli("knowledge", "export", str(out))
    assert code == 2
    assert "double_debit.yaml" in told
    assert seed.read_text(encoding="utf-8") == "mine"
    assert json.loads(cli("knowledge", "export", str(out), "--force", "--json")[1])["written"] == 1
    assert [path.name for path in out.iterdir() if path.name.startswith(".")] == []


def test_entries_are_listed_and_shown(cli: Cli) -> None:
    rows = json.loads(cli("knowledge", "list", "--kind", "playbook", "--json")[1])
    assert {row["kind"] for row in rows} == {"playbook"}
    assert len(rows) == 12
    code, out, _ = cli("knowledge", "show", "inc.fee_dispute.double_debit")
    assert (code, out.strip()) == (0, SEED.read_text(encoding="utf-8").strip())
    assert cli("knowledge", "show", "inc.fee_dispute.unknown")[0] == 2
    assert cli("knowledge", "list", "--kind", "rule")[0] == 2


def test_a_folder_that_cannot_be_written_stays_as_it_was(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file", encoding="utf-8")
    code, _, told = cli("knowledge", "export", str(tmp_path / "out"))
    assert code == 2
    assert "没有改动任何文件" in told


def test_an_export_does_not_follow_a_link_out_of_its_folder(cli: Cli, tmp_path: Path) -> None:
    out, outside = tmp_path / "out", tmp_path / "outside"
    out.mkdir()
    outside.mkdir()
    (out / "incidents").symlink_to(outside, target_is_directory=True)
    code, _, told = cli("knowledge", "export", str(out), "--force")
    assert code == 2
    assert "out/incidents" in told
    assert "链接" in told
    assert (list(outside.iterdir()), [path.name for path in out.iterdir()]) == ([], ["incidents"])


def test_an_import_reads_only_files_of_a_sensible_size(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("#" * 1_000_001, encoding="utf-8")
    code, _, told = cli("knowledge", "import", str(tmp_path), *ANA)
    assert code == 2
    assert "a.yaml" in told
    assert "1 MB" in told
    (tmp_path / "a.yaml").unlink()
    mkfifo(tmp_path / "a.yaml")
    code, _, told = cli("knowledge", "import", str(tmp_path), *ANA)
    assert code == 2
    assert "不是普通文件" in told


@pytest.mark.parametrize("command", ["list", "show", "history", "export", "import", "lint"])
def test_every_command_explains_itself(cli: Cli, command: str) -> None:
    assert cli("knowledge", command, "--help")[0] == 0
