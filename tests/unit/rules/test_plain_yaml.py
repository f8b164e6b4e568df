"""What a YAML text may be: everything else is refused in Chinese, with its line, and quickly."""

from contextlib import suppress

import pytest

from knowledge.document import parse_document as parse_knowledge
from knowledge.errors import BadKnowledgeError
from plain_yaml import OTHER, RULE, Limits
from rules.case_text import render_case
from rules.cases import Case
from rules.document import parse_document
from rules.errors import BadRulesError
from rules.text_edit import TextEditError, set_value

HOSTILE = [
    "x: !!timestamp abc",
    "x: !!bool abc",
    "x: !!int ''",
    "x: !!float ''",
    'x: !!binary "é"',
    "x: !!set {a}",
    "x: !!python/object:os.system x",
    "x: 2024-02-31",
    "x: " + "1" * 5000,
    "x: 0x" + "f" * 5000,
    "x: " + "1:" * 3000 + "1",
    "x: 2001-12-14t21:59:43.10-99:99",
    'x: "\\ud800"',
    "x: \ud800",
    "? [a]\n: b",
    "? {a: b}\n: c",
    "<<: {a: 1}",
    "x: &a [1]\ny: *a",
    "x: &a [*a]",
    "x: %a",
    'x: "a',
    "x: [a",
    "a: 1\n---\nb: 2",
    "x: " + "[" * 9000,
    "x: " + "[" * 100 + "]" * 100,
    "".join(f"{' ' * depth}a:\n" for depth in range(200)),
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:24]))
def test_what_nobody_would_write_is_refused_in_chinese(text: str) -> None:
    text = f"# 说明\n{text}\n"
    found: list[str] = []
    try:
        found += [fault.message for fault in parse_document("a.yaml", text).faults]
    except BadRulesError as bad:
        found += [fault.message for fault in bad.faults]
    with pytest.raises(BadKnowledgeError) as raised:
        parse_knowledge("a.yaml", text)
    found += [fault.message for fault in raised.value.faults]
    assert len(found) >= 2
    assert not [one for one in found if any(word in one for word in ("expected", "found ", "tag:", "while "))]
    assert max(map(len, found)) < 120


def test_a_value_that_cannot_be_read_is_told_at_its_line() -> None:
    with pytest.raises(BadRulesError, match=r"a\.yaml:3 YAML 写法错误：不支持标记"):
        parse_document("a.yaml", "a: 1\nb:\n  c: !!bool x\n")


@pytest.mark.parametrize(
    ("name", "limits"), [("rules/packs/a/b.yaml", RULE), ("", RULE), ("rules/handling.yaml", OTHER)]
)
def test_a_text_beyond_all_measure_is_refused_before_it_is_parsed(name: str, limits: Limits) -> None:
    with pytest.raises(BadRulesError, match="个字符，最多"):
        parse_document(name, "#" * (limits.size + 1))
    with pytest.raises(BadRulesError, match="字段和列表项太多"):
        parse_document(name, "a: 1\n" * (limits.openings + 1))


def test_a_single_equals_sign_is_a_text() -> None:
    assert parse_document("a.yaml", "op: =\n~: x\n1.5: y\n2: z\n").data == {"op": "=", "~": "x", "1.5": "y", 2: "z"}


@pytest.mark.parametrize("bad", ["x: 2024-02-31", "x: !!timestamp a", "x: !!int ''", "x: " + "[" * 2000, "x: [*a]"])
def test_a_form_changes_nothing_in_a_text_that_cannot_be_read(bad: str) -> None:
    text = f"title: 旧名称\n{bad}\n"
    with suppress(TextEditError):
        assert set_value(text, ("title",), "新名称") == text.replace("旧", "新")


@pytest.mark.parametrize("name", ["2024-02-31 这一天", "2024-02-31", "1" * 5000, "!!int ''"])
def test_a_case_with_an_odd_name_is_written_so_that_it_is_read_back(name: str) -> None:
    text = render_case(Case(name=name.ljust(6, "。"), kind="quiet", expect="none", facts={}))
    assert parse_document("a.yaml", text).data[0]["name"] == name.ljust(6, "。")
