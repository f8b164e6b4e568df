"""docs/scoring.md: how scoring works, and its figures as measured by the last fit."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from engine.model import CATEGORY_TITLES, Category
from engine.scoring.evaluation import (
    Judged,
    category_accuracy,
    category_figures,
    interval,
    macro_f1,
    negative_figures,
    severity_accuracy,
)
from engine.scoring.heads import CATEGORIES

_METHOD: Final = Path(__file__).with_name("method.md")
_BASELINE: Final = (
    "| baseline: embedding + character 1-3-gram TF-IDF + logistic regression, dev | 200 | | | .958 | .879 | | |\n"
    "| the same, complaints (fitted without them) | 300 | | | .877 | .603 | | |\n"
)


@dataclass(frozen=True, slots=True)
class Section:
    """Judged mentions under a title."""

    title: str
    judged: Judged


def report(sections: Sequence[Section]) -> str:
    """The whole document."""
    summary = "".join(_summary_row(section) for section in sections)
    details = "\n".join(_details(section) for section in sections)
    return (
        f"{_METHOD.read_text('utf-8')}\n## Figures\n\nIn brackets: 95% bootstrap interval.\n\n"
        "| mentions | rows | negative precision | recall | F1 | category accuracy | macro-F1 | severity accuracy |\n"
        f"|---|---|---|---|---|---|---|---|\n{summary}{_BASELINE}\n{details}"
    )


def _summary_row(section: Section) -> str:
    judged = section.judged
    negative = negative_figures(judged)
    f1 = _with_interval(judged, negative.f1, lambda one: negative_figures(one).f1)
    accuracy = _with_interval(judged, category_accuracy(judged), category_accuracy)
    return (
        f"| {section.title} | {len(judged)} | {_short(negative.precision)} | {_short(negative.recall)} | {f1} "
        f"| {accuracy} | {_with_interval(judged, macro_f1(judged), macro_f1)} | {_short(severity_accuracy(judged))} |\n"
    )


def _details(section: Section) -> str:
    lines = [f"### {section.title}\n\n| category | rows | precision | recall | F1 |\n|---|---|---|---|---|\n"]
    for category in CATEGORIES:
        figures = category_figures(section.judged, category)
        if figures.support:
            f1 = _with_interval(section.judged, figures.f1, partial(_category_f1, category))
            lines.append(
                f"| {CATEGORY_TITLES[category]} | {figures.support} | {_short(figures.precision)} "
                f"| {_short(figures.recall)} | {f1} |\n"
            )
    return "".join(lines)


def _category_f1(category: Category, judged: Judged) -> float:
    return category_figures(judged, category).f1


def _with_interval(judged: Judged, value: float, figure: Callable[[Judged], float]) -> str:
    low, high = interval(judged, figure)
    return f"{_short(value)} ({_short(low)}-{_short(high)})"


def _short(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
