"""What makes a disclosure and what only looks like one: in words that no author of the checks has used before."""

from collections.abc import Mapping

import pytest

from engine.precheck.folding import fold
from engine.precheck.loader import bundled_checks
from engine.precheck.matching import find
from engine.precheck.model import TextKind

CHECKS = bundled_checks()
PITCH = "小禾分期最高可借20万。"
ADVERT = {
    "annual_rate": "年化利率（单利）7.2%-24%，",
    "total_cost": "除利息外不收取其他费用，",
    "lender": "贷款由澄禾消费金融有限公司发放，",
    "eligibility": "额度以审批为准，",
    "risk_reminder": "请理性借贷。",
}
CONTRACT = {
    "total_cost": "除利息外无其他费用，",
    "repayment": "每月20日还款，",
    "penalty": "逾期按日0.05%加收，",
    "early_settlement": "可随时提前结清，",
    "collection": "逾期由我司员工联系您，",
    "complaint": "投诉请打热线，",
    "information_sharing": "向第三方提供信息须经您单独同意。",
}
LOAN = "借款合同：本金5000元，年化单利18%，澄禾消费金融有限公司放款，"


def said(text: str, kind: TextKind = TextKind.advert) -> set[str]:
    return {match.check.id for match in find(fold(text), kind, CHECKS)}


def advert(name: str, words: str) -> str:
    """An advert that makes every disclosure plainly but this one, which it makes in these words."""
    rest = "".join(text for other, text in ADVERT.items() if other != name)
    return f"{PITCH}{rest.rstrip('，。')}。{words}。"


def contract(name: str, words: str) -> str:
    rest = "".join(text for other, text in CONTRACT.items() if other != name)
    return f"{LOAN}{rest.rstrip('，。')}。{words}。"


MADE = {
    "annual_rate": ("annualized 9.9%–19.8%", "年化十二个点", "年化九到二十三，单利"),
    "total_cost": (
        *(
            "总成本=利息，句号",
            "利息即总成本",
            "服务费、担保费一分没有",
            "没有手续费、会员费这些",
            "所有成本都在利息里",
        ),
        *("综合资金成本与年化利率一致", "一年到头就这一项开支", "其他：无", "还收别的吗？不收", "没有第二张收费单"),
        *("您付的就是利息", "不会多收您一分钱", "no other fees", "费用构成：利息100%，其他0%", "只留一种收费：利息"),
    ),
    "lender": ("出钱的是澄禾消费金融有限公司", "钱由澄禾消费金融垫付"),
    "eligibility": (
        *("审批制", "审批独立进行，未通过者会收到说明", "我不能保证你借得到", "也有没批的", "由我们审核后告知"),
        *("每100位申请人里有38位没有通过", "会核您的收入，看完再答复", "存在被拒的可能", "subject to credit approval"),
        *("系统跟审批的同事说了算", "不合适的会如实告诉您", "逐单审核，可能不过", "无其他费用｜以审批为准"),
    ),
    "risk_reminder": (
        *(
            "借多少，先看能还多少",
            "工资多少就借多少，借超了难受的是自己",
            "每月还不上的，更别借",
            "两个人的预算表先列好",
        ),
        *("要是这个月房租都紧张，就先别借了", "月供最好别超过家里收入的三成", "家里没商量好，就先放一放", "量入而出"),
        *("能全款就全款", "请和家人通个气", "不超能力借款", "别再添新债", "借来的总要还", "不为面子借，救急不救穷"),
        *("算好每个月能拿出多少钱还款，再决定借多少", "装修预算先砍一刀，再考虑借多少"),
    ),
}
ONLY_LIKE_IT = {
    "annual_rate": ("日利率0.03%", "月费率0.6%", "一年只要一顿饭钱", "annual fee 0%，月息1%"),
    "total_cost": (
        *(
            "提前还款不收其他费用",
            "放款前不收任何费用",
            "没有手续费",
            "只收利息，服务费另计",
            "逾期不收别的",
            "只看利息",
        ),
        *("全部费用以页面为准", "综合成本以合同为准", "前三期只付利息", "别的平台没有", "没有别的平台那么多费用"),
        *("费用和利息，见合同", "每月要付的利息，以合同为准", "哪家都有利息", "不收服务费，担保费另付", "就这一笔钱"),
    ),
    "lender": ("由合作银行放款", "由多家持牌消费金融公司放款", "资金来自正规持牌机构", "小禾为您放款"),
    "eligibility": (
        *(
            "无需审核",
            "审批快",
            "审核只要一分钟",
            "跳过审核",
            "无需看审批脸色",
            "人工审核已取消",
            "经系统评估，您可借5万元",
        ),
        *("别的平台可能被拒，来找我们", "有人被银行拒了，来我们这", "在别家申请被退回也能来", "恭喜您已通过审核"),
        *(
            "您有授信额度5万元待领取",
            "额度多少由您决定",
            "不查您的征信，提交就有",
            "申请后等待审批即可",
            "别家可能不批",
        ),
    ),
    "risk_reminder": (
        *(
            "别等工资了",
            "手头紧？别犹豫",
            "手头不够，别愁，找小禾",
            "先看看额度再说买什么",
            "谁都还得起",
            "工资多少都能借",
        ),
        *("不用向爸妈借", "别再向朋友借钱", "别借别家的", "拒绝高利贷，选小禾", "凭工资就能借10万", "按收入的十倍借"),
        *("月供控制在99元以内", "先算算月供，每期只要99元", "为您备好应急金", "不要担心还款", "请登录账户管理"),
        *("轻松分期，月月还得起", "预算不够，再考虑借多少", "想好买什么，再决定借多少"),
    ),
}
CONTRACT_MADE = {
    "penalty": ("没扣上的那部分一天收万分之五", "对迟延本金加计年6%", "晚还的钱，按年化24%算", "罚息＝合同利率×1.2"),
    "early_settlement": (
        "任何一天都可以把剩下的还掉",
        "提前履行：借款人有权为之",
        "不想分了可以一次付清余款，还清为止",
        "提前：随时，不收费",
    ),
    "collection": (
        "谁会找您：只有我们自己的工作人员",
        "催款：霜叶客服中心员工",
        "有人来催吗？会有我们的客服打给您本人",
    ),
    "complaint": ("哪里说理：热线、App", "争议可申请行业调解", "您若不满，可找消保办"),
    "information_sharing": ("您的信息我们不外传", "资料要给谁，先问您，您说行才行", "资料都得您亲手按确认"),
}
CONTRACT_ONLY_LIKE_IT = {
    "penalty": ("逾期承担违约责任", "未还本金的2%为提前还款费", "未按时还款影响征信", "逾期上浮计息，具体以系统为准"),
    "early_settlement": (
        "请提前存入还款资金",
        "剩余本金按月归还",
        "剩余额度可循环使用",
        "提前还款以系统提示为准",
        "提前：请致电",
    ),
    "collection": ("逾期请联系公司客服", "我们的客服人员24小时在线", "逾期加收罚息。客服人员在线"),
    "complaint": ("咨询请打热线", "借款人同意本合同", "有意思的活动请看App", "如有纠纷，双方友好协商"),
    "information_sharing": (
        "您的资料请如实填写",
        "信息须您确认真实",
        "资料齐全您签字后放款",
        *(
            "签署本合同，即视为同意将信息提供给合作方",
            "信息可提供给合作方，无需另行征得同意",
            "您同意贷款人将信息提供给合作方",
            "信息提供给合作方，签约即授权",
        ),
    ),
}


