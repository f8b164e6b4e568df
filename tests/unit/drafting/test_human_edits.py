"""What a person writes by hand: every number, date, name, promise, admission, denial, cause and action that nothing
confirmed carries is flagged with its place; what the facts and the template say may be written.
"""

from typing import Any

import pytest

from engine.drafting.composing import DraftRequest, draft, edit
from engine.drafting.human import MAX_CHARS, Approved, human_flags
from engine.drafting.samples import sample_register
from engine.drafting.template_program import parts_of
from engine.drafting.verification import verify
from engine.errors import InputError
from engine.model import Actor, Role
from knowledge.schema import Category
from tests.support.proven_drafts import knowledge

REGISTER = sample_register(Category.fee_dispute, "inc-1")
TEMPLATE = knowledge().templates["tpl.fee_dispute.wechat"]
APPROVED = Approved.of(parts_of(TEMPLATE, REGISTER), REGISTER)
ZHOU = Actor(name="周敏", role=Role.pr)

FINE = [
    "我们诚恳听取大家的意见，感谢监督。",
    "对此我们高度重视，涉及36.8万元。",
    "对此我们高度重视，涉及三十六万八千元。",
    "涉及2300笔订单，我们向大家致歉。",
    "涉及２３００笔订单。",
    "我们已暂停该项费用的收取。",
    "原因是办理页面的费用提示位置不够醒目。",
    "下一步，对不符合约定的收费原路退回。",
    "计划于2026年3月31日完成。",
    "云岭消费金融有限公司会持续更新进展。",
    "如有疑问，请拨打400-000-1234。",
    "第一时间听取用户的意见，一直重视每一位用户的感受。",
    "有用户反映办理分期时被额外收取会员服务费，我们正在核查。",
    "给您带来不便，我们十分抱歉。",
    "每一位用户的意见都由专人负责跟进，我们重视用户的信息安全。",
    "我们已暂停该项费用的收取，接下来，将对不符合约定的收费原路退回。",
    "原因是办理页面的费用提示位置不够醒目，对此我们深表歉意。",
    "感谢媒体和广大用户对我们服务的关注，欢迎随时提出意见和建议。",
]
FLAGGED = [
    ("数字", "涉及三千人。", "三千人"),
    ("数字", "涉及３０００名用户。", "３０００名用户"),
    ("数字", "半数用户受影响。", "半数用户"),
    ("数字", "影响近百名用户。", "近百名用户"),
    ("数字", "只有个别用户遇到。", "个别用户"),
    ("数字", "涉及2300元。", "2300元"),
    ("数字", "涉及近36.8万元。", "近36.8万元"),
    ("数字", "投诉量翻倍。", "翻倍"),
    ("日期或时间", "昨日我们收到反映。", "昨日"),
    ("日期或时间", "3月19日收到反映。", "3月19日"),
    ("日期或时间", "下周一前答复。", "下周一"),
    ("名称", "用户张伟先生来电。", "张伟"),
    ("名称", "负责人王丽娟称会改进。", "王丽娟"),
    ("名称", "李某来电反映。", "李某"),
    ("名称", "已与“快快贷”沟通。", "快快贷"),
    ("名称", "金融监管局来电询问。", "金融监管局"),
    ("名称", "星河科技有限公司负责运营。", "星河科技有限公司"),
    ("名称", "在杭州的用户请留意。", "杭州"),
    ("名称", "请看Baidu上的说明。", "Baidu"),
    ("名称", "涉及用户的身份证信息。", "身份证"),
    ("数字", "每名用户36.8万元。", "每名用户36.8万元"),
    ("数字", "合计36.8万元。", "合计36.8万元"),
    ("数字", "2300笔订单，人均36.8万元。", "人均36.8万元"),
    ("数字", "另有2300笔订单。", "另有2300笔订单"),
    ("改变事实", "我们考虑暂停该项费用的收取。", "考虑暂停"),
    ("改变事实", "有人建议我们暂停该项费用的收取。", "建议我们暂停"),
    ("改变事实", "我们假装暂停该项费用的收取。", "假装暂停"),
    ("改变事实", "我们拟暂停该项费用的收取。", "拟暂停"),
    ("改变事实", "暂停该项费用的收取的说法有误。", "的说法有误"),
    ("改变事实", "据传涉及36.8万元。", "据传涉及36.8万元"),
    ("改变事实", "估计2026年3月18日收到反映。", "估计2026年3月18日"),
    ("改变事实", "原因不全是办理页面的费用提示位置不够醒目。", "原因不全是"),
    ("否认", "涉及36.8万元的说法有误。", "有误"),
    ("承诺", "用户资金是安全的。", "是安全"),
    ("承诺", "我们会把钱还给用户。", "把钱还"),
    ("定性", "我们负全责。", "负全责"),
    ("定性", "我们有过失。", "过失"),
    ("定性", "黑客入侵了系统。", "黑客"),
    ("定性", "这是同行所为。", "同行"),
    ("定性", "公司即将关门。", "关门"),
    ("字符", "我们退萬元。", "萬"),
    ("承诺", "我们保证改进。", "保证"),
    ("承诺", "我们会全额退款。", "全额"),
    ("承诺", "我们会给予补偿。", "补偿"),
    ("承诺", "将于近期公布。", "将于"),
    ("定性", "用户反映的情况属实。", "属实"),
    ("定性", "这是我们的过错。", "我们的过错"),
    ("定性", "存在违规行为。", "违规"),
    ("否认", "我们没有收取任何费用。", "没有"),
    ("否认", "该情况与我们无关。", "无关"),
    ("否认", "网传内容不属实。", "不属实"),
    ("否认", "我们未暂停该项费用的收取。", "未"),
    ("原因", "由于系统升级，页面出现异常。", "由于"),
    ("原因", "因系统升级，页面出现异常。", "因"),
    ("原因", "系人员操作所致。", "所致"),
    ("举措", "我们已下架相关页面。", "已"),
    ("举措", "我们报案了。", "报案"),
    ("举措", "已对不符合约定的收费原路退回。", "已"),
    ("举措", "我们启动了排查。", "启动了"),
    ("改写", "收费项目的费用提示位置醒目。", "收费项目的费用提示位置醒目"),
    ("联系方式", "请拨打13800138000。", "13800138000"),
    ("联系方式", "请登录www.example.com查询。", "www."),
    ("联系方式", "加微信了解详情。", "微信"),
    ("字符", "会员\u200b费", "\u200b"),
    ("字符", "\u202e费员会", "\u202e"),
    ("字符", "аррle", "а"),
    ("字符", "<b>公司</b>", "<"),
    ("字符", "【待核实：利率】", "【待核实"),
]


