"""A template's faults are all found, each with its line and in Chinese."""

from pathlib import Path

import pytest

from engine.drafting.template_check import check_template
from engine.drafting.template_program import LiteralPart, SlotPart, load_template, parts_of, split_pattern
from engine.errors import InputError

SOURCE = (Path(__file__).parent / "templates" / "formal.yaml").read_text(encoding="utf-8")
HOLDING = (Path(__file__).parent / "templates" / "holding.yaml").read_text(encoding="utf-8")


def faults(source: str) -> list[str]:
    return [str(fault) for fault in check_template(load_template(source), source, "formal.yaml")]


def line(words: str, source: str = SOURCE) -> int:
    return next(number for number, text in enumerate(source.splitlines(), 1) if words in text)


def test_a_body_reads_as_literals_and_slots_in_order() -> None:
    parts = parts_of(load_template(SOURCE), ())
    assert parts[0] == LiteralPart("关于", "literal:0")
    assert isinstance(parts[1], SlotPart)
    assert parts[1].name == "product"
    rebuilt = "".join(part.text if isinstance(part, LiteralPart) else f"{{{{{part.name}}}}}" for part in parts)
    assert rebuilt == load_template(SOURCE).body.strip()


def test_a_slot_knows_the_words_of_its_sentence() -> None:
    part = next(
        part for part in parts_of(load_template(SOURCE), ()) if isinstance(part, SlotPart) and part.name == "amount"
    )
    assert (part.before, part.after) == ("，金额合计", "")


def test_a_good_template_has_no_fault() -> None:
    assert faults(SOURCE) == []
    assert faults(HOLDING) == []


@pytest.mark.parametrize(
    ("old", "new", "message", "at"),
    [
        ("{{count}}，", "{{nowhere}}，", "正文用到未定义的填空“nowhere”", "{{count}}，"),
        ("金额合计{{amount}}", "金额合计", "填空“amount”没有在正文中用到", "body:"),
        ("{{company}}\n", "{{company}\n", "填空标记没有写完整", "  {{company}}"),
        ("{{company}}\n", "{{}}\n", "填空标记没有写完整", "  {{company}}"),
        ('"我们已{measure}"', '"我们已{cause}"', "未列入 cites 的事实“cause”", '"我们已{measure}"'),
        ('"我们已{measure}"', '"我们已{mesure}"', "不是已定义的事实键", '"我们已{measure}"'),
        ('"我们已{measure}"', '"我们已{measure"', "花括号不成对", '"我们已{measure}"'),
        ('"我们已{measure}"', '"我们在3天内{measure}"', "含有数字", '"我们已{measure}"'),
        ('"我们已{measure}"', '"我们在三天内{measure}"', "含有数字", '"我们已{measure}"'),
        ("[接到反映后, 了解情况后]", "[接到反映后, 我们没有]", "含有否定词", "[接到反映后"),
        ("[接到反映后, 了解情况后]", "[接到反映后, 由于疏忽]", "含有原因", "[接到反映后"),
        ("[接到反映后, 了解情况后]", "[接到反映后, 我们承诺]", "含有承诺", "[接到反映后"),
        ("[接到反映后, 了解情况后]", "[接到反映后, 接到反映后]", "重复", "[接到反映后"),
        ("max_chars: 800", "max_chars: 50", "已超过上限 50 字", "body:"),
        ("关于{{product}}", "【待核实：利率】{{product}}", "不能自带【待核实】", "body:"),
    ],
)
def test_each_fault_is_said_with_its_line(old: str, new: str, message: str, at: str) -> None:
    assert old in SOURCE
    found = [fault for fault in faults(SOURCE.replace(old, new)) if message in fault]
    assert len(found) == 1
    assert found[0].startswith(f"formal.yaml:{line(at)} ")


def test_all_faults_are_shown_at_once() -> None:
    source = SOURCE.replace('"我们已{measure}"', '"我们已{cause}"').replace("金额合计{{amount}}", "金额合计")
    assert len(faults(source)) == 2


def test_a_holding_statement_may_not_ask_for_facts() -> None:
    source = HOLDING.replace("fact: company}", "fact: amount}")
    assert any("应急声明不能引用需要确认的事实" in fault for fault in faults(source))


def test_too_many_combinations_are_refused_before_they_are_built() -> None:
    phrases = ", ".join(f"短语{letter}" for letter in "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳")
    source = SOURCE.replace("[接到反映后, 了解情况后]", f"[{phrases}]").replace(
        '"{phrases}，我们已{measure}"', '"{phrases}，{phrases}，{phrases}，我们已{measure}"'
    )
    assert any("组合超过" in fault for fault in faults(source))


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("id: [", "YAML 不合规"),
        ("a: &x 1\nb: *x", "引用"),
        ("id: a\nid: b", "重复"),
        ("[" * 100, "嵌套过深"),
        (SOURCE.replace("channel: wechat", "channel: radio"), r"t.yaml:6 .*channel"),
        (SOURCE + "extra: 1\n", "extra"),
    ],
)
def test_text_that_is_no_template_is_refused_with_its_place(source: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_template(source, "t.yaml")


def test_a_pattern_reads_as_steps() -> None:
    kinds = [(step.text, step.fact, step.phrase) for step in split_pattern("{phrases}，已{measure}")]
    assert kinds == [("", None, True), ("，已", None, False), ("", "measure", False)]
