"""How much the language model changes: every template drafted with and without it.

    python -m engine.drafting.report GGUF

Registers are the samples of `engine.drafting.samples`, once with everything and once with nothing confirmed. A slot
counts when it was worded from approved ways (choice or prose); it is free when it had more than one. Times are of this
machine at this moment: they are for the record, not for a verdict.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import knowledge
from engine.drafting.composing import DraftRequest, draft
from engine.drafting.document import Draft
from engine.drafting.samples import sample_register
from engine.drafting.slots import offered
from engine.drafting.template_program import load_template, parts_of
from engine.language_model.llama import LlamaCppModel
from engine.language_model.protocol import LanguageModel
from engine.model import SpanOrigin
from engine.signing import Signer
from knowledge.schema import Category

_WORDED = frozenset({SpanOrigin.choice, SpanOrigin.prose})


@dataclass(frozen=True, slots=True)
class Report:
    """What was counted; seconds are per draft, cold (prompt cache empty of it) and repeated at once."""

    model: str
    drafts: int
    proven: int
    slots: int
    free_slots: int
    differing: int
    cold_seconds_median: float
    cold_seconds_max: float
    warm_seconds_median: float


@dataclass(frozen=True, slots=True)
class _Row:
    proven: bool
    slots: int
    free: int
    differing: int
    cold: float
    warm: float


def report(model: LanguageModel, sources: Sequence[str]) -> Report:
    """Drafts every template source with and without the model. Raises InputError for a faulty template."""
    signer = Signer.generate()
    rows = [_row(request, model, signer) for request in _requests(sources)]
    return Report(
        model=model.name,
        drafts=len(rows),
        proven=sum(row.proven for row in rows),
        slots=sum(row.slots for row in rows),
        free_slots=sum(row.free for row in rows),
        differing=sum(row.differing for row in rows),
        cold_seconds_median=round(statistics.median(row.cold for row in rows), 2),
        cold_seconds_max=round(max(row.cold for row in rows), 2),
        warm_seconds_median=round(statistics.median(row.warm for row in rows), 2),
    )


def _requests(sources: Sequence[str]) -> Iterator[DraftRequest]:
    for source in sources:
        template = load_template(source)
        category = Category.fee_dispute if template.category == "any" else Category(template.category)
        for confirmed in (True, False):
            register = sample_register(category, "preview", confirmed=confirmed)
            yield DraftRequest("preview", template, source, register, "preview")


def _row(request: DraftRequest, model: LanguageModel, signer: Signer) -> _Row:
    plain = draft(request, None, signer)
    cold, written = _timed(request, model, signer)
    warm, _ = _timed(request, model, signer)
    pairs = [pair for pair in zip(plain.spans, written.spans, strict=True) if pair[0].origin in _WORDED]
    free = sum(len(offered(part, request.register)) > 1 for part in parts_of(request.template, request.register))
    return _Row(written.proof.ok, len(pairs), free, sum(one.text != two.text for one, two in pairs), cold, warm)


def _timed(request: DraftRequest, model: LanguageModel, signer: Signer) -> tuple[float, Draft]:
    start = time.perf_counter()
    written = draft(request, model, signer)
    return time.perf_counter() - start, written


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="语言模型改变了多少措辞")
    parser.add_argument("model", type=Path, help="GGUF 文件")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--templates", type=Path, default=Path(knowledge.__path__[0]) / "templates")
    options = parser.parse_args()
    model = LlamaCppModel(options.model, threads=options.threads)
    sources = [path.read_text(encoding="utf-8") for path in sorted(options.templates.rglob("*.yaml"))]
    found = report(model, sources)
    sys.stdout.write(json.dumps(asdict(found), ensure_ascii=False, indent=2) + "\n")


if __name__ == "__main__":
    main()
