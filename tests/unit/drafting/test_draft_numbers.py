"""Numbers in every notation: what means the same is the same, and nothing else ever is."""

from time import perf_counter

import pytest

from engine.drafting.numbers import is_stated, numbers_in

SAME = [
    ("3000人", "三千人"),
    ("3000人", "3千人"),
    ("3000人", "３０００　人"),
    ("3000人", "3,000名"),
    ("3000人", "3 000 人"),
    ("3000名用户", "叁仟位用户"),
    ("3200元", "三千二百元"),
    ("3200元", "三千二元"),
    ("3200元", "叁仟贰佰元"),
    ("3200元", "¥3200"),
    ("36.8万元", "三十六万八千元"),
    ("36.8万元", "368000元"),
    ("1.2亿元", "一亿二千万元"),
    ("2万余人", "两万余人"),
    ("2万余人", "20000多人"),
    ("30%", "三成"),
    ("30%", "百分之三十"),
    ("30%", "３０％"),
    ("0.3%", "千分之三"),
    ("12人", "⑫人"),
    ("2026年3月18日", "二〇二六年三月十八日"),
    ("2026年3月18日", "3月18号"),
    ("2026年3月18日", "2026-03-18"),
    ("2026年3月18日", "三月"),
    ("3月18日9时20分", "9:20"),
    ("3月18日15时30分", "下午三点半"),
    ("24小时内", "二十四小时以内"),
    ("7个工作日", "七个工作日"),
    ("半数用户", "半数用户"),
]
OTHER = [
    ("3000人", "3000元"),
    ("3000人", "30000人"),
    ("3000人", "300人"),
    ("3000人", "三千余人"),
    ("3000人", "近三千人"),
    ("3000人", "超过3000人"),
    ("3000人", "第3000人"),
    ("3000人", "3000人次"),
    ("3000人", "3000"),
    ("3000人", "3000名员工"),
    ("3000人", "数千人"),
    ("3000人", "三千五人"),
    ("30%", "三分之一"),
    ("30%", "30个百分点"),
    ("50%", "半数"),
    ("50%", "过半"),
    ("35天", "三五天"),
    ("2300笔", "2300起"),
    ("数千人", "数千元"),
    ("3月18日", "2026年3月18日"),
    ("2026年3月18日", "3月19日"),
    ("2026年3月18日", "2025年3月18日"),
    ("3月18日", "18日内"),
    ("3个月", "3月"),
    ("9时20分", "9小时20分钟"),
    ("9时20分", "21时20分"),
    ("24小时", "24小时内"),
    ("3-5天", "3天"),
]
FIGURELESS = [
    "半数",
    "一半",
    "过半",
    "大半",
    "多数",
    "少数",
    "绝大多数",
    "大部分",
    "近百人",
    "近千户",
    "数千",
    "数百笔",
    "上百",
    "上万人",
    "几十名",
    "十几人",
    "十余起",
    "百余人",
    "万余元",
    "两三天",
    "三五个",
    "七八百",
    "翻倍",
    "翻番",
    "翻了一番",
    "成倍",
    "若干",
    "个别用户",
    "大量",
    "众多",
    "无数",
    "几名",
    "多名",
    "多次",
    "多家",
    "成千上万",
    "俩人",
    "半价",
    "腰斩",
    "三分之一",
    "五折",
    "一名用户",
    "一起投诉",
    "一次",
    "一百五",
    "二〇二六",
    "壹佰",
    "½",
    "Ⅲ",
    "廿日",
    "昨日",
    "今天",
    "本月初",
    "上周五",
    "月底",
    "年内",
    "三月",
    "周一",
    "凌晨",
    "下旬",
    "即日起",
    "3k",
    "5w",
    "two",
    "hundred",
]
NO_NUMBER = [
    "第一时间核查",
    "一直关注",
    "一律从严",
    "一定",
    "一并说明",
    "一致",
    "一旦",
    "第三方机构",
    "三方核对",
    "十分抱歉",
    "万分抱歉",
    "万一遇到",
    "千万不要转账",
    "进一步说明",
    "统一答复",
    "逐一核对",
    "唯一渠道",
    "每一位用户",
    "任何一方",
    "这一情况",
    "同一问题",
    "一对一沟通",
    "一如既往",
    "一般情况",
    "一切渠道",
    "百姓",
    "二维码",
    "双方",
    "一起面对",
    "下一步安排",
    "近日",
    "近期",
    "日前",
    "目前",
    "部分用户",
    "有关部门",
    "全体同事",
]


@pytest.mark.parametrize(("known", "said"), SAME)
def test_the_same_number_in_another_notation_is_known(known: str, said: str) -> None:
    found = numbers_in(said)
    assert found
    assert all(is_stated(number, numbers_in(known)) for number in found)


@pytest.mark.parametrize(("known", "said"), OTHER)
def test_another_number_is_never_taken_for_a_known_one(known: str, said: str) -> None:
    assert any(not is_stated(number, numbers_in(known)) for number in numbers_in(said))


@pytest.mark.parametrize("words", FIGURELESS)
def test_words_for_numbers_are_numbers(words: str) -> None:
    found = numbers_in(f"目前{words}")
    assert found
    assert not any(is_stated(number, numbers_in("3000人，50%")) for number in found)


@pytest.mark.parametrize("words", NO_NUMBER)
def test_idioms_with_a_numeral_are_no_numbers(words: str) -> None:
    assert numbers_in(words) == ()


def test_the_place_of_a_number_is_that_of_the_text_as_it_was_typed() -> None:
    text = "涉及½、㈢和３　０００ 人，另有叁佰元"
    for number in numbers_in(text):
        assert text[number.start : number.end].strip() == text[number.start : number.end]
    assert [text[number.start : number.end] for number in numbers_in(text)] == ["½", "㈢", "３　０００ 人", "叁佰元"]


@pytest.mark.parametrize("piece", ["一", "3", "1,2.", "二〇", "三 ", "十万", "壹", "近", "3" + " " * 99])
def test_a_hostile_length_is_read_in_time(piece: str) -> None:
    started = perf_counter()
    numbers_in(piece * (10_000 // len(piece)))
    assert perf_counter() - started < 2, "linear in the length; quadratic would take minutes"
