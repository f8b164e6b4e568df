"""The shipped checks: no fault, bounded, and as good on the labelled passages as the handbook says."""

import time
from pathlib import Path

import pytest

from engine.precheck.folding import fold
from engine.precheck.lint import lint
from engine.precheck.loader import BUNDLED, bundled_checks, load_checks
from engine.precheck.matching import find
from engine.precheck.measuring import PARTS, figures, judge, load_passages, unlearned
from engine.precheck.model import TextKind
from engine.precheck.patterns import pattern_fault
from knowledge.errors import BadKnowledgeError
from knowledge.loader import load_knowledge

CHECKS = bundled_checks()
RATES = "年化利率（单利）7.2%-24%，除利息外不收取其他费用，贷款由澄禾消费金融有限公司发放，额度以审批为准，请理性借贷。"


def said(text: str, kind: TextKind = TextKind.advert) -> set[str]:
    return {match.check.id for match in find(fold(text), kind, CHECKS)}


def test_the_shipped_checks_have_no_fault() -> None:
    assert lint(CHECKS, load_knowledge().regulations) == ()
    assert {check.category for check in CHECKS.checks} >= {"fee_dispute", "interest_dispute", "privacy_leak"}


ORDINARY = ("eighth_dev", "eighth_held_out", "ninth_dev", "ninth_held_out")
UNLEARNED = ("independent", "unfitted", "fifth_held_out", "sixth_dev", "sixth_held_out", "seventh", *ORDINARY)
SURROUNDINGS = Path(__file__).with_name("surroundings.txt")


@pytest.mark.parametrize("part", [part for part in PARTS if part not in UNLEARNED])
def test_the_labelled_passages_are_judged_as_well_as_the_goal_says(part: str) -> None:
    passages = load_passages(part)
    found = figures(judge(passages, CHECKS))
    assert found.clean * 2 >= found.passages
    assert found.missing_recall >= 0.9
    assert found.false_passages <= 0.1
    assert found.false_findings <= 0.1


def test_passages_of_an_author_who_knew_no_pattern_are_judged_no_worse_than_the_handbook_says() -> None:
    """On the unlearned half 2 of 10 clean passages are flagged: not what the goal asks, and not to get worse."""
    found = figures(judge(unlearned(), CHECKS))
    assert found.missing_recall >= 0.93
    assert found.false_passages <= 0.2
    assert found.false_findings <= 0.1
    whole = figures(judge(load_passages("independent"), CHECKS))
    assert whole.missing_recall >= 0.95
    assert whole.false_passages <= 0.1


def test_passages_written_before_the_checks_were_changed_are_judged_no_worse_than_the_handbook_says() -> None:
    found = figures(judge(load_passages("unfitted"), CHECKS))
    assert found.missing_recall >= 0.95
    assert found.false_passages <= 0.14


def test_the_unlearned_half_of_the_fifth_set_is_judged_no_worse_than_the_handbook_says() -> None:
    """The goal of 0.9 for missing disclosures is met; 4 of 25 clean passages are flagged, more than a tenth."""
    found = figures(judge(load_passages("fifth_held_out"), CHECKS))
    assert (found.passages, found.clean) == (50, 25)
    assert found.missing_recall >= 0.93
    assert found.false_passages <= 0.16
    assert found.false_findings <= 0.16


def test_the_sixth_set_of_which_nothing_is_learned_is_judged_no_worse_than_the_handbook_says() -> None:
    """The goal of 0.9 for missing disclosures is met; 44 of 120 clean passages are flagged, far more than a tenth."""
    found = figures(judge((*load_passages("sixth_dev"), *load_passages("sixth_held_out")), CHECKS))
    assert (found.passages, found.clean) == (200, 120)
    assert found.missing_recall >= 0.92
    assert found.false_passages <= 0.37


def test_ordinary_material_of_two_authors_is_judged_no_worse_than_the_handbook_says() -> None:
    """94 of 107 missing disclosures are found, 17 of 120 clean passages flagged: near the goals, and short of both."""
    found = figures(judge([one for part in ORDINARY for one in load_passages(part)], CHECKS))
    assert (found.passages, found.clean) == (240, 120)
    assert found.missing_recall >= 0.87
    assert found.wording_recall >= 0.9
    assert found.false_passages <= 0.15


def test_ways_of_saying_things_that_were_sought_on_purpose_are_judged_no_worse_than_the_handbook_says() -> None:
    found = figures(judge(load_passages("seventh"), CHECKS))
    assert found.missing_recall >= 0.8
    assert found.false_passages <= 0.51


