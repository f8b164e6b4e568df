"""Words taken for forbidden that say something else, and beside each the forbidden promise that must still be found."""

import pytest

from engine.precheck.folding import fold
from engine.precheck.loader import bundled_checks
from engine.precheck.matching import find
from engine.precheck.model import TextKind
from engine.precheck.schema import WordingCheck

CHECKS = bundled_checks()


def said(text: str, kind: TextKind) -> set[str]:
    return {match.check.id for match in find(fold(text), kind, CHECKS)}


ADVERT, CONTRACT, NOTICE = TextKind.advert, TextKind.contract, TextKind.announcement
HARMLESS = [
    ("lowest", ADVERT, "发工资前三天最容易冲动。"),
    ("lowest", ADVERT, "最值得提醒的是到期要还，最安全的办法是少借。"),
    ("over_borrow", ADVERT, "借新还旧会越滚越多。"),
    ("over_borrow", ADVERT, "你会为一次旅行借钱吗？"),
    ("over_borrow", ADVERT, "想要的直接点小程序。"),
    ("students", ADVERT, "年满22周岁的上班族（在校学生勿申请）。"),
    ("students", ADVERT, "未成年人不能申请。"),
    ("misuse", ADVERT, "贷款不得用于购房及投资。"),
    ("zero_interest", ADVERT, "我们给24小时冷静期，期内还款不收利息。"),
    ("zero_interest", ADVERT, "服务费、担保费一分没有。"),
    ("zero_interest", CONTRACT, "提前结清零费用。"),
    ("guaranteed_approval", ADVERT, "谁能借，看了材料才知道。"),
    ("guaranteed_approval", ADVERT, "她问，那谁来都给？我说不是。"),
    ("guaranteed_approval", ADVERT, "没有人能承诺一定下款。"),
    ("upfront_deduction", CONTRACT, "放款时不扣除任何费用，利息不在放款当日收取。"),
    ("unfair_terms", CONTRACT, "贷款人不设最终解释权。"),
    ("daily_only", CONTRACT, "寄存超过24小时每天收1元。"),
    ("collection_pressure", NOTICE, "联系电话：服务点门口公示的客服热线。"),
    ("collection_pressure", CONTRACT, "由本公司公示名单内的机构联系借款人。"),
    ("attribution", NOTICE, "问题出在我们的短信通道配置。"),
    ("attribution", NOTICE, "冒用我司标识的网站与我司无关。"),
    ("over_borrow", ADVERT, "建议先缓一缓再说。"),
    ("guaranteed_approval", ADVERT, "不一定获批，额度不一定给到最高。"),
    ("ignore_credit", ADVERT, "征信有问题的，请先处理异议再申请。"),
    ("instant_approval", ADVERT, "填完资料不到五分钟，结果以短信为准。"),
    ("students", ADVERT, "正在读书的请勿申请分期。"),
    ("comparison", ADVERT, "请货比三家，比较其他机构的利率后再决定。"),
    ("prepay", ADVERT, "放款前无须支付审核费。"),
    ("upfront_deduction", CONTRACT, "到账10000元，没有服务费。"),
    ("information_overreach", CONTRACT, "未经您同意，不会将信息用于任何其他用途。"),
    ("unilateral_change", CONTRACT, "费率调整须另行通知您并取得书面同意。"),
    ("collection_pressure", CONTRACT, "我们不会向您的家人催收。"),
]
FORBIDDEN = [
    ("lowest", ADVERT, "最容易借到的平台就是小禾。"),
    ("lowest", ADVERT, "最放心的借款平台。审批最轻松。"),
    ("lowest", ADVERT, "最值得信赖的贷款。"),
    ("over_borrow", ADVERT, "支持借新还旧，压力小一半。"),
    ("over_borrow", ADVERT, "借新还旧会更轻松。"),
    ("over_borrow", ADVERT, "以贷养贷越来越顺手。"),
    ("over_borrow", ADVERT, "旅行先借钱，说走就走。"),
    ("over_borrow", ADVERT, "想要的直接拿下。"),
    ("students", ADVERT, "在校学生无需父母同意即可申请。"),
    ("students", ADVERT, "在校生不用担心，也能分期。"),
    ("students", ADVERT, "大学生勿错过，专属额度。"),
    ("students", ADVERT, "未成年也可以借款。"),
    ("misuse", ADVERT, "贷款不得闲着，拿去炒股。"),
    ("misuse", ADVERT, "贷款不得用于购房？我们的可以买房。"),
    ("misuse", ADVERT, "借款用途不限，随意花。"),
    ("zero_interest", ADVERT, "利息、手续费一分没有。"),
    ("zero_interest", ADVERT, "利息？一分都没有。"),
    ("zero_interest", ADVERT, "冷静期也行，零利息任你借。"),
    ("zero_interest", ADVERT, "活动期内不收利息，零费用借款。"),
    ("guaranteed_approval", ADVERT, "谁来都能借。"),
    ("guaranteed_approval", ADVERT, "百分百下款？不骗你。"),
    ("guaranteed_approval", ADVERT, "人人可贷？不限条件。"),
    ("guaranteed_approval", ADVERT, "没有人敢承诺一定下款，但我们敢。"),
    ("guaranteed_approval", ADVERT, "扣1的都能下。"),
    ("ignore_credit", ADVERT, "黑户能借吗？不用问，能。"),
    ("ignore_credit", ADVERT, "别家不给过的，到小禾来。"),
    ("instant_approval", ADVERT, "审批只要一分钟。"),
    ("instant_approval", ADVERT, "填完资料抬头，钱已经在卡里。"),
    ("instant_approval", ADVERT, "小禾借款秒批，是否批准由我们审核后告知，请理性借贷。"),
    ("upfront_deduction", CONTRACT, "放款时不管多少先扣服务费。"),
    ("upfront_deduction", CONTRACT, "到账15520元，差额480元为一次性服务费。"),
    ("unfair_terms", CONTRACT, "本合同最终解释权归贷款人。"),
    ("daily_only", CONTRACT, "借款超过1万元每天只要1元利息。"),
    ("collection_pressure", CONTRACT, "逾期者在公司公示姓名。"),
    ("collection_pressure", CONTRACT, "逾期就到小区门口公示。"),
    ("zero_interest", ADVERT, "24小时冷静期内还款不收利息，零利息任你花。"),
    ("zero_interest", ADVERT, "活动期内还款免息。"),
    ("zero_interest", ADVERT, "手续费、利息一分没有。"),
    ("guaranteed_approval", ADVERT, "谁都能借？我说不难！"),
    ("guaranteed_approval", ADVERT, "人人可贷？不是吹的。"),
    ("guaranteed_approval", ADVERT, "谁都能借？要审核？不需要。"),
    ("ignore_credit", ADVERT, "黑户能借？不成问题。"),
    ("daily_only", CONTRACT, "超过24小时每天收1元，日息万五。"),
    ("over_borrow", ADVERT, "借新还旧的人越来越多，您还等什么。"),
    ("misuse", ADVERT, "贷款不得用于炒股是老黄历。"),
    ("collection_pressure", CONTRACT, "不还就在你们公司公示。"),
    ("upfront_deduction", CONTRACT, "放款时不得不先扣服务费。"),
    ("lowest", ADVERT, "小禾最安全。"),
    ("students", ADVERT, "不用跟家里开口，小禾给你。"),
    ("attribution", NOTICE, "问题出在我们的支付合作方。"),
    ("attribution", NOTICE, "问题出在支付通道。"),
    ("attribution", NOTICE, "责任在黑客，我司同为受害者。"),
    ("attribution", NOTICE, "是他自己没看清合同。"),
    ("attribution", NOTICE, "仿冒的网站与我司无关，泄露系外包员工个人行为。"),
    ("attribution", NOTICE, "仿冒的网站与我司无关，损失由客户自行承担。"),
    ("attribution", NOTICE, "第三方投放的页面与我司无关。"),
    ("attribution", NOTICE, "泄露是由于客户自己点击了钓鱼链接。"),
    ("denial", NOTICE, "该文章毫无事实依据。"),
    ("over_borrow", ADVERT, "先借了再说。"),
    ("over_borrow", ADVERT, "工资还没发？先花着。"),
    ("over_borrow", ADVERT, "一次拥有，钱以后再还。"),
    ("bundling", ADVERT, "没有会员卡的用户不能借款。"),
    ("bundling", ADVERT, "未开通会员的不予放款，投诉请致电客服。"),
    ("not_reported", ADVERT, "本产品不上征信系统。"),
    ("not_reported", ADVERT, "活动期间借款不上征信。"),
    ("not_reported", ADVERT, "逾期也不会上报。"),
    ("prepay", ADVERT, "支付审核费99元，审核费须在放款前付清。"),
    ("comparison", ADVERT, "别的平台收你三千多，朗朗借只收它的一半。"),
    ("comparison", ADVERT, "我们的利息是银行信用卡的一半。"),
    ("comparison", ADVERT, "利率比同业平均水平低两个点。"),
    ("ignore_credit", ADVERT, "征信有问题？照样放款。"),
    ("ignore_credit", ADVERT, "网贷多、查询多，统统不影响。"),
    ("ignore_credit", ADVERT, "不需要任何信用审查。"),
    ("instant_approval", ADVERT, "上午申请，中午就到账。"),
    ("instant_approval", ADVERT, "全程不到五分钟，钱到卡里。"),
    ("students", ADVERT, "还在读书？没收入也能分期。"),
    ("unfair_terms", CONTRACT, "已收费用一律不予退还。"),
    ("unilateral_change", CONTRACT, "收费标准如有变动，以公司公布为准，不另行通知。"),
    ("collection_pressure", CONTRACT, "贷款人有权向借款人的亲属催收。"),
    ("information_overreach", CONTRACT, "您同意我们将您的资料用于一切商业用途。"),
    ("upfront_deduction", CONTRACT, "合同金额10000元，实际到账9500元，500元为服务费。"),
    *(
        ("guaranteed_approval", ADVERT, f"{words}百分百下款。")
        for words in (
            *("凡是新客，", "任何人来申请，", "牢记小禾，", "切记：小禾", "遇到用钱难题，小禾", "如遇资金紧张，"),
            *("当心错过，", "收到“小禾”短信，", "号称最快，", "揭秘：小禾为什么", "长按识别二维码，", "所谓好平台，"),
            *("自称月光的你，也能", "注销别家账户，", "不用小心翼翼，", "警惕高利贷，选小禾，"),
        )
    ),
    ("guaranteed_approval", ADVERT, "凡是实名注册的，个个都能拿到钱，没有一个会落空。"),
    ("guaranteed_approval", ADVERT, "从不拒绝任何人。"),
    ("guaranteed_approval", ADVERT, "人人可贷？不靠谱的我们不做。"),
    ("guaranteed_approval", ADVERT, "只要申请，额度必到手。"),
]


