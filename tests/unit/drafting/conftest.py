"""What the drafting tests share: templates written for them, a signer, and ways to build registers and requests."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.drafting.composing import DraftRequest
from engine.drafting.samples import sample_register
from engine.drafting.template_program import load_template
from engine.model import Fact, FactSource, FactStatus
from engine.signing import Signer, TrustedKeys
from knowledge.schema import FactKey
from rules.vocabulary import Category

TEMPLATES = Path(__file__).parent / "templates"
INCIDENT = "inc-1"


def make_fact(
    key: FactKey, value: str, status: FactStatus = FactStatus.confirmed, number: int = 0, kind: str = "department"
) -> Fact:
    confirmed_by = "李芳" if status is FactStatus.confirmed else None
    return Fact(
        id=f"{key}-{number}",
        incident=INCIDENT,
        key=key,
        value=value,
        source=FactSource(kind=kind, ref="客服"),
        status=status,
        proposed_by="系统",
        confirmed_by=confirmed_by,
    )


def make_request(template: str, register: tuple[Fact, ...] | None = None) -> DraftRequest:
    source = (TEMPLATES / f"{template}.yaml").read_text(encoding="utf-8")
    facts = sample_register(Category.fee_dispute, INCIDENT) if register is None else register
    return DraftRequest(INCIDENT, load_template(source), source, facts, "release-1")


@dataclass(frozen=True)
class Kit:
    """Handed to tests, which cannot import each other."""

    fact: Callable[..., Fact]
    request: Callable[..., DraftRequest]
    signer: Signer
    trusted: TrustedKeys
    incident: str = INCIDENT
    templates: tuple[str, ...] = ("formal", "short", "script", "holding")


@pytest.fixture(scope="session")
def kit() -> Kit:
    signer = Signer.generate()
    return Kit(make_fact, make_request, signer, TrustedKeys.of(signer))
