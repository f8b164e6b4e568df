"""What somebody might hand in instead of a release's files: refused in Chinese, or told in few words."""

from pathlib import Path
from shutil import copytree

import pytest

from engine.drafting.template_program import load_template
from engine.errors import InputError, ScoringUnavailable
from engine.releases.content import ROOT, ReleaseContent, is_release_path
from engine.releases.wording import file_change
from engine.scoring.lexicon import load_lexicon

TESTS = "rules/packs/fee_dispute/surge_test.yaml"
LEXICONS = ROOT / "engine" / "scoring" / "lexicons"
PATHS = [
    "rules/packs/../../x.yaml",
    "rules/packs/a/\x00.yaml",
    "rules/packs/a/b.yaml/c.yaml",
    "rules/packs//a.yaml",
    "rules/packs/a\\..\\b.yaml",
    "rules/packs/a.yaml",
    "rules/packs/a/b/c.yaml",
    "rules/packs/a/B.yaml",
    "rules/packs/a/b.yml",
    "knowledge/templates/a/\ud800.yaml",
    "knowledge/templates/a/x\n.yaml",
    "knowledge/templates/a/x.yaml\n",
    "knowledge/playbooks/" + "a" * 300 + ".yaml",
    "engine/scoring/lexicons/.yaml",
]


def laughing(steps: int) -> str:
    text = "a0: &a0 [x,x,x,x,x,x,x,x]\n"
    for step in range(1, steps):
        text += f"a{step}: &a{step} [{','.join([f'*a{step - 1}'] * 8)}]\n"
    return text


@pytest.mark.parametrize("path", PATHS, ids=ascii)
def test_a_path_that_no_file_of_a_release_has_is_refused(path: str) -> None:
    assert not is_release_path(path)
    with pytest.raises(InputError, match="不属于发布内容") as raised:
        ReleaseContent({path: "a: 1\n"}, "", "")
    str(raised.value).encode()


def test_every_file_of_the_program_has_a_place() -> None:
    assert all(map(is_release_path, ReleaseContent.from_disk().files))


def test_a_text_that_cannot_be_saved_is_refused() -> None:
    with pytest.raises(InputError, match="第 2 行有不能保存的字符"):
        ReleaseContent({TESTS: "a: 1\nb: \ud800\n"}, "", "")


@pytest.mark.parametrize("bad", [laughing(9), "x: 2024-02-31\n", "x: !!timestamp a\n", "x: " + "1" * 5000, "[" * 3000])
def test_a_change_to_a_hostile_file_is_told_in_few_words(bad: str) -> None:
    change = file_change(TESTS, "rule: a.b\n", f"rule: a.b\n{bad}")
    assert sum(map(len, change.sentences)) < 1000


def test_long_changes_are_cut() -> None:
    new = "".join(f"a{number}: {'字' * 500}\n" for number in range(300))
    change = file_change("rules/handling.yaml", "a: 1\n", new)
    assert len(change.sentences) == 201
    assert max(map(len, change.sentences)) < 330


@pytest.mark.parametrize(
    ("name", "added", "said"),
    [
        ("fee_dispute", laughing(9), "不支持别名"),
        ("fee_dispute", "zz: 1\n", "未知字段"),
        ("fee_dispute", "zz: 2024-02-31\n", "没有 2024-02-31 这个日期"),
        ("_cues", "zz: !!timestamp a\n", "不支持标记"),
        ("zz", "words: [词]\n", "没有这个类别的词表"),
    ],
)
def test_a_hostile_lexicon_is_refused_with_its_place(tmp_path: Path, name: str, added: str, said: str) -> None:
    copytree(LEXICONS, tmp_path / "lexicons")
    file = tmp_path / "lexicons" / f"{name}.yaml"
    file.write_text((file.read_text("utf-8") if file.exists() else "") + added, "utf-8")
    with pytest.raises(ScoringUnavailable, match=rf"{name}\.yaml:\d+ .*{said}"):
        load_lexicon(tmp_path / "lexicons")


@pytest.mark.parametrize("value", ["!!timestamp a", "!!bool q", "!!int ''", "2024-02-31"])
def test_a_template_with_a_value_that_cannot_be_read_is_refused(value: str) -> None:
    with pytest.raises(InputError, match="YAML"):
        load_template(f"id: {value}\n")
