"""A model that writes without approved words. Only to measure against: nothing that it writes is ever used.

Freely, token by token; or the slots of a template as strings of a plain JSON schema, under llama.cpp's own grammar.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np

from engine.language_model.llama import LlamaCppModel, Session
from engine.language_model.llama_context import Logits, Usage
from engine.language_model.protocol import LanguageModel, Prefix

Pick = Callable[[Logits], int]
_ROOT: Final = b"root"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, by how many tokens after a prompt of `prompt`; seconds until all and until the first was there;
    seconds of all cores.
    """

    text: str
    tokens: int
    prompt: int
    seconds: float
    first: float
    cpu: float


class Writer(LanguageModel, Protocol):
    """A model that chooses, and for comparison writes. Every method raises ModelUnavailable."""

    @property
    def usage(self) -> Usage:
        """Tokens computed so far."""
        ...

    def forget(self) -> None:
        """Empties the prompt cache and what was answered before: the next draft is a cold one."""
        ...

    def write(self, instruction: str, max_tokens: int) -> Written:
        """A text of at most so many tokens."""
        ...

    def fill(self, instruction: str, names: Sequence[str], max_tokens: int) -> Written:
        """A JSON object with a string for each name; cut where the tokens are used up."""
        ...


class FreeLlamaCppModel(LlamaCppModel):
    """The bundled model, which may also write."""

    def forget(self) -> None:
        """See `Writer.forget`."""
        self._answers.clear()
        self._loaded().forget()

    def write(self, instruction: str, max_tokens: int) -> Written:
        """See `Writer.write`."""
        session = self._loaded()
        return _written(session, instruction, lambda logits: int(np.argmax(logits)), max_tokens)

    def fill(self, instruction: str, names: Sequence[str], max_tokens: int) -> Written:
        """See `Writer.fill`."""
        session = self._loaded()
        with _schema_sampler(session, names) as sample:
            return _written(session, instruction, sample, max_tokens)


def _written(session: Session, instruction: str, pick: Pick, max_tokens: int) -> Written:
    """Writes greedily, each token as `pick` says from the logits."""
    llama = session.llama
    session.forget()
    start, busy = time.perf_counter(), time.process_time()
    logits = session.advance(Prefix(instruction, ()))
    prompt = position = session.length
    tokens: list[int] = []
    first = 0.0
    while len(tokens) < max_tokens:
        token = pick(logits)
        first = first or time.perf_counter() - start
        if llama.ends(token):
            break
        tokens.append(token)
        logits = llama.read([token], position)
        position += 1
    session.forget()
    llama.usage.generated += len(tokens)
    took, cpu = time.perf_counter() - start, time.process_time() - busy
    return Written(llama.text(tokens), len(tokens), prompt, took, first, cpu)


@contextmanager
def _schema_sampler(session: Session, names: Sequence[str]) -> Iterator[Pick]:
    """llama.cpp's grammar for an object of strings, then the likeliest token; it samples from the context itself."""
    llama, library = session.llama, session.llama.library
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in names}, "required": list(names)}
    grammar = library.LlamaGrammar.from_json_schema(json.dumps(schema), verbose=False)._grammar
    chain = library.llama_sampler_chain_init(library.llama_sampler_chain_default_params())
    library.llama_sampler_chain_add(chain, library.llama_sampler_init_grammar(llama.vocab, grammar.encode(), _ROOT))
    library.llama_sampler_chain_add(chain, library.llama_sampler_init_greedy())
    try:
        yield lambda _: int(library.llama_sampler_sample(chain, llama.context, -1))
    finally:
        library.llama_sampler_free(chain)


def read_strings(text: str, names: Sequence[str]) -> dict[str, str]:
    """The strings of a JSON object, of one that was cut as well: what is whole, and of the last what there is."""
    for ending in ("", '"}', "}"):
        with suppress(ValueError):
            found = json.loads(text + ending)
            return {name: str(found[name]) for name in names if name in found}
    return {}
