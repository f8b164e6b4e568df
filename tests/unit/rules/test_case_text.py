"""Test cases as YAML: read back as they were, and added to a file without touching the rest."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.case_text import append_case, render_case
from rules.cases import Case, case_path, parse_cases
from rules.errors import BadRulesError
from rules.loader import PACKS, rule_paths

HEAD = "rule: fee_dispute.surge\ncases:\n"
CASE = Case.model_validate(
    {"name": "新加的一条用例", "kind": "hit", "expect": "low", "facts": {"heat": 40.5, "trigger_author_kind": "media"}}
)
FILES = [case_path(path) for path in rule_paths(PACKS)][::4]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}.{path.stem}")
def test_every_case_of_the_pack_is_written_as_it_is_read(path: Path) -> None:
    loaded, _ = parse_cases("a", path.read_text(encoding="utf-8"))
    assert loaded
    again, faults = parse_cases("a", f"rule: {loaded.rule}\ncases:\n" + "".join(map(render_case, loaded.cases)))
    assert not faults
    assert again
    assert again.cases == loaded.cases


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=6, max_size=30))
def test_any_name_is_written_as_it_is_read(name: str) -> None:
    if len(name.strip()) < 6:
        return
    case = CASE.model_copy(update={"name": name.strip()})
    loaded, faults = parse_cases("a", HEAD + render_case(case))
    assert not faults
    assert loaded
    assert loaded.cases == (case,)


OTHER = "- name: 原有的一条用例\n  kind: quiet\n  expect: none\n  facts:   {heat: 1}  # 保留"


@pytest.mark.parametrize(
    "text",
    [
        f"rule: fee_dispute.surge\ncases:\n{OTHER}\n",
        f"# 开头\nrule: fee_dispute.surge\n\ncases:\n{OTHER}",
        "rule: fee_dispute.surge\ncases:\n    " + OTHER.replace("\n", "\n    ") + "\n\n# 结尾的说明\n",
        f"cases:\n{OTHER}\n\nrule: fee_dispute.surge\n",
        "rule: fee_dispute.surge\ncases:\n- name: |-\n    写成两行的\n    用例名\n  kind: quiet\n  expect: none\n"
        "  facts:\n    heat: 1\n",
        "rule: fee_dispute.surge\ncases:\n- facts: {heat: 1}\n  kind: quiet\n  expect: none\n  name: |-\n"
        "    写成两行的\n    用例名\n",
    ],
)
def test_a_case_is_added_and_every_other_line_stays(text: str) -> None:
    before, _ = parse_cases("a", text)
    added = append_case(text, CASE)
    after, faults = parse_cases("a", added)
    assert not faults
    assert before
    assert after
    assert after.cases == (*before.cases, CASE)
    rest = iter(added.splitlines())
    assert all(line in rest for line in text.splitlines())


def test_a_name_that_is_taken_gets_a_number() -> None:
    twice = append_case(append_case(HEAD + render_case(CASE), CASE), CASE)
    loaded, faults = parse_cases("a", twice)
    assert not faults
    assert loaded
    assert [one.name for one in loaded.cases] == ["新加的一条用例", "新加的一条用例（2）", "新加的一条用例（3）"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "rule: fee_dispute.surge\ncases: [{name: 方括号里的用例, kind: quiet, expect: none, facts: {heat: 1}}]\n",
            "每条用例另起一行",
        ),
        ("rule: fee_dispute.surge\ncases: 无\n", "应为列表"),
        ("", "文件是空的"),
    ],
)
def test_a_file_that_cannot_take_a_case_is_left_alone(text: str, told: str) -> None:
    with pytest.raises(BadRulesError, match=told):
        append_case(text, CASE)
