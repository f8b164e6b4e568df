"""The drafting benchmark's runs: each statement drafted cold, warm, again, written freely, and filled by a schema."""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter, process_time
from typing import Final

from engine.bench.drafting_material import Case, filled, free_instruction, schema_instruction, slot_names
from engine.bench.free_writing import Writer, Written, read_strings
from engine.bench.timing import seconds
from engine.drafting.composing import DraftRequest, Progress, draft
from engine.drafting.document import Draft
from engine.drafting.slots import offered
from engine.drafting.template_program import parts_of
from engine.language_model.llama_context import Usage
from engine.signing import Signer

CHARS_A_TOKEN: Final = 1.5
"""Of the bundled models, for Chinese: how long a free text of the same length may become."""


@dataclass(frozen=True, slots=True)
class Drafted:
    """One draft: seconds until it was complete, of all cores, until its first text, until the model's first word."""

    draft: Draft
    seconds: float
    cpu: float
    first_text: float
    first_word: float
    usage: Usage


@dataclass(frozen=True, slots=True)
class Run:
    """One statement by every writer. `warm` is drafted after `cold`, with fewer facts; `again` is `cold` once more;
    `cold_later` is cold again, after the free writing, so that both met the same machine.
    """

    case: Case
    plain: Draft
    plain_seconds: float
    cold: Drafted
    cold_later: Drafted
    warm: Drafted
    again: Drafted
    free: Written
    schema: Written
    schema_text: str

    @property
    def cold_seconds(self) -> float:
        """A cold draft, before and after the free writing."""
        return (self.cold.seconds + self.cold_later.seconds) / 2

    @property
    def scale(self) -> float:
        """What free writing must be multiplied with to have as many characters as the draft."""
        return len(self.cold.draft.text) / max(1, len(self.free.text))


def run_case(case: Case, model: Writer, signer: Signer) -> Run:
    """Every writer in turn. Raises ModelUnavailable."""
    made: list[Draft] = []
    plain_seconds = seconds(lambda: made.append(draft(case.full, None, signer)))
    model.forget()
    cold, warm, again = (drafted(request, model, signer) for request in (case.full, case.partial, case.full))
    tokens = round(len(cold.draft.text) / CHARS_A_TOKEN) + 1
    with model.lease():
        free = model.write(free_instruction(case.full), tokens)
    model.forget()
    later = drafted(case.full, model, signer)
    names = slot_names(case.full.template)
    with model.lease():
        schema = model.fill(schema_instruction(case.full), names, tokens)
    text = filled(case.full, read_strings(schema.text, names), cold.draft.spans)
    return Run(case, made[0], plain_seconds, cold, later, warm, again, free, schema, text)


def drafted(request: DraftRequest, model: Writer, signer: Signer) -> Drafted:
    """One draft, watched while it is written."""
    at: list[float] = []

    def on_progress(_: Progress) -> None:
        at.append(perf_counter())

    before = model.usage
    start, busy = perf_counter(), process_time()
    found = draft(request, model, signer, on_progress)
    took, cpu = perf_counter() - start, process_time() - busy
    return Drafted(found, took, cpu, at[0] - start, at[min(1, len(at) - 1)] - start, model.usage.since(before))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A place with a choice: how many ways the model was offered, and whether it took another than the first."""

    ways: int
    differs: bool


def choices(run: Run) -> Iterator[Chosen]:
    """Every place of the cold draft where there was something to choose."""
    request, register = run.case.full, run.cold.draft.register_
    strategy = request.strategy.strategy if request.strategy else None
    parts = parts_of(request.template, register)
    for part, chosen, first in zip(parts, run.cold.draft.spans, run.plain.spans, strict=True):
        ways = len(offered(part, register, strategy))
        if ways > 1:
            yield Chosen(ways, chosen.text != first.text)
