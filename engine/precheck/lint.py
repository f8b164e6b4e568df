"""Whether the checks as a whole can be worked with: what they name exists, and their examples behave.

`load_checks` refuses files that are broken in themselves or name what no file has. Every check is run on its own
examples: those it must catch, and the near misses that it must leave alone.
"""

from collections.abc import Collection, Iterator

from engine.precheck.folding import fold
from engine.precheck.loader import CheckSet
from engine.precheck.matching import find
from engine.precheck.model import TextKind
from engine.precheck.schema import Check, WordingCheck
from knowledge.errors import Fault, suggest
from knowledge.wording import phone_numbers, real_names


def lint(checks: CheckSet, regulations: Collection[str]) -> tuple[Fault, ...]:
    """Every fault, in the order of files and lines; empty when all is well."""
    found = set(_private_names(checks))
    for check in checks.checks:
        document = checks.documents[check.id]
        faults = (*_regulation(check, regulations), *_repeated_phrases(check), *_examples(check, checks))
        found |= {document.fault(place, message) for place, message in faults}
    return tuple(sorted(found))


Messages = Iterator[tuple[tuple[str | int, ...], str]]


def _regulation(check: Check, regulations: Collection[str]) -> Messages:
    if check.regulation not in regulations:
        yield ("regulation",), f"没有法规“{check.regulation}”{suggest(check.regulation, regulations)}"


def _repeated_phrases(check: Check) -> Messages:
    """A phrase that holds another one of the same check finds nothing more."""
    if not isinstance(check, WordingCheck):
        return
    for number, phrase in enumerate(check.phrases):
        shorter = next((one for one in check.phrases if one != phrase and one in phrase), None)
        if shorter:
            yield ("phrases", number), f"“{phrase}”已包含在“{shorter}”里，可以删去"


def _examples(check: Check, checks: CheckSet) -> Messages:
    for field, wanted in (("caught", True), ("clean", False)):
        for number, example in enumerate(getattr(check.examples, field)):
            for kind in check.kinds:
                if _speaks(check, example, kind, checks) is not wanted:
                    said = "应当查出却没有查出" if wanted else "不应查出却查出了"
                    yield ("examples", field, number), f"示例“{example[:20]}”{said}"


def _speaks(check: Check, text: str, kind: TextKind, checks: CheckSet) -> bool:
    return any(match.check.id == check.id for match in find(fold(text), kind, checks))


def _private_names(checks: CheckSet) -> Iterator[Fault]:
    """No check names a real lender or carries a telephone number."""
    for document in checks.documents.values():
        for number, line in enumerate(document.text.splitlines(), start=1):
            for name in real_names(line):
                yield Fault(document.file, number, f"出现真实机构名称“{name}”")
            for phone in phone_numbers(line):
                yield Fault(document.file, number, f"出现疑似电话号码“{phone}”")