def test_what_stands_around_a_promise_or_looks_like_a_disclosure_does_not_hide_it() -> None:
    """575 sentences of a review, each with what the checks find in it: no change may let one through unseen."""
    lines = [line for line in SURROUNDINGS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    told = [line.split(" | ", 2) for line in lines]
    lost = [(kind, ids, text) for kind, ids, text in told if not set(ids.split()) <= said(text, TextKind(kind))]
    assert len(told) > 500
    assert lost == []


def test_advice_that_was_given_is_not_counted_as_overlooked_nor_as_wrong() -> None:
    passage = load_passages("development")[0].model_copy(
        update={"text": f"名额有限，手慢无。最高可借20万。{RATES}", "missing": (), "wording": ("pressure",)}
    )
    one = judge([passage], CHECKS)[0]
    assert (one.overlooked, one.wrong) == (frozenset(), frozenset())


@pytest.mark.parametrize(
    "lesson",
    [
        "理财公开课第五讲：别拿信用贷去凑首付，先存后花。讲师周四晚在视频号直播，不卖产品。",
        "影音会员每月19元，可随时退订。这项会员和借款没有关系，开不开通都不影响您的审批、额度和利率。",
        "校园招聘：风控、客服岗位，负责审核借款申请，请投递简历。",
        "本期账单将自动扣款，请提前存入足额款项，避免影响您的借款额度。",
    ],
)
def test_a_text_of_another_genre_that_mentions_credit_owes_no_disclosure(lesson: str) -> None:
    assert {one for one in said(lesson) if one.startswith("disclosure.")} <= {"disclosure.membership_cost"}


@pytest.mark.parametrize(
    "pitch", ["公开课结束后，点击领取借款额度，最高20万。", "反诈小贴士看完了？急用钱就来，三分钟到账，人人可贷。"]
)
def test_a_lesson_that_ends_in_an_offer_owes_every_disclosure_of_an_offer(pitch: str) -> None:
    due = ("annual_rate", "total_cost", "lender", "eligibility", "risk_reminder")
    assert said(pitch) >= {f"disclosure.{one}" for one in due}


@pytest.mark.parametrize(
    ("pitch", "caught"),
    [
        ("小禾借款秒批到账，我们不做虚假宣传。", "instant_approval"),
        ("百分百下款，看着额度涨上去。", "guaranteed_approval"),
        ("黑户也能借，我们绝不提供高息贷款。", "ignore_credit"),
        ("小禾借款秒批到账手续都没有。", "instant_approval"),
        ("防范诈骗提示：\n今天到小禾借钱吧。秒批到账。百分百下款。黑户也能借。", "guaranteed_approval"),
    ],
)
def test_what_stands_beside_a_forbidden_promise_does_not_excuse_it(pitch: str, caught: str) -> None:
    assert f"wording.{caught}" in said(pitch)


@pytest.mark.parametrize(
    "pitch",
    [
        "谨防上当，我们百分百下款。",
        "警惕高利贷！我们承诺百分百下款。",
        "远离套路，来小禾百分百下款。",
        "看穿套路，选择小禾百分百下款。",
    ],
)
def test_a_warning_of_others_does_not_excuse_ones_own_promise(pitch: str) -> None:
    assert "wording.guaranteed_approval" in said(pitch)


@pytest.mark.parametrize(
    "warning",
    [
        "谨防诈骗，我们从不承诺百分百下款。",
        "警惕骗子说我们百分百下款。",
        "有人打着小禾的旗号，说选择他们就百分百下款，请报警。",
        "遇到自称我们员工、承诺百分百下款的，请报警。",
    ],
)
def test_a_warning_of_promises_that_others_make_is_none(warning: str) -> None:
    assert "wording.guaranteed_approval" not in said(warning)


def test_loose_words_are_no_disclosures() -> None:
    loose = (
        "最高20万，立即申请借款。可能是最贴心的平台。花钱别小气。没有费用门槛。绑定本地商业银行卡即可提现。价格优惠10%"
    )
    assert said(loose) >= OFFER_DUE


QUIZ = "反诈问答：下面哪句是骗子说的？A“黑户也能下款”B“不看征信秒到账”C“先交保证金再放款”。全都是！"


def test_forbidden_words_that_a_lesson_on_fraud_quotes_are_cited_and_those_of_a_pitch_are_not() -> None:
    assert said(QUIZ) == set()
    assert said(QUIZ.replace("“", "").replace("”", "")) >= {"wording.ignore_credit", "wording.instant_approval"}
    assert "wording.instant_approval" in said("骗子才让您等！岚舟借最高可借20万，“秒批秒到账”，点击领取额度。")


OFFER_DUE = {f"disclosure.{one}" for one in ("annual_rate", "total_cost", "lender", "eligibility", "risk_reminder")}


@pytest.mark.parametrize(
    "pitch",
    [
        "小禾快贷，“百分百下款”“秒批秒到账”，详询客服办理。温馨提示：提高防骗意识。",
        "温馨提示：提高防骗意识。小禾快贷，“百分百下款”“秒批秒到账”，有事请联系我们。",
        "谨防诈骗！小禾借钱，“百分百下款”“秒批”，欢迎咨询。",
        "防骗小贴士：手头紧找小禾分期，“百分百下款”“秒批”，来电咨询办理。",
    ],
)
def test_a_stock_warning_makes_no_citation_of_the_promises_of_an_offer(pitch: str) -> None:
    found = said(pitch)
    assert found >= OFFER_DUE
    assert "wording.guaranteed_approval" in found


def test_a_stock_warning_makes_no_lesson_of_an_offer() -> None:
    assert said("手头紧？每期几十元，慢慢付。温馨提示：谨防冒充客服的诈骗。") >= OFFER_DUE


@pytest.mark.parametrize(
    "lesson",
    [
        "骗子常说的话术：\n1. “百分百下款”；\n2. “秒批秒到账”；\n3. “不看征信”。",
        "温馨提示：骗子常说这些话。“百分百下款”“秒批秒到账”。",
    ],
)
def test_a_list_behind_the_sentence_that_tells_whose_words_they_are_is_cited(lesson: str) -> None:
    assert said(lesson) == set()


def test_a_citation_is_told_before_it_and_near() -> None:
    told, apart = "骗子常用话术有这些。", "本店今天营业。"
    assert "wording.guaranteed_approval" not in said(f"{told}“百分百下款”。")
    assert "wording.guaranteed_approval" in said(f"{told}{apart}“百分百下款”。")
    assert "wording.guaranteed_approval" in said(f"“百分百下款”。{apart}{told}")


@pytest.mark.parametrize(
    "pitch",
    [
        "家里老人住院押金不够？岚舟借陪您先渡过这一关，打开小程序，填三项就知道能拿多少。",
        "岚舟分期，让喜欢的东西先到家。手机、电脑、空调，统统可以慢慢付。",
        "小贴士：双十一凑单不够？岚舟借来补，最高免30天利息。",
    ],
)
def test_an_offer_that_names_neither_amount_nor_rate_owes_every_disclosure_of_an_offer(pitch: str) -> None:
    due = ("annual_rate", "total_cost", "lender", "eligibility", "risk_reminder")
    assert said(pitch) >= {f"disclosure.{one}" for one in due}


@pytest.mark.parametrize(
    "notice",
    [
        "致同行十年的你：第六年系统宕机四个小时，我们给每一位打不通电话的人都回拨过去。",
        "投资者问答。问：上半年系统中断对业绩有没有影响？答：没有。问：利率下调后息差如何？答：略有收窄。",
        "【岚舟借】您的退款申请已受理，预计3个工作日内退回尾号1234的银行卡，如有疑问请拨客服热线。",
        "客户李先生的表扬信，我们收到了。小陈帮他算清了三笔重复的账，退回了46元。",
    ],
)
def test_an_announcement_that_only_tells_of_an_incident_owes_nothing(notice: str) -> None:
    assert said(notice, TextKind.announcement) == set()


@pytest.mark.parametrize(
    ("notice", "stock"),
    [
        ("还款页面白屏打不开，请稍后再试。", "提示：谨防冒充客服诈骗。"),
        ("会员费调整为每月12元。", "感谢您陪伴。"),
        ("登录一直失败，我们正在查。", "请提高警惕，谨防诈骗。"),
        ("误扣的服务费将退回原卡。", "衷心感谢大家多年来的支持。"),
        ("登录页面无法打开，给您添麻烦了。", "温馨提示：请勿相信冒充客服的人。感谢您三年来的陪伴。"),
    ],
)
def test_a_closing_hint_or_thanks_takes_no_duty_from_an_announcement(notice: str, stock: str) -> None:
    due = said(notice, TextKind.announcement)
    assert due >= {"disclosure.notice_contact", "disclosure.notice_time"}
    assert said(f"{notice}{stock}", TextKind.announcement) == due


@pytest.mark.parametrize(
    "notice",
    [
        "谨防冒充客服诈骗。App打不开，请稍后再试。",
        "公司成立十周年之际，平台服务费上调为每笔20元。",
    ],
)
def test_an_incident_of_ours_keeps_its_duties_in_any_genre(notice: str) -> None:
    due = {f"disclosure.notice_{one}" for one in ("contact", "time", "scope")}
    assert said(notice, TextKind.announcement) >= due


@pytest.mark.parametrize(
    "notice",
    [
        "谨防诈骗：骗子谎称还款页面打不开，诱导您转账。官方热线见App首页。",
        "十周年来信：三年前的那个夜里，系统宕机四个小时，同事们守到天亮。",
        "谨防诈骗！若还款页面打不开，请拨打官方热线。",
        "近期有骗子冒充客服。他们的理由是App打不开，要您转到安全账户。切勿转账，官方热线见App首页。",
        "致老客户的一封信：那年App崩溃，我们连夜修好。",
        "年报：年费由99元调整为89元，带来客户数增长。",
        "凡自称客服、说您的账户无法还款的，都是诈骗，请挂断。",
    ],
)
def test_an_incident_that_a_swindler_claims_or_a_letter_remembers_owes_nothing(notice: str) -> None:
    assert said(notice, TextKind.announcement) == set()


@pytest.mark.parametrize(
    ("notice", "missing"),
    [
        ("6月1日我们发现500名客户的资料被外部下载，已报警。请勿传谣。请致电热线。", "self_protection"),
        ("6月1日我们发现500名客户的资料被外部下载，已报警。请勿透露姓名、银行卡号。请致电热线。", "leak_kinds"),
        ("近日有人冒充我司官方客服行骗，请勿转账，请直接报警。", "official_channel"),
        ("今天9点系统故障，还款失败，已修复。客服热线打不通，请谅解。", "notice_contact"),
        ("今天9点系统故障，还款失败，正在全力恢复，恢复时间另行通知。请致电客服。", "notice_remedy"),
        ("【岚舟借】今天9点系统繁忙，部分功能暂时无法使用，10点已修复。请致电客服。", "notice_scope"),
    ],
)
def test_words_that_only_look_like_a_disclosure_do_not_make_it(notice: str, missing: str) -> None:
    assert f"disclosure.{missing}" in said(notice, TextKind.announcement)


def test_a_free_settlement_and_working_days_are_no_penalty_rate() -> None:
    text = "借款合同：本金5000元，逾期由我司员工联系您。提前还清免违约金｜投诉：热线，7个工作日内答复。"
    assert "disclosure.penalty" in said(text, TextKind.contract)
    assert "disclosure.penalty" not in said(f"{text}逾期每日加收0.05%。", TextKind.contract)


def test_an_answer_that_stands_behind_its_question_makes_the_disclosure() -> None:
    text = "借款本金9000元。问：谁会打电话？答：只有我们员工打给您。问：我的信息呢？答：您没单独点头，不给别人。"
    found = said(text, TextKind.contract)
    assert not found & {"disclosure.collection", "disclosure.information_sharing"}


def test_a_full_advert_is_clean_and_each_sentence_taken_away_is_missed() -> None:
    assert said(f"小禾分期最高可借20万。{RATES}") == set()
    for part, name in (
        ("年化利率（单利）7.2%-24%，", "annual_rate"),
        ("除利息外不收取其他费用，", "total_cost"),
        ("贷款由澄禾消费金融有限公司发放，", "lender"),
        ("额度以审批为准，", "eligibility"),
        ("请理性借贷。", "risk_reminder"),
    ):
        assert said(f"小禾分期最高可借20万。{RATES.replace(part, '')}") == {f"disclosure.{name}"}


@pytest.mark.parametrize(
    "hidden",
    [
        *(
            "秒\u200b批",
            "秒 批",
            "秒\u3000批",
            "秒**批**",
            "秒.批",
            "秒·批",
            "秒<b>批</b>",
            "秒💰批",
            "秒\u202e批",
            "秒\u00ad批",
        ),
        *("秒_批", "秒\u0301批", "秒&批".replace("&", "\ufe0f")),
    ],
)
def test_a_word_is_found_however_it_is_hidden(hidden: str) -> None:
    assert "wording.instant_approval" in said(f"小禾分期，{hidden}，{RATES}")


def test_full_width_and_traditional_spellings_are_the_same_words() -> None:
    assert "wording.ignore_credit" in said("無視徵信，快來申請")
    assert "wording.zero_interest" in said("０利息借款")
    assert "wording.state_backing" in said("國家擔保的產品")
    assert said(f"最高可借２０萬。{RATES.replace('7.2%-24%', '７．２％－２４％')}") == set()


@pytest.mark.parametrize(
    ("text", "speaks"),
    [
        ("我们不承诺秒批", False),
        ("谨防“百分百下款”骗局", False),
        ("“百分百下款”的广告都是骗人的", False),
        ("任何人不得宣传人人可贷", False),
        ("没有抵押也能秒批", True),
        ("拒绝等待，秒批到账", True),
        ("百分百下款，告别套路", True),
        ("我们不承诺最低利率，但是人人可贷", True),
    ],
)
def test_a_denial_or_a_warning_is_clean_and_a_turn_of_phrase_is_not(text: str, *, speaks: bool) -> None:
    promises = {"wording.instant_approval", "wording.guaranteed_approval"}
    assert bool(said(text) & promises) is speaks


def test_a_text_that_is_not_about_credit_owes_no_disclosure() -> None:
    assert said("澄禾App改版上线，界面更清爽，欢迎下载。") == set()
    assert said("积分两年内有效，可兑换礼品。", TextKind.contract) == set()
    assert said("端午节放假三天，祝您安康。", TextKind.announcement) == set()


@pytest.mark.parametrize(
    "hostile",
    [
        "秒批",
        "不",
        "年化",
        "信息资料同意",
        "<b>",
        "秒\u200b",
        "秒 ",
        "秒\n",
        "1",
        "“秒批”",
        "不会秒批",
        "谨防警惕",
        "骗子说：“秒批”。",
    ],
)
def test_a_hundred_thousand_characters_take_less_than_two_seconds(hostile: str) -> None:
    text = (hostile * 100_000)[:100_000]
    started = time.process_time()
    find(fold(text), TextKind.contract, CHECKS)
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "pattern", ["a+b", "a.*b", "(?:ab){2}", "a{3,}", "a{1,99}", "(a)\\1", ".{0,9}a.{0,9}b.{0,9}c", "a(", "(?:a|)"]
)
def test_a_pattern_that_could_run_away_is_refused(pattern: str) -> None:
    assert pattern_fault(pattern)
    assert pattern_fault("日(?:利率|息)[^，\\n]{0,8}\\d{1,2}[+*]") is None


