"""`drafting`: a complete draft with the language model, against the same model writing freely and against no model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import Final, Protocol

from engine.bench.free_writing import FreeWriter
from engine.bench.report import Gate, Result, compared
from engine.bench.timing import seconds
from engine.draft_document import Draft
from engine.draft_language import LanguageModel
from engine.draft_samples import sample_register
from engine.draft_slots import offered
from engine.drafting import DraftRequest, draft
from engine.signing import Signer
from engine.template_program import parts_of
from knowledge.loader import Knowledge, load_knowledge
from knowledge.schema import CHANNEL_TITLES, FACT_TITLES, Category, FactKey, Template

DRAFT_OF_FREE: Final = Gate(at="most", limit=1.2)
DIFFERS_OF_CHANCE: Final = Gate(at="least", limit=0.2)
_INCIDENT: Final = "bench"
_RELEASE: Final = "bench"


class Writer(LanguageModel, FreeWriter, Protocol):
    """A model that chooses, and for comparison writes freely."""


@dataclass(frozen=True, slots=True)
class DraftingSize:
    """How many statement templates are drafted, and how long the free text may be."""

    templates: int = 6
    free_tokens: int = 150


@dataclass(frozen=True, slots=True)
class _Drafted:
    """One template drafted both ways; seconds."""

    request: DraftRequest
    model: Draft
    model_seconds: float
    plain: Draft
    plain_seconds: float


def bench_drafting(model: Writer, size: DraftingSize = DraftingSize()) -> tuple[Result, ...]:
    """Seconds to a draft, and how often the model's wording is another than the one without a model.

    Every template is another instruction, so no draft profits from the one before. Raises ModelUnavailable.
    """
    signer = Signer.generate()
    warm_up, *requests = _requests(load_knowledge(), size.templates + 1)
    _drafted(warm_up, model, signer)
    drafted = [_drafted(request, model, signer) for request in requests]
    return (
        _against_free(min(drafted, key=_length), model, size.free_tokens),
        _against_plain(drafted),
        _differing(drafted),
    )


def _requests(knowledge: Knowledge, limit: int) -> list[DraftRequest]:
    """Statements with confirmed sample facts, spread over categories and channels."""
    statements = [one for one in knowledge.templates.values() if one.kind == "statement" and one.category != "any"]
    templates = statements[:: max(1, len(statements) // limit)][:limit]
    return [_request(one, knowledge.template_source(one.id)) for one in templates]


def _request(template: Template, source: str) -> DraftRequest:
    register = sample_register(Category(template.category), _INCIDENT)
    return DraftRequest(_INCIDENT, template, source, register, _RELEASE)


def _drafted(request: DraftRequest, model: Writer, signer: Signer) -> _Drafted:
    made: list[Draft] = []
    with_model = seconds(lambda: made.append(draft(request, model, signer)))
    without = seconds(lambda: made.append(draft(request, None, signer)))
    return _Drafted(request, made[0], with_model, made[1], without)


def _length(drafted: _Drafted) -> int:
    return len(drafted.model.text)


def _against_free(drafted: _Drafted, model: Writer, max_tokens: int) -> Result:
    """The model writes the same statement freely, once; its time is scaled to the draft's number of characters."""
    written: list[str] = []
    with model.lease():
        took = seconds(lambda: written.append(model.write(_free_instruction(drafted.request), max_tokens)))
    scaled = took * len(drafted.model.text) / max(1, len(written[0]))
    against = f"同一模型自由写同样长度的声明（一次，写了 {len(written[0])} 字，折算为 {len(drafted.model.text)} 字）"
    return compared("drafting.of_free_writing", "秒", drafted.model_seconds, scaled, against, DRAFT_OF_FREE)


def _free_instruction(request: DraftRequest) -> str:
    template = request.template
    facts = "；".join(f"{FACT_TITLES[FactKey(fact.key)]}：{fact.value}" for fact in request.register)
    channel = CHANNEL_TITLES[template.channel]
    return f"你是消费金融公司的公关人员。请写一份{channel}，题目是“{template.title}”。事实：{facts}。只写声明正文。"


def _against_plain(drafted: Sequence[_Drafted]) -> Result:
    """What the model adds to a draft; only recorded, because it is all of it."""
    return compared(
        "drafting.of_model_free",
        "秒",
        median(one.model_seconds for one in drafted),
        median(one.plain_seconds for one in drafted),
        f"不用语言模型的同一草稿（{len(drafted)} 个模板的中位数）",
        rounds=len(drafted),
    )


def _differing(drafted: Sequence[_Drafted]) -> Result:
    """The share of slots with a choice in which the model chose another wording than the first."""
    slots = [pair for one in drafted for pair in _choices(one)]
    share = mean(differs for _, differs in slots)
    chance = mean(1 - 1 / ways for ways, _ in slots)
    against = f"随机选择时的占比（{len(slots)} 个有得选的填空）"
    return compared("drafting.differs", "占比", share, chance, against, DIFFERS_OF_CHANCE, rounds=len(drafted))


def _choices(drafted: _Drafted) -> Iterator[tuple[int, bool]]:
    """For each part with more than one way: how many there are, and whether the model's differs from the first."""
    parts = parts_of(drafted.request.template, drafted.request.register)
    for part, chosen, first in zip(parts, drafted.model.spans, drafted.plain.spans, strict=True):
        ways = len(offered(part, drafted.model.register_))
        if ways > 1:
            yield ways, chosen.text != first.text
