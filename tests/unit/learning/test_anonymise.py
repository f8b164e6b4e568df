"""Words of others lose names, numbers and brands, however they are written."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.intake.masking import mask_personal_data
from engine.learning.anonymise import Anonymiser
from engine.scoring.brands import load_registry
from engine.scoring.text import clean
from knowledge.wording import phone_numbers, real_names

REGISTRY = load_registry()
PLAIN = Anonymiser(REGISTRY, "澄禾消费金融", ("林舟", "用户爱吃瓜", "系统"), "安渡消费金融有限公司")
SAID = st.sampled_from(
    [
        *("我叫王小明，", "客服李娜说，", "张女士的", "找赵经理，", "林舟处理的", "@吃瓜群众 看看", "用户爱吃瓜："),
        *("13812345678", "１３８１２３４５６７８", "138-1234-5678", "11010119900307721X", "一三八一二三四五六七八"),
        *("6222021234567890128", "a.b@example.com", "微信号 abc_12345", "工号是8812", "https://t.cn/A6abc"),
        *(
            "澄禾消费金融",
            "澄 禾 消 金",
            "澄禾消費金融",
            "澄\u200b禾APP",
            "小禾借钱",
            "栈桥助贷",
            "豆蔓担保",
            "雁回借款",
        ),
        *(
            "安渡消费金融有限公司",
            "被收会员费99元，",
            "要求退费！",
            "<script>",
            "{{7*7}}",
            "[[[",
            "\u202e",
            "\x00",
            "#",
        ),
    ]
)


@settings(max_examples=100)
@given(st.lists(SAID, max_size=8).map("".join))
@example("https://t.cn/A6abc@吃瓜群众 看看")
def test_nothing_that_names_somebody_is_left(text: str) -> None:
    told = PLAIN(text, 400)
    folded = clean(told).replace(" ", "")
    assert REGISTRY.brands_in(folded) == ()
    assert mask_personal_data(told) == told
    assert phone_numbers(told) == ()
    assert real_names(told) == ()
    for name in ("王小明", "李娜", "张女士", "林舟", "爱吃瓜", "吃瓜群众", "澄禾", "小禾", "栈桥", "8812", "安渡"):
        assert name not in folded
    assert "\n" not in told
    assert not any(char in told for char in "<>{}\u202e\u200b\x00")


@pytest.mark.parametrize(
    "text", ["最近1小时发声账号 10 个，达到 8 个的线", "办理分期时被收取会员费99元，退回36.8万元", "去小禾苗公园散步"]
)
def test_words_that_name_nobody_stay_as_they_are(text: str) -> None:
    assert PLAIN(text) == text


def test_own_and_partner_are_told_apart() -> None:
    assert PLAIN("澄禾App收费，栈桥助贷也收") == "本公司收费，某合作机构也收"
    assert Anonymiser(REGISTRY, "某某小店")("某某小店不退钱") == "某机构不退钱"


def test_a_hundred_thousand_characters_cost_no_time_and_stay_short() -> None:
    assert len(PLAIN("澄禾" * 50_000, 60)) <= 60
