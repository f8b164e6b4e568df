"""事实词表: every fact that a rule may name, with its unit, its range and what it means."""

from fastapi import Request

from api.web.render import render
from api.web.shell import Viewer, html
from rules.evaluate import rule_conditions
from rules.vocabulary import CHOICE_TITLES, VOCABULARY


async def build(viewer: Viewer, request: Request) -> None:
    """All facts, or those with a word in them, and which rules name each."""
    wanted = request.query_params.get("text", "").strip()
    rules = await viewer.ask(viewer.desk.rules_in_force)
    users = {
        name: [rule for rule in rules if any(one.fact == name for one in rule_conditions(rule))] for name in VOCABULARY
    }
    shown = [
        spec for spec in VOCABULARY.values() if wanted.lower() in f"{spec.name} {spec.title} {spec.meaning}".lower()
    ]
    html("<h1 style='margin-bottom:12px'>事实词表</h1>")
    html(render("rule_vocabulary", specs=shown, users=users, text=wanted, choice_titles=CHOICE_TITLES))