@pytest.mark.parametrize(("check", "kind", "text"), HARMLESS)
def test_words_in_a_harmless_sense_are_left_alone(check: str, kind: TextKind, text: str) -> None:
    assert f"wording.{check}" not in said(text, kind)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        ("guaranteed_approval", "凡是承诺百分百下款的平台都不要信。"),
        ("guaranteed_approval", "收到“百分百下款”的短信请删除。"),
        ("guaranteed_approval", "任何声称百分百下款的都是假的。"),
        ("guaranteed_approval", "遇到百分百下款的广告，请先核实。"),
        ("bundling", "费用没有别的，审批决定您能不能借。"),
        ("ignore_credit", "问：网上说“不看征信”的中介靠谱吗？答：不靠谱。"),
    ],
)
def test_a_warning_against_a_promise_is_left_alone(check: str, text: str) -> None:
    assert f"wording.{check}" not in said(text, ADVERT)


@pytest.mark.parametrize(("check", "kind", "text"), FORBIDDEN)
def test_a_forbidden_promise_near_the_harmless_words_is_found(check: str, kind: TextKind, text: str) -> None:
    assert f"wording.{check}" in said(text, kind)


@pytest.mark.parametrize(
    ("check", "notice"),
    [
        ("leak_kinds", "12月4日批次选错，误发了一条“账单已逾期”的短信，您的账单没有变化。"),
        ("annual_rate", "保密协议：乙方接触到的借款人资料不得外传。"),
        ("notice_remedy", "十周年致客户的一封信：我们走过系统宕机的深夜，感谢每一位客户。"),
        ("notice_scope", "经查，该客户同一账单被重复扣款，多扣的428元已于11月10日退回。"),
    ],
)
def test_what_only_mentions_a_matter_owes_nothing_for_it(check: str, notice: str) -> None:
    kind = CONTRACT if check == "annual_rate" else NOTICE
    assert f"disclosure.{check}" not in said(notice, kind)


