"""What changed in a file that is no rule, field by field in plain Chinese."""

import pytest

from engine.releases.wording import file_change

PLAYBOOK = "knowledge/playbooks/fee_dispute.yaml"
OLD = """
title: 收费争议预案
strategies:
  high: {strategy: rebuild, reason: 须致歉}
steps:
  - {id: a, title: 锁定证据, department: 客服, within_minutes: 30, levels: [low, medium]}
  - {id: b, title: 发布声明, department: 公关, within_minutes: 45, levels: [high]}
rectification: [公示收费, 逐笔核对]
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("within_minutes: 45", "within_minutes: 40", "步骤，“发布声明”，时限（分钟）由“45”改为“40”"),
        ("department: 客服", "department: 法务", "步骤，“锁定证据”，部门由“客服”改为“法务”"),
        ("[low, medium]", "[low]", "步骤，“锁定证据”，等级删去：中等"),
        ("strategy: rebuild", "strategy: deny", "策略，严重，策略由“致歉整改”改为“澄清否认”"),
        ("公示收费, 逐笔核对", "逐笔核对, 公示收费", "整改建议的次序有变"),
        ("[公示收费,", "[当日退费, 公示收费,", "整改建议增加：当日退费"),
        (", reason: 须致歉", "", "策略，严重，理由去掉（原为：须致歉）"),
        ("title: 锁定证据", "title: 保全证据", "步骤增加：保全证据"),
    ],
)
def test_a_change_is_told_by_its_field_and_place(old: str, new: str, said: str) -> None:
    assert old in OLD
    told = file_change(PLAYBOOK, OLD, OLD.replace(old, new, 1))
    assert (told.kind, told.title, told.change) == ("预案", "收费争议预案", "修改")
    assert said in told.sentences


def test_a_new_a_lost_and_a_rewritten_file_are_told_as_such() -> None:
    assert file_change(PLAYBOOK, None, OLD).sentences == ("新增预案“收费争议预案”",)
    assert file_change(PLAYBOOK, OLD, None).change == "删去"
    assert file_change(PLAYBOOK, OLD, f"# 说明\n{OLD}").sentences == ("只改了注释或写法，内容不变",)
    assert file_change("engine/scoring/lexicons/a.yaml", "words: [甲乙]", "words: [").sentences


def test_words_of_lexicons_and_slots_of_templates_keep_their_names() -> None:
    lexicon = file_change(
        "engine/scoring/lexicons/_cues.yaml", "groups: {harm: [崩溃]}", "groups: {harm: [崩溃, 绝望]}"
    )
    assert lexicon.sentences == ("词组，“harm”增加：绝望",)
    slot = "slots: {tone: {type: choice, options: [甲, 乙]}}"
    template = file_change("knowledge/templates/a/weibo.yaml", slot, slot.replace("乙]", "丙]"))
    assert template.sentences == ("填空，“tone”，措辞增加：丙", "填空，“tone”，措辞删去：乙")
