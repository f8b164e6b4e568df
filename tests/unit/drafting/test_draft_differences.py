"""Two versions of a statement, told as what was kept, taken out and put in."""

from hypothesis import given
from hypothesis import strategies as st

from engine.drafting.differences import differences

WORDS = st.text(alphabet="的我们已退36.8万元【待核实：金额】\n。ab", max_size=40)


@given(WORDS, WORDS)
def test_both_versions_can_be_read_off_the_pieces(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(text for kind, text in pieces if kind != "in") == before
    assert "".join(text for kind, text in pieces if kind != "out") == after
    assert all(text for _, text in pieces)


def test_a_mark_that_was_resolved_is_one_piece_out_and_one_in() -> None:
    found = differences("【说明】涉及【待核实：涉及金额】，我们已致歉。", "【说明】涉及36.8万元，我们已致歉。")
    assert found == (
        ("kept", "【说明】涉及"),
        ("out", "【待核实：涉及金额】"),
        ("in", "36.8万元"),
        ("kept", "，我们已致歉。"),
    )


def test_a_number_is_changed_as_a_whole_and_phrases_are_not_cut_up() -> None:
    assert ("out", "36.8") in differences("合计36.8万元。", "合计368万元。")
    changed = differences("我们正在逐笔核对订单。", "我们正在全面清查记录。")
    assert [kind for kind, _ in changed] == ["kept", "out", "in", "kept"]


def test_the_same_text_has_no_difference() -> None:
    assert differences("同一段话。", "同一段话。") == (("kept", "同一段话。"),)
    assert differences("", "") == ()
