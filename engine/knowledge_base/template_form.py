"""A template's file as a form: its body, and the approved wordings of each slot."""

from collections.abc import Iterator
from typing import Any, Final

from engine.knowledge_base.forms import (
    Control,
    FormField,
    FormSection,
    field_at,
    mapping,
    optional_field,
    sequence,
    simple_field,
    texts,
)
from knowledge.schema import FACT_TITLES, STRATEGY_TITLES, FactKey
from knowledge.tones import load_tones
from rules.document import Place

_STRATEGIES: Final = {str(key): title for key, title in STRATEGY_TITLES.items()}
_PER_LINE: Final = "每行一条"
_BODY_HINT: Final = (
    "{{名称}} 是填空，名称见下面各节；{{#if 事实键}}…{{/if}} 事实确认后才出现，"
    "{{#unless 事实键}}…{{/unless}} 没有确认时才出现，{{#each 事实键}}…{{/each}} 逐项重复"
)


def template_form(data: dict[str, Any]) -> Iterator[FormSection]:
    """The sections below the head."""
    body = str(data.get("body", "")).rstrip("\n")
    yield FormSection(
        "正文",
        (
            FormField(("body",), "正文", Control.paragraphs, body, _BODY_HINT),
            optional_field(data, "max_chars", "字数上限", Control.number, "strategies"),
            *((simple_field(data, "tone", "语气", Control.choice, options=_tones()),) if "tone" in data else ()),
        ),
    )
    for name, raw in mapping(data.get("slots")).items():
        place, slot = ("slots", str(name)), mapping(raw)
        if slot.get("type") == "choice":
            fields = list(_option_fields((*place, "options"), sequence(slot.get("options"))))
        elif slot.get("type") == "prose":
            cited = "、".join(
                f"{{{key}}} {FACT_TITLES[FactKey(key)]}" for key in texts(slot.get("cites")) if key in set(FactKey)
            )
            fields = [
                FormField(
                    (*place, "patterns"),
                    "句式",
                    Control.lines,
                    texts(slot.get("patterns")),
                    f"{_PER_LINE}；可用 {cited}、{{phrases}} 连接语",
                ),
                FormField(
                    (*place, "phrases"),
                    "连接语",
                    Control.lines,
                    texts(slot.get("phrases")),
                    "每行一条，不能有否定、原因、承诺、数字",
                ),
            ]
        else:
            continue
        yield FormSection(f"填空 {name}", tuple(fields))


def _option_fields(place: Place, options: list[Any]) -> Iterator[FormField]:
    """All options in one field, or one by one where some are made for certain strategies."""
    if not any(isinstance(option, dict) for option in options):
        hint = "每行一种措辞，第一行是不用模型时的写法"
        yield FormField(place, "可选措辞", Control.lines, texts(options), hint)
        return
    for number, option in enumerate(options):
        if not isinstance(option, dict):
            yield FormField((*place, number), f"措辞 {number + 1}", Control.line, str(option), "任何策略下都可用")
            continue
        yield field_at((*place, number), option, "text", f"措辞 {number + 1}", Control.line)
        fits = texts(option.get("strategies"))
        hint = "只在这些策略下可用，选用时排在最前"
        yield FormField(
            (*place, number, "strategies"), f"措辞 {number + 1} 的策略", Control.choices, fits, hint, _STRATEGIES
        )


def _tones() -> dict[str, str]:
    return {str(tone): f"{rule.title}：{rule.meaning}" for tone, rule in load_tones().tones.items()}