def cases(table: Mapping[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(name, words) for name, all_words in table.items() for words in all_words]


@pytest.mark.parametrize(("name", "words"), cases(MADE))
def test_an_advert_makes_a_disclosure_in_words_that_a_colleague_would_use(name: str, words: str) -> None:
    assert said(advert(name, words)) == set()


@pytest.mark.parametrize(("name", "words"), cases(ONLY_LIKE_IT))
def test_words_of_an_advert_that_only_look_like_a_disclosure_make_none(name: str, words: str) -> None:
    assert f"disclosure.{name}" in said(advert(name, words))


@pytest.mark.parametrize(("name", "words"), cases(CONTRACT_MADE))
def test_a_contract_makes_a_disclosure_in_words_that_a_colleague_would_use(name: str, words: str) -> None:
    assert said(contract(name, words), TextKind.contract) == set()


@pytest.mark.parametrize(("name", "words"), cases(CONTRACT_ONLY_LIKE_IT))
def test_words_of_a_contract_that_only_look_like_a_disclosure_make_none(name: str, words: str) -> None:
    assert f"disclosure.{name}" in said(contract(name, words), TextKind.contract)


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("没有会员费、担保费。", set()),
        ("服务费、担保费、会员费均为0。", set()),
        ("没有会员费，加购畅享卡利率打折。", {"membership_cost"}),
        ("会员费没有？开通会员提额更快。", {"membership_cost"}),
        ("除会员费外没有别的费用。", {"membership_cost"}),
        ("不收服务费，担保费由借款人承担。", {"guarantee_cost"}),
        ("无会员费，由豆蔓融资担保提供担保。", {"guarantee_cost"}),
    ],
)
def test_a_fee_that_is_denied_owes_no_price_and_what_is_sold_beside_it_does(words: str, missing: set[str]) -> None:
    found = said(f"{PITCH}{''.join(ADVERT.values())}{words}")
    assert found == {f"disclosure.{name}" for name in missing}
