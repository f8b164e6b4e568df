"""What stands beside a threshold of the form."""

from api.web.rule_form import _note


def test_a_fault_is_shown_as_text_whatever_the_file_says() -> None:
    shown = _note('未知字段 "<img src=x onerror=alert(1)>"，请删去', None, None)
    assert "<img" not in shown
    assert "&lt;img" in shown
