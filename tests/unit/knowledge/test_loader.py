"""What a person sees who makes a mistake in a knowledge file."""

from pathlib import Path

import pytest

from knowledge.errors import BadKnowledgeError, UnknownEntryError
from knowledge.loader import FOLDER, Knowledge, load_knowledge, parse_entry
from knowledge.schema import Level, Playbook
from knowledge.topics import load_topics

WEIBO = "templates/fee_dispute/weibo.yaml"
GOOD = """\
id: tpl.fee_dispute.weibo
title: 短声明
owner: 公关部
reviewed_on: 2026-03-18
category: fee_dispute
channel: weibo
levels: [medium]
strategies: [rebuild]
slots:
  company: {type: fact, fact: company}
  issue:
    type: prose
    cites: [complaint]
    patterns: ["有用户反映{complaint}", "{phrases}，有用户反映{complaint}"]
    phrases: [近日, 近期]
body: 关于有关情况的说明：{{issue}}。特此说明。{{company}}
"""


def faults(root: Path, text: str, name: str = WEIBO) -> list[str]:
    """The faults of a knowledge folder that holds just this file."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadKnowledgeError) as caught:
        load_knowledge(root)
    return [str(fault) for fault in caught.value.faults]


def one_file(root: Path, text: str, name: str = WEIBO) -> Knowledge:
    """A knowledge folder that holds just this file."""
    file = root / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return load_knowledge(root)


def test_a_good_template_is_loaded_by_id(tmp_path: Path) -> None:
    knowledge = one_file(tmp_path, GOOD)
    assert knowledge.templates["tpl.fee_dispute.weibo"].title == "短声明"


def test_the_source_of_a_template_is_its_file(tmp_path: Path) -> None:
    knowledge = one_file(tmp_path, GOOD)
    assert knowledge.template_source("tpl.fee_dispute.weibo") == GOOD


def test_an_unknown_template_is_answered_with_the_nearest_name(tmp_path: Path) -> None:
    with pytest.raises(UnknownEntryError, match=r"是否想写“tpl.fee_dispute.weibo”"):
        one_file(tmp_path, GOOD).template_source("tpl.fee_dispute.webo")


def test_an_empty_folder_is_empty_knowledge(tmp_path: Path) -> None:
    assert not load_knowledge(tmp_path).documents


def test_the_hash_follows_every_byte_and_only_the_content(tmp_path: Path) -> None:
    before = one_file(tmp_path / "a", GOOD).hash
    assert one_file(tmp_path / "b", GOOD).hash == before
    assert one_file(tmp_path / "b", GOOD + "# 注\n").hash != before


def test_all_faults_of_all_files_are_shown_at_once(tmp_path: Path) -> None:
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks/fee_dispute.yaml").write_text("标题\n", encoding="utf-8")
    shown = faults(tmp_path, GOOD.replace("title:", "titel:").replace("levels: [medium]", "levels: [medum]"))
    assert shown == [
        "playbooks/fee_dispute.yaml:1 文件顶层应为“字段: 值”",
        "templates/fee_dispute/weibo.yaml:1 缺少字段“title”",
        "templates/fee_dispute/weibo.yaml:2 未知字段“titel”，是否想写“title”？",
        "templates/fee_dispute/weibo.yaml:7 字段“levels[1]”不能是“medum”"
        "（可用的值：low、medium、high），是否想写“medium”？",
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("{{issue}}", "{{isue}}", ":16 正文用了未定义的槽位“isue”，是否想写“issue”？"),
        ("{{issue}}", "", ":11 槽位“issue”在正文里没有用到"),
        ("{{issue}}", "{{issue}", ":16 填空标记没有写完整"),
        ("反映{complaint}\"]", "反映{complant}\"]", ":14 槽位“issue”的句式用了未知事实“complant”，是否想写“complaint”"),
        ("反映{complaint}\"]", "反映{amount}\"]", ":14 槽位“issue”的句式用了没有列入 cites 的事实“amount”"),
        ("type: prose", "type: pros", ":11 字段“slots.issue”的 type 不能是“pros”（可用的值：fact、choice"),
        ("2026-03-18", "2026-02-30", ":4 没有 2026-02-30 这个日期"),
        ("owner:", "title: 又一个\nowner:", ":3 “title”写了两次（先前在第2行）"),
        ("dispute.weibo", "dispute.wb", ":1 编号“tpl.fee_dispute.wb”与文件位置不符，应为“tpl.fee_dispute.weibo”"),
        ("category: fee_dispute", "category: privacy_leak", ":5 类别“privacy_leak”与所在位置“fee_dispute”不符"),
        ("channel: weibo", "channel: wechat", ":6 渠道“wechat”与文件名“weibo”不符"),
        ("levels: [medium]", "levels: &a [*a]", ":7 YAML 写法错误：不支持别名（*），请写全"),
        ("title: 短声明", "title: 短: 声明", ":2 YAML 写法错误：此处不能再写“键: 值”，含冒号的文字请加引号"),
        ("title: 短声明", "title: 2026", ":2 字段“title”应为文字（数字或日期请加引号）"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_at_its_line(tmp_path: Path, old: str, new: str, shown: str) -> None:
    assert any(fault.startswith(f"{WEIBO}{shown}") for fault in faults(tmp_path, GOOD.replace(old, new)))


def test_a_file_in_the_wrong_folder_is_refused(tmp_path: Path) -> None:
    assert "文件放错了位置" in faults(tmp_path, GOOD, "templates/weibo.yaml")[0]


def test_an_empty_file_and_a_file_in_another_encoding_are_refused(tmp_path: Path) -> None:
    assert faults(tmp_path / "a", "") == [f"{WEIBO}:1 文件是空的"]
    file = tmp_path / "b" / WEIBO
    file.parent.mkdir(parents=True)
    file.write_bytes("id: x\ntitle: 短声明\n".encode("gbk"))
    with pytest.raises(BadKnowledgeError, match=r"weibo.yaml:2 文件不是 UTF-8 编码"):
        load_knowledge(tmp_path / "b")


def test_a_playbook_of_an_older_release_states_one_media_plan_for_all_levels() -> None:
    book = load_knowledge().playbooks["pb.fee_dispute"]
    told = book.model_dump(mode="json")
    plans = told.pop("plans")
    shared = {key: plans["low"][key] for key in ("media_plan", "rectification")}
    older = told | shared | {"strategies": {"low": {"strategy": "deny", "reason": "没有此事"}}}
    read = Playbook.model_validate(older).plans
    assert list(read) == ["low"]
    assert read[Level.low].model_dump(mode="json") == shared | {"strategy": "deny", "reason": "没有此事", "goal": None}


def test_a_template_with_more_wordings_than_a_person_writes_is_refused_before_it_is_checked() -> None:
    name = "templates/fee_dispute/weibo.yaml"
    many = "\n".join(f"      - 我们注意到第{number}件" for number in range(300))
    slot = (
        "  more:\n    type: prose\n    cites: [measure]\n    patterns: [现已处理甲, 现已处理乙, 现已处理丙]\n"
        f"    phrases:\n{many}\n"
    )
    text = (FOLDER / name).read_text(encoding="utf-8").replace("slots:\n", f"slots:\n{slot}", 1)
    with pytest.raises(BadKnowledgeError, match="组合太多"):
        parse_entry(name, text)


def test_what_is_named_like_a_file_and_is_none_is_a_fault_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "templates/fee_dispute/c.yaml").mkdir(parents=True)
    (tmp_path / "templates/fee_dispute/d.yaml").symlink_to(tmp_path / "nowhere")
    assert [fault.partition(" ")[0] for fault in faults(tmp_path, GOOD)] == [
        "templates/fee_dispute/c.yaml:1",
        "templates/fee_dispute/d.yaml:1",
    ]


def test_a_fault_in_the_topics_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "topics.yaml"
    topic = "  - id: late\n    category: fee_dispute\n    title: 迟到\n    meaning: 来得晚\n"
    file.write_text(f"topics:\n{topic}    phrase: [一二]\n    phrases: [一二]\n", encoding="utf-8")
    with pytest.raises(BadKnowledgeError) as bad:
        load_topics(file)
    shown = [str(fault) for fault in bad.value.faults]
    assert [line.split(" ")[0] for line in shown] == ["topics.yaml:6", "topics.yaml:7"]
    assert "phrase" in shown[0]
    assert "phrases" in shown[0]
