"""Every template drafted for generated incidents, and what is wrong with the drafts: nothing ever should be.

`python -m tests.support.proven_drafts 500` drafts all templates for each of 500 incidents, with and without a scripted
model, and prints the faults; the tests take a part of the same product.
"""

import sys
from collections.abc import Iterator
from functools import cache
from time import perf_counter

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.document import Draft
from engine.drafting.elements import elements_for
from engine.drafting.facts import refuse_reason
from engine.drafting.strategy import StrategyNote, advise, conflict, plan_for
from engine.drafting.verification import verify
from engine.language_model.protocol import LanguageModel, ScriptedModel
from engine.model import Fact, FactStatus, SpanOrigin
from engine.signing import Signer, TrustedKeys
from knowledge.loader import Knowledge, load_knowledge
from knowledge.schema import Template
from tests.support.made_registers import MadeIncident, made_incident

SIGNER = Signer.generate()
TRUSTED = TrustedKeys.of(SIGNER)


@cache
def knowledge() -> Knowledge:
    """The bundled knowledge base."""
    return load_knowledge()


def drafted(made: MadeIncident, template: Template, *, with_model: bool) -> Draft:
    """A draft of a template for an incident, under the advised strategy where the template is made for it."""
    request = DraftRequest(
        incident=made.id,
        template=template,
        template_source=knowledge().template_source(template.id),
        register=made.register,
        release="release-1",
        elements=elements_for(template, made.level),
        strategy=_strategy(made, template),
    )
    model: LanguageModel | None = ScriptedModel(made.answers) if with_model else None
    return draft(request, model, SIGNER)


def _strategy(made: MadeIncident, template: Template) -> StrategyNote | None:
    if template.category not in ("any", made.category):
        return None
    plan = plan_for(knowledge().playbooks.values(), made.category, made.level)
    advice = advise(made.category, made.level, plan, made.register)
    return None if conflict(template, advice.strategy) else advice.note


def faults(made: MadeIncident, found: Draft, *, as_a_file: bool) -> Iterator[str]:
    """What a draft should not be, in words. `as_a_file`: its file is read and verified too."""
    proof = verify(found.to_json(), TRUSTED) if as_a_file else found.proof
    if not proof.ok or not found.proof.ok:
        bad = [f"{span.text}: {span.reason}" for span in proof.spans if not span.ok]
        yield f"proof: {proof.problems} {bad}"
    if any(one.text not in found.text for one in proof.sentences) or not proof.sentences:
        yield "sentences are not those of the text"
    if "【待核实" in found.text and proof.releasable:
        yield "releasable with something unresolved"
    yield from (f"says {value!r}" for value in made.hostile if value.strip() and value in found.text)
    yield from (f"carries {fact.value!r}" for fact in found.register_ if fact.value in made.hostile)
    yield from _unfounded(found)


def _unfounded(found: Draft) -> Iterator[str]:
    """Facts that are stated although nobody confirmed them, or that no register entry has."""
    facts = {fact.id: fact for fact in found.register_}
    for span in found.spans:
        if span.origin not in (SpanOrigin.fact, SpanOrigin.prose):
            continue
        refs = span.ref.partition(":")[2] if span.origin is SpanOrigin.prose else span.ref
        cited = [facts.get(ref) for ref in refs.split(",") if ref]
        yield from (f"{span.text!r} cites nothing" for fact in cited if fact is None)
        yield from (f"{span.text!r} rests on {fact.value!r}" for fact in cited if fact and not _may_be_said(fact))
        yield from (
            f"{span.text!r} does not say {fact.value!r}" for fact in cited if fact and fact.value not in span.text
        )


def _may_be_said(fact: Fact) -> bool:
    reported = fact.status is FactStatus.reported and fact.key in ("complaint", "platform")
    return refuse_reason(fact) is None and (fact.status is FactStatus.confirmed or reported)


def main(incidents: int) -> int:
    """All templates for each incident; prints the figures, gives the number of faults."""
    started, count, wrong = perf_counter(), 0, 0
    for number in range(incidents):
        made = made_incident(number)
        for at, template in enumerate(knowledge().templates.values()):
            count += 1
            found = drafted(made, template, with_model=(number + at) % 3 == 0)
            for fault in faults(made, found, as_a_file=(number + at) % 5 == 0):
                wrong += 1
                sys.stdout.write(f"{made.id} {template.id}: {fault}\n")
        if number % 20 == 19:
            sys.stdout.write(
                f"{number + 1} incidents, {count} drafts, {wrong} faults, {perf_counter() - started:.0f} s\n"
            )
            sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    raise SystemExit(min(1, main(int(sys.argv[1]))))
