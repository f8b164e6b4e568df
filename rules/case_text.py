"""A test case as YAML text, and a test file with one more case: comments and layout stay as they are."""

import json
from datetime import date
from typing import Any

import yaml

from rules.case_series import SeriesStep, say_minutes
from rules.cases import Case, parse_cases
from rules.document import parse_document
from rules.errors import BadRulesError, Fault

FILE = "用例"


def render_case(case: Case, indent: int = 2) -> str:
    """The case as an item of `cases`, ending in a line break."""
    lines = [f"name: {_scalar(case.name)}", f"kind: {case.kind}", f"expect: {case.expect}"]
    lines += [f"misses: {case.misses}"] if case.misses else []
    lines += [f"on: {case.on}"] if case.on else []
    lines += [f"facts: {_flow(case.facts)}"] if case.facts is not None else []
    lines += ["series:", *(f"  - {_flow(_told(step))}" for step in case.series)] if case.series else []
    if case.at:
        lines.append(f"at: {_flow({say_minutes(minute): str(level) for minute, level in case.at.items()})}")
    if case.findings is not None:
        told = ", ".join(_flow({"at": say_minutes(one.at), "level": str(one.level)}) for one in case.findings)
        lines.append(f"findings: [{told}]")
    head, *rest = lines
    space = " " * indent
    return "".join([f"{space}- {head}\n", *(f"{space}  {line}\n" for line in rest)])


def append_case(tests_text: str, case: Case) -> str:
    """The test file with this case as its last one. Raises BadRulesError where the file itself has faults, or writes
    its cases in brackets.
    """
    loaded, faults = parse_cases(FILE, tests_text)
    if loaded is None or faults:
        raise BadRulesError(faults)
    cases = _cases(tests_text)
    if cases.flow_style:
        raise BadRulesError([Fault(FILE, cases.start_mark.line + 1, "cases 请改成每条用例另起一行，以“- ”开头")])
    lines = tests_text.splitlines(keepends=True)
    after = _last_line(cases) + 1
    before = "".join(lines[:after])
    known = {one.name for one in loaded.cases}
    named = case.model_copy(update={"name": _unused(case.name, known)})
    gap = "" if before.endswith("\n") else "\n"
    return before + gap + render_case(named, cases.start_mark.column) + "".join(lines[after:])


def _cases(text: str) -> yaml.SequenceNode:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)  # noqa: S101 - it was read as a test file
    found = next(value for key, value in root.value if key.value == "cases")
    assert isinstance(found, yaml.SequenceNode)  # noqa: S101 - likewise
    return found


def _last_line(node: yaml.Node) -> int:
    """The line (from 0) on which a node's last word stands; a block's own end lies after the blank lines below it."""
    if isinstance(node, yaml.CollectionNode) and node.value and not node.flow_style:
        last = node.value[-1]
        return _last_line(last[1] if isinstance(last, tuple) else last)
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return int(node.start_mark.line) + len(node.value.splitlines())
    return int(node.end_mark.line)


def _unused(name: str, known: set[str]) -> str:
    numbers = range(2, len(known) + 3)
    return next(one for one in (name, *(f"{name}（{number}）" for number in numbers)) if one not in known)


def _told(step: SeriesStep) -> dict[str, Any]:
    """What a step says that is not understood anyway; durations as people write them."""
    fields = step.model_dump(mode="json", exclude_defaults=True)
    return {"at": say_minutes(step.at)} | fields


def _flow(value: Any) -> str:
    if isinstance(value, dict):
        # A lone number in `mentions` would be read as one, and `0x6` as a hexadecimal one.
        said = (f"{key}: {json.dumps(one) if key == 'mentions' else _flow(one)}" for key, one in value.items())
        return "{" + ", ".join(said) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(one) for one in value) + "]"
    if isinstance(value, str):
        return _scalar(value)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    return str(value) if isinstance(value, date) else f"{value:.15g}"


def _scalar(text: str) -> str:
    """A text as YAML reads it back, in quotes only where it must be."""
    plain = not any(char in "{}[],&*#?|<>=!%@`:\"'\n\\" for char in text) and text == text.strip()
    if plain and not text.startswith(("-", "~", "_")) and _reads_back(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _reads_back(text: str) -> bool:
    try:
        return bool(parse_document(FILE, f"a: {text}").data == {"a": text})
    except BadRulesError:
        return False
