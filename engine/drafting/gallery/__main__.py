"""Writes docs/drafts: `python -m engine.drafting.gallery [--model GGUF]`. Nothing is written while nothing changed."""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from engine.drafting.composing import DraftRequest, draft
from engine.drafting.document import Draft
from engine.drafting.elements import elements_for
from engine.drafting.gallery.incidents import FOLDER, ExampleIncident, Examples, load_examples
from engine.drafting.gallery.pages import KEYS, index, page
from engine.drafting.strategy import advise, plan_for
from engine.language_model.llama import LlamaCppModel
from engine.language_model.protocol import LanguageModel
from engine.signing import Signer, TrustedKeys
from knowledge.loader import Knowledge, load_knowledge
from retrieval.bundle import llm_file

_RELEASE: Final = "example"
_MODEL: Final = "qwen2.5-coder-0.5b"
_KEY_REMARK: Final = "# 示例草稿的公钥；私钥签完就丢弃了"


def write_examples(folder: Path, examples: Examples, model: LanguageModel | None) -> bool:
    """Drafts every incident and writes the files; False when the words in the folder are these already."""
    signer, knowledge = Signer.generate(), load_knowledge()
    drafts = [(one, _drafted(one, examples, knowledge, model, signer)) for one in examples.incidents]
    clauses = {one.id: one.title for one in knowledge.regulations.values()}
    if all(_is_there(folder / f"{one.category}.json", made) for one, made in drafts):
        trusted = TrustedKeys.from_lines((folder / KEYS).read_text(encoding="utf-8").splitlines())
        drafts = [(one, _stored(folder / f"{one.category}.json")) for one, _ in drafts]
        _write_pages(folder, drafts, trusted, clauses)
        return False
    for one, made in drafts:
        (folder / f"{one.category}.json").write_text(made.to_json(), encoding="utf-8")
    (folder / KEYS).write_text(f"{_KEY_REMARK}\n{signer.public_line}\n", encoding="utf-8")
    _write_pages(folder, drafts, TrustedKeys.of(signer), clauses)
    return True


def _drafted(
    incident: ExampleIncident, examples: Examples, knowledge: Knowledge, model: LanguageModel | None, signer: Signer
) -> Draft:
    template = knowledge.templates[incident.template]
    register = examples.register(incident)
    plan = plan_for(knowledge.playbooks.values(), incident.category, incident.level)
    request = DraftRequest(
        incident=incident.id,
        template=template,
        template_source=knowledge.template_source(template.id),
        register=register,
        release=_RELEASE,
        elements=elements_for(template, incident.level),
        strategy=advise(incident.category, incident.level, plan, register).note,
    )
    return draft(request, model, signer)


def _stored(path: Path) -> Draft:
    return Draft.model_validate_json(path.read_text(encoding="utf-8"))


def _is_there(path: Path, made: Draft) -> bool:
    """Whether the file holds this draft, but for its signature."""
    return path.exists() and _stored(path).model_copy(update={"signature": made.signature}) == made


def _write_pages(
    folder: Path,
    drafts: Sequence[tuple[ExampleIncident, Draft]],
    trusted: TrustedKeys,
    clauses: Mapping[str, str],
) -> None:
    for incident, made in drafts:
        (folder / f"{incident.category}.md").write_text(page(incident, made, trusted, clauses), encoding="utf-8")
    readme = folder / "README.md"
    readme.write_text(index(readme.read_text(encoding="utf-8"), drafts, trusted), encoding="utf-8")


def main() -> None:
    """The command line of this module."""
    parser = argparse.ArgumentParser(description="起草 docs/drafts 里的示例")
    parser.add_argument("--model", type=Path, help="GGUF 文件")
    parser.add_argument("--models", type=Path, default=Path(".cache/models"), help="内置模型的文件夹")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    model = LlamaCppModel(options.model or llm_file(_MODEL, options.models), threads=options.threads)
    write_examples(FOLDER, load_examples(), model)


if __name__ == "__main__":
    main()
