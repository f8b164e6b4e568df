"""Copies, cut copies and reposts are one group; different texts are not."""

from hypothesis import given
from hypothesis import strategies as st

from engine.model import Realm
from engine.scoring.near_duplicates import MemoryIndex, group_of, signature, similarity

ORIGINAL = (
    "在平台借款一万元，放款当天先扣走一千二百元评估服务费，合同里一个字都没写，客服说这是第三方收的，退不了，请大家注意"
)
OTHER = "早上八点开始登录不上去，一直提示系统繁忙，今天是还款日，再不恢复就要算逾期了，技术到底什么时候修好"


def groups(*texts: str) -> list[str]:
    index = MemoryIndex()
    return [group_of(f"m{n}", text, Realm.live, index) for n, text in enumerate(texts)]


def test_a_copy_with_other_decoration_is_in_the_group() -> None:
    decorated = f"#曝光台# {ORIGINAL}！！[怒]  @某某 http://t.cn/Abc123"
    assert groups(ORIGINAL, decorated) == ["m0", "m0"]


def test_a_repost_chain_belongs_to_its_original() -> None:
    assert groups(ORIGINAL, f"太过分了//@路人:转发微博//@小王:{ORIGINAL}") == ["m0", "m0"]


def test_another_matter_is_another_group() -> None:
    assert groups(ORIGINAL, OTHER) == ["m0", "m1"]


def test_a_small_change_stays_in_the_group() -> None:
    assert groups(ORIGINAL, ORIGINAL.replace("一千二百", "一千三百")) == ["m0", "m0"]


def test_very_short_texts_group_only_when_equal() -> None:
    assert groups("骗子", "骗子！", "骗子啊") == ["m0", "m0", "m2"]


def test_a_realm_never_sees_another() -> None:
    index = MemoryIndex()
    group_of("m0", ORIGINAL, Realm.demo, index)
    assert group_of("m1", ORIGINAL, Realm.live, index) == "m1"


def test_the_most_similar_group_is_taken_and_ties_go_to_the_smallest_id() -> None:
    index = MemoryIndex()
    for name in ("b", "a"):
        index.add(name, signature(ORIGINAL), Realm.live)
    assert group_of("m", ORIGINAL, Realm.live, index) == "a"


def test_signatures_do_not_change_between_runs() -> None:
    assert signature(ORIGINAL).bands[:2] == ("63cfd648fd398ce3", "8235d7c15d96f177")


@given(st.text(max_size=300))
def test_any_text_has_a_signature_and_is_like_itself(text: str) -> None:
    mine = signature(text)
    assert mine.bands
    assert similarity(mine.minhash, signature(text).minhash) == 1.0