def test_faults_of_a_check_are_told_all_at_once_at_their_lines(tmp_path: Path) -> None:
    good = (BUNDLED / "wording/lowest.yaml").read_text("utf-8")
    (tmp_path / "wording").mkdir()
    (tmp_path / "common.yaml").write_text((BUNDLED / "common.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "wording/lowest.yaml").write_text(good.replace("concern: must", "concern: shall\nextra: 1"), "utf-8")
    (tmp_path / "wording/other.yaml").write_text(good.replace("行业|全国", "行业.*|全国"), "utf-8")
    with pytest.raises(BadKnowledgeError) as refused:
        load_checks(tmp_path)
    told = str(refused.value)
    assert "wording/lowest.yaml:6 字段“concern”不能是“shall”" in told
    assert "wording/lowest.yaml:7 未知字段“extra”" in told
    assert "wording/other.yaml:1 编号“wording.lowest”与文件位置不符" in told
    assert "请写明上限" in told


def test_the_lint_names_what_a_check_refers_to_and_examples_that_misbehave(tmp_path: Path) -> None:
    good = (BUNDLED / "wording/daily_only.yaml").read_text("utf-8")
    (tmp_path / "wording").mkdir()
    (tmp_path / "common.yaml").write_text((BUNDLED / "common.yaml").read_text("utf-8"), "utf-8")
    bad = good.replace("不要被日息万五迷惑", "日息万五，真便宜").replace("reg.loan_rate_display", "reg.loan_rate")
    (tmp_path / "wording/daily_only.yaml").write_text(bad, "utf-8")
    with pytest.raises(BadKnowledgeError, match=r"daily_only.yaml:\d+ 没有“disclosure.annual_rate”"):
        load_checks(tmp_path)
    (tmp_path / "wording/daily_only.yaml").write_text(bad.replace("[disclosure.annual_rate]", "[]"), "utf-8")
    told = "\n".join(map(str, lint(load_checks(tmp_path), load_knowledge().regulations)))
    assert "没有法规“reg.loan_rate”，是否想写“reg.loan_rate_display”？" in told
    assert "示例“日息万五，真便宜”不应查出却查出了" in told
