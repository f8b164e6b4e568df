"""The lint finds what would embarrass the company; each test spoils one thing in a copy of the shipped knowledge."""

import shutil
from pathlib import Path

import pytest

from knowledge.lint import lint
from knowledge.loader import FOLDER, load_knowledge

CATEGORY = "fee_dispute"
WEIBO = f"templates/{CATEGORY}/weibo.yaml"
PLAYBOOK = f"playbooks/{CATEGORY}.yaml"
INCIDENT = f"incidents/{CATEGORY}/double_debit.yaml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """One category and the holding statements, copied."""
    for folder in (f"incidents/{CATEGORY}", f"templates/{CATEGORY}", "templates/holding"):
        shutil.copytree(FOLDER / folder, tmp_path / folder)
    (tmp_path / "playbooks").mkdir()
    shutil.copy(FOLDER / PLAYBOOK, tmp_path / PLAYBOOK)
    return tmp_path


def shown(root: Path) -> list[str]:
    """The faults of the copied category; the other eleven are missing as a matter of course."""
    return [str(fault) for fault in lint(load_knowledge(root)) if CATEGORY in fault.file or "holding" in fault.file]


def spoil(root: Path, file: str, old: str, new: str) -> None:
    text = (root / file).read_text(encoding="utf-8")
    assert old in text
    (root / file).write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_copied_category_is_clean(root: Path) -> None:
    assert shown(root) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (WEIBO, "进展以", "我们保证进展以", "正文有不宜使用的“保证”"),
        (WEIBO, "进展以", "十五天内以", "正文写死了数字“十五”"),
        (WEIBO, "进展以", "共计126，以", "正文写死了数字“126”"),
        (WEIBO, "进展以", "，进展以", "填写后标点不通"),
        (WEIBO, "进展以", "有关进展" * 10 + "以", "超过140字"),
        (WEIBO, "max_chars: 140\n", "", "微博声明的 max_chars 应不超过140"),
        (WEIBO, "[近期,", "[因为近期,", "连接语“因为近期”带有否定或因果“因为”"),
        (WEIBO, "[近期,", "[从不,", "连接语“从不”带有否定或因果“不”"),
        (WEIBO, '"有用户反映{complaint}"', '"{phrases}反映{complaint}"', "第一种句式是无模型时的写法"),
        (WEIBO, '"有用户反映{complaint}"', '"有用户反映情况"', "有句式没有引用任何事实"),
        (WEIBO, '"有用户反映{complaint}"', '"有用户就{product}反映{complaint}"', "没有说得同样完整的句式可供选择"),
        (WEIBO, "cites: [measure]", "cites: [measure, amount]", "列出的事实“amount”没有句式用到"),
        (WEIBO, "{{company}} {{date}}", "拼拼付客服400-123-4567 {{company}} {{date}}", "疑似电话号码“400-123-4567”"),
        (WEIBO, "{{company}} {{date}}", "花呗 {{company}} {{date}}", "出现真实机构名称“花呗”"),
        (WEIBO, "title: 收费", "title: 【待补充】收费", "还有【待补充】没有写：收费争议微博短声明"),
        (INCIDENT, "\ncause: ", "\ncause: 【待补充：起因】", "double_debit.yaml:12 还有【待补充】没有写"),
        (PLAYBOOK, "within_minutes: 45", "within_minutes: 90", "没有60分钟内发出的应急声明步骤"),
        (PLAYBOOK, ": tpl.fee_dispute.wechat", ": tpl.fee_dispute.wecht", "是否想写“tpl.fee_dispute.wechat”"),
        (PLAYBOOK, "fact_keys: [measure]", "fact_keys: []", "需要的事实“measure”没有步骤负责取得"),
        (PLAYBOOK, "- id: legal_review", "- id: pause_charge", "步骤编号“pause_charge”重复"),
        (PLAYBOOK, "每一笔费用都能", "绝对每一笔费用都能", "对外口径里有不宜使用的“绝对”"),
        (INCIDENT, "，两天里有40多人晒出同样的短信", "", "应为120至220字"),
        (INCIDENT, "topics: [double_charge", "topics: [double_chage", "没有主题词“double_chage”，是否想写“double_ch"),
        (INCIDENT, "occurred_on: 2021-11-15", "occurred_on: 2018-11-15", "发生年份应在2019至2025之间"),
        (INCIDENT, "occurred_on: 2021", "source: own\noccurred_on: 9999", "发生日期的年份应在2000至2100之间"),
        (INCIDENT, "reviewed_on: 2026", "reviewed_on: 9999", "double_debit.yaml:4 复核日期的年份应在2000至2100之间"),
        (PLAYBOOK, "reviewed_on: 2026", "reviewed_on: 1999", "复核日期的年份应在2000至2100之间"),
        (WEIBO, "reviewed_on: 2026", "reviewed_on: 2101", "复核日期的年份应在2000至2100之间"),
    ],
)  # fmt: skip
def test_one_spoiled_thing_is_found(root: Path, file: str, old: str, new: str, fault: str) -> None:
    spoil(root, file, old, new)
    assert any(fault in line and file in line for line in shown(root)), shown(root)


def test_a_playbook_needs_a_plan_for_every_level(root: Path) -> None:
    text = (root / PLAYBOOK).read_text(encoding="utf-8")
    start, end = text.index("  high:\n"), text.index("steps:")
    (root / PLAYBOOK).write_text(text[:start] + text[end:], encoding="utf-8")
    assert any("缺少等级“high”的方案" in line for line in shown(root))


def test_a_step_may_not_use_a_template_outside_its_levels(root: Path) -> None:
    spoil(root, WEIBO, "levels: [medium, high]", "levels: [high]")
    assert any("不用于等级“medium”" in line for line in shown(root))


def test_a_holding_statement_may_not_need_a_fact_of_the_incident(root: Path) -> None:
    spoil(root, "templates/holding/weibo.yaml", "fact: hotline", "fact: amount")
    assert any("应急声明不能有需要核实的槽位“hotline”" in line for line in shown(root))


def test_steps_and_course_go_forward_in_time(root: Path) -> None:
    text = (root / INCIDENT).read_text(encoding="utf-8")
    start, end = text.index("course:\n"), text.index("outcome:")
    course = "course:\n" + "".join(
        f"  - {{after: {after}, mentions: {mentions}, negative: 0.8}}\n"
        for after, mentions in [("2小时", 90), ("1小时", 40)]
    )
    (root / INCIDENT).write_text(text[:start] + course + text[end:], encoding="utf-8")
    found = [line.split(" ", 1)[1] for line in shown(root) if INCIDENT in line]
    assert found == ["舆情走势只有2个点，至少4个", "时间早于上一条", "累计提及数比上一点还少"]


def test_missing_parts_of_a_category_are_named(root: Path) -> None:
    (root / WEIBO).unlink()
    (root / PLAYBOOK).unlink()
    incidents = sorted((root / INCIDENT).parent.iterdir())
    for file in incidents[11:]:
        file.unlink()
    assert [line for line in shown(root) if "缺少" in line or "只有" in line] == [
        "incidents/fee_dispute:1 历史事件只有11件，至少12件",
        "playbooks/fee_dispute.yaml:1 缺少预案",
        "templates/fee_dispute/weibo.yaml:1 缺少模板",
    ]


def test_the_same_story_told_twice_is_found(root: Path) -> None:
    text = (root / INCIDENT).read_text(encoding="utf-8")
    copy = root / f"incidents/{CATEGORY}/zz_copy.yaml"
    copy.write_text(text.replace("double_debit", "zz_copy").replace("238", "311"), encoding="utf-8")
    similar = [line for line in shown(root) if "过于相似" in line]
    assert len(similar) == 4
    assert all("zz_copy.yaml" in line and "“inc.fee_dispute.double_debit”" in line for line in similar)