@pytest.mark.parametrize("words", FINE)
def test_what_facts_and_template_carry_may_be_written(words: str) -> None:
    assert human_flags(words, APPROVED) == ()


@pytest.mark.parametrize(("kind", "words", "at"), FLAGGED)
def test_what_nothing_confirmed_carries_is_flagged_where_it_stands(kind: str, words: str, at: str) -> None:
    flags = [flag for flag in human_flags(words, APPROVED) if flag.kind == kind]
    assert flags
    assert any(at in words[flag.start : flag.end] for flag in flags)
    assert all(words[flag.start : flag.end].startswith(flag.text) for flag in flags)


def test_all_flags_are_listed_in_the_order_of_the_text() -> None:
    flags = human_flags("昨日，由于系统升级，三千人受影响，我们保证退款。", APPROVED)
    assert [flag.kind for flag in flags] == ["日期或时间", "原因", "数字", "承诺", "承诺"]
    assert [flag.start for flag in flags] == sorted(flag.start for flag in flags)


def test_a_fact_that_is_only_reported_or_disputed_carries_nothing() -> None:
    unconfirmed = sample_register(Category.fee_dispute, "inc-1", confirmed=False)
    approved = Approved.of(parts_of(TEMPLATE, unconfirmed), unconfirmed)
    for words in ("涉及36.8万元。", "我们已暂停该项费用的收取。", "原因是办理页面的费用提示位置不够醒目。"):
        assert human_flags(words, approved)


def test_half_an_approved_sentence_is_not_approved(kit: Any) -> None:
    """“办理过程中，我们不会……” is approved as a whole; its promise alone could mean something else."""
    body = "核查属实的，我们将退还费用。您可以随时来电。{{company}} {{date}} {{hotline}}"
    template = knowledge().templates["tpl.fee_dispute.wechat"].model_copy(update={"body": body})
    approved = Approved.of(parts_of(template, REGISTER), REGISTER)
    assert human_flags("核查属实的，我们将退还费用。", approved) == ()
    assert [flag.text for flag in human_flags("我们将退还费用。", approved)] == ["退还"]


def test_an_edited_draft_says_by_whom_and_lists_its_flags_and_cannot_be_released(kit: Any) -> None:
    source = knowledge().template_source(TEMPLATE.id)
    made = draft(DraftRequest("inc-1", TEMPLATE, source, REGISTER, "r"), None, kit.signer)
    assert made.proof.releasable
    for index, span in enumerate(made.spans[:4]):
        proof = verify(edit(made, index, "我们保证三千人受影响。", ZHOU, kit.signer).to_json(), kit.trusted)
        verdict = proof.spans[index]
        assert not proof.ok
        assert not proof.releasable
        assert {flag.kind for flag in verdict.flags} - {"事实前后"} == {"承诺", "数字"}, span.text
        assert "未登记的承诺“保证”" in verdict.reason
        assert [one.ok for one in proof.sentences].count(False) >= 1
    fine = edit(made, 0, "关于", ZHOU, kit.signer)
    assert fine.spans[0].ref == "human:周敏"
    assert verify(fine.to_json(), kit.trusted).ok
    assert any("周敏 改写" in one.reason for one in fine.proof.sentences)
    assert "由周敏修改" in fine.proof.spans[0].reason
    told = "".join(one.reason for one in (*fine.proof.sentences, *fine.proof.spans))
    assert "human:" not in told
    assert not any(f"（{span.ref}）" in told for span in made.spans), "no ids of the template's slots"


def test_a_hostile_length_is_refused_before_it_is_read() -> None:
    flags = human_flags("由于" * MAX_CHARS, APPROVED)
    assert [flag.kind for flag in flags] == ["字符"]
    assert len(human_flags("一二三人" * (MAX_CHARS // 4), APPROVED)) <= 50


def test_a_span_that_is_not_there_cannot_be_edited(kit: Any) -> None:
    made = draft(kit.request("short"), None, kit.signer)
    for index in (-1, len(made.spans)):
        with pytest.raises(InputError, match="没有第"):
            edit(made, index, "好的。", ZHOU, kit.signer)