@pytest.mark.parametrize(
    ("check", "notice"),
    [
        ("leak_kinds", "12月4日误将500名客户的名单发给他人，已撤回。"),
        ("leak_kinds", "6月1日错发了含客户信息的附件，涉及500名客户。"),
        ("self_protection", "6月1日500名客户的姓名外泄，已报警。请勿传播不实信息。"),
        ("notice_scope", "今天9点系统异常，页面打不开，明天恢复。联系客服。"),
        ("notice_scope", "6月1日起服务费调整为每笔12元，原有合同以新标准为准。"),
        ("notice_remedy", "今天9点部分用户无法还款，我们立即开会研究。"),
        ("notice_contact", "对于热搜上说我们收费，只有一句话：一派胡言。"),
        ("notice_contact", "12月8日1:00数据库扩容，借款、还款功能暂停。"),
        ("notice_contact", "12月25日起，合作支付机构变更，原合同有效。"),
        ("notice_scope", "11月10日，部分客户出现重复扣款，已原路退回。"),
        ("notice_scope", "11月22日机房异常，个别客户的部分功能无法使用，22日到期的还款顺延至24日。"),
        ("notice_scope", "11月22日系统异常，影响范围有限，已恢复。"),
        ("notice_remedy", "关于重复扣款的退款说明。11月10日涉及300位客户，我们正在全力处理。"),
        ("self_protection", "关于警惕“代理退息”骗局的提示。近期有人冒充我公司工作人员。"),
        ("official_channel", "近期有人伪造“木棉湾消费金融”公章，请通过正规渠道办理。"),
        ("notice_contact", "近期有人伪造“木棉湾消费金融”公章，要求缴纳解冻费。"),
        ("existing_contracts", "12月20日将更新《砚舟借款服务协议》，涉及全部借款客户。"),
        ("leak_kinds", "11月3日发现客户信息泄露，涉及1200位客户，不涉及密码。"),
    ],
)
def test_what_a_notice_leaves_out_is_asked_for(check: str, notice: str) -> None:
    assert f"disclosure.{check}" in said(notice, NOTICE)


@pytest.mark.parametrize("check", CHECKS.wording, ids=lambda check: check.id)
def test_no_harmless_words_beside_it_excuse_what_a_check_forbids(check: WordingCheck) -> None:
    """Whatever the checks were narrowed for stands behind a forbidden example, in the same sentence."""
    excused = [
        (example, words)
        for example in check.examples.caught
        for _, _, words in HARMLESS
        if check.id not in said(f"{example}，{words}", check.kinds[0])
    ]
    assert excused == []
