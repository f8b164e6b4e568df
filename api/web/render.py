"""Read-only parts of pages as HTML. Jinja escapes everything: mention text is hostile."""

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.web import texts
from engine.model import CATEGORY_TITLES, CHANGE_TITLES, LEVEL_TITLES, ROLE_TITLES
from engine.precedents.views import MARK_TITLES
from engine.precedents.wording import after
from knowledge.schema import CHANNEL_TITLES, FACT_TITLES, STRATEGY_TITLES
from knowledge.tones import load_tones
from rules.wording import say_trace


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "amount": texts.amount,
        "percent": texts.percent,
        "condition": say_trace,
        "when": when,
    }
    environment.globals |= {
        "category_titles": CATEGORY_TITLES,
        "level_titles": LEVEL_TITLES,
        "change_titles": CHANGE_TITLES,
        "role_titles": ROLE_TITLES,
        "channel_titles": CHANNEL_TITLES,
        "fact_titles": FACT_TITLES,
        "strategy_titles": STRATEGY_TITLES,
        "tone_titles": {tone: rule.title for tone, rule in load_tones().tones.items()},
        "texts": texts,
        "after": after,
        "mark_titles": MARK_TITLES,
    }
    return environment


def when(moment: datetime, now: datetime) -> Markup:
    """A time, relative and absolute."""
    return Markup('<time datetime="{}">{} <span class="muted">{}</span></time>').format(
        moment.isoformat(timespec="seconds"), texts.relative(moment, now), texts.absolute(moment, now)
    )


def render(template: str, **values: Any) -> str:
    """The HTML of `templates/<template>.html`; a name that is missing is an error, never an empty place."""
    return _environment().get_template(f"{template}.html").render(**values)
