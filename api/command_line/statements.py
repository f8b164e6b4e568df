"""draft and verify."""

import json
from contextlib import closing
from pathlib import Path

from api.command_line.edge import DONE, FAILED, say, system_fault, write_out
from api.settings import Settings
from engine.errors import InputError
from engine.model import Proof, Role


def draft(
    settings: Settings,
    incident: str,
    template: str,
    store: Path | None,
    strategy: tuple[str, str] | None,
    *,
    as_json: bool,
) -> int:
    """A draft with its spans and proof, kept as a new version. `strategy` is one other than advised, and why."""
    from api.clock import wall_clock  # noqa: PLC0415
    from api.command_line.actors import local_actor  # noqa: PLC0415
    from api.command_line.streams import open_beside  # noqa: PLC0415 - loads models
    from api.installation import open_installation  # noqa: PLC0415
    from engine.drafting.strategy import chosen  # noqa: PLC0415

    choice = None if strategy is None else chosen(*strategy)
    opened = open_beside(settings, store) if store else open_installation(settings, clock=wall_clock)
    with closing(opened):
        written = opened.desk.draft(local_actor(Role.pr), incident, template, strategy=choice).draft
    if as_json:
        write_out(written.to_json())
        return DONE
    write_out(written.text)
    if written.strategy is not None:
        say(f"策略：{written.strategy.title}。{written.strategy.reason}")
    for note in written.notes:
        say(f"注：{note}")
    _tell_proof(written.proof)
    return DONE


def verify(settings: Settings, file: Path, keys: Path | None, *, releasable: bool, as_json: bool) -> int:
    """Check a draft file without any model; 0 only when its proof holds."""
    from api.trust import trusted_keys  # noqa: PLC0415
    from engine.drafting.verification import verify as prove  # noqa: PLC0415
    from engine.signing import TrustedKeys  # noqa: PLC0415

    try:
        document = file.read_bytes()
        lines = keys.read_text("utf-8").splitlines() if keys else []
    except OSError as error:
        raise InputError(f"无法读取：{system_fault(error)}", place=str(error.filename)) from error
    trusted = TrustedKeys.from_lines(lines, str(keys)) if keys else trusted_keys(settings)
    proof = prove(document, trusted)
    if as_json:
        write_out(json.dumps(proof.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        _tell_proof(proof)
    return DONE if (proof.releasable if releasable else proof.ok) else FAILED


def _tell_proof(proof: Proof) -> None:
    verdict = "核验未通过" if not proof.ok else "核验通过，可以发布" if proof.releasable else "核验通过，仍有【待核实】"
    say(verdict)
    for problem in proof.problems:
        say(f"  {problem}")
    for number, sentence in enumerate(proof.sentences, 1):
        mark = "通过" if sentence.ok else "不通过"
        say(f"  {number:>3}. {mark} {sentence.text}")
        say(f"       依据：{sentence.reason}")
