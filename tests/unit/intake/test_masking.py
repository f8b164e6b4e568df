"""Personal data goes, everything that a decision needs stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake import mask_personal_data


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800138000找我", "电话[手机号]找我"),
        ("138 0013 8000", "[手机号]"),
        ("138-0013-8000", "[手机号]"),
        ("1 3 8 0 0 1 3 8 0 0 0", "[手机号]"),
        ("１３８００１３８０００", "[手机号]"),
        ("+86 13800138000", "[手机号]"),
        ("138\u200b0013\u200b8000", "[手机号]"),
        ("2024-01-15 13800138000", "2024-01-15 [手机号]"),
        ("座机0755-26012345", "座机[电话]"),
        ("座机（010）62345678", "座机[电话]"),
        ("身份证11010519491231002X", "身份证[身份证号]"),
        ("身份证 110105 19491231 002x。", "身份证 [身份证号]。"),
        ("2024 11010519491231002X", "2024 [身份证号]"),
        ("卡号6222 0212 3456 7890 128", "卡号[银行卡号]"),
        ("卡号4111 1111 1111 1111已扣", "卡号[银行卡号]已扣"),
        ("４１１１１１１１１１１１１１１１", "[银行卡号]"),
        ("4111111111111111 200元", "[银行卡号] 200元"),
        ("邮箱zhang.san@example.com。", "邮箱[邮箱]。"),
        ("zhang ＠ example.com", "[邮箱]"),
        ("QQ：12345678", "QQ：[QQ号]"),
        ("加扣扣 87654321", "加扣扣 [QQ号]"),
        ("加微信：wxid_abc123", "加微信：[微信号]"),
        ("VX lili2024", "VX [微信号]"),
    ],
)
def test_personal_data_is_replaced(text: str, masked: str) -> None:
    assert mask_personal_data(text) == masked


@pytest.mark.parametrize(
    "text",
    [
        "请拨打400-123-4567或4001234567",
        "95588、95xxx、12378、12315、96110",
        "2024-01-15 13:00扣了13800元",
        "合计13800138000元，约138亿",
        "金额 13800138000 元",
        "2019年12月13日，15,000,000.00元",
        "订单号2024011513800138000123",
        "编号110105194912310021",
        "流水6222 0212 3456 7890 129",
        "http://m.weibo.cn/2406719873/4398517495295351",
        "年化23.99%，36期，每期1380.01",
        "微信支付和微信群里都在传，QQ空间也有",
        "@北京检察 看看",
        "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15",
        "2024-11-13 15:20:30",
    ],
)
def test_hotlines_amounts_dates_and_numbers_survive(text: str) -> None:
    assert mask_personal_data(text) == text


_DIGITS = st.text(alphabet="0123456789０１２３-  Xx@.qQ微信v", max_size=60)


@given(_DIGITS | st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_personal_data(text)
    assert mask_personal_data(once) == once


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(["", " ", "-", "　"]), st.booleans())
def test_every_mobile_number_is_masked_however_grouped(number: str, gap: str, wide: bool) -> None:
    grouped = gap.join([number[:3], number[3:7], number[7:]])
    written = "".join(chr(0xFF10 + int(c)) if wide and c.isdigit() and c.isascii() else c for c in grouped)
    assert mask_personal_data(f"联系{written}谢谢") == "联系[手机号]谢谢"


@given(st.dates().map(str) | st.integers(1, 99_999_999).map(lambda n: f"{n}元"))
def test_no_date_and_no_amount_is_masked(text: str) -> None:
    assert mask_personal_data(f"于{text}扣款") == f"于{text}扣款"


def test_a_long_run_of_digits_is_masked_in_linear_time() -> None:
    assert len(mask_personal_data("1" * 100_000)) == 100_000
