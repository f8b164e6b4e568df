"""What a check says: for compliance to read, and for the program to run."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from engine.model import Category, Frozen
from engine.precheck.model import Concern, TextKind
from knowledge.schema.base import Slug, Text

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=30)]
Pattern = Annotated[str, StringConstraints(min_length=2, max_length=400)]
Sentence = Annotated[str, StringConstraints(strip_whitespace=True, min_length=8, max_length=200)]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{1,40}$")]
Exception_ = Literal["negation", "warning"]


class Examples(Frozen):
    """Short texts that the check finds, and near misses that it leaves alone: the lint runs both."""

    caught: Annotated[tuple[Sentence | Phrase, ...], Field(min_length=2)]
    clean: Annotated[tuple[Sentence | Phrase, ...], Field(min_length=2)]


class _Check(Frozen):
    """What both types of check have. `leads_to` tells in the words of an incident what it could start."""

    id: Slug
    title: Text
    kinds: Annotated[tuple[TextKind, ...], Field(min_length=1)]
    category: Category
    concern: Concern
    message: Sentence
    correction: Sentence
    leads_to: Sentence
    regulation: Slug
    owner: Text
    reviewed_on: date
    examples: Examples


class WordingCheck(_Check):
    """Words that must not stand there. A match is left alone when one of the exceptions holds around it, when a
    pattern of `unless_sentence` is found in its sentence or one of `unless_text` anywhere, or when the named
    disclosures are all made. A match shows that the text is about the topics of `shows`.
    """

    type: Literal["wording"]
    phrases: tuple[Phrase, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    exceptions: tuple[Exception_, ...] = ("negation", "warning")
    unless_sentence: tuple[Pattern, ...] = ()
    unless_text: tuple[Pattern, ...] = ()
    unless_disclosed: tuple[Slug, ...] = ()
    shows: tuple[Name, ...] = ()


class DisclosureCheck(_Check):
    """Something that must be said once the text is about one of the topics; any of the patterns says it."""

    type: Literal["disclosure"]
    due_when: Annotated[tuple[Name, ...], Field(min_length=1)]
    satisfied_by: Annotated[tuple[Pattern, ...], Field(min_length=1)]


Check = WordingCheck | DisclosureCheck


class Topic(Frozen):
    """What a text is about: found when one of the patterns matches and none of the exceptions holds around it, and
    neither a pattern of `unless_text` nor one of the named genres is found outside stock phrases. Only texts of these
    `kinds` are about it. What is `certain` tells the topic in a text of any genre: a lesson that ends in an offer is an
    offer. So does wording of a check that `shows` the topic: whoever promises approval in seconds offers a loan.
    """

    title: Text
    kinds: tuple[TextKind, ...] = tuple(TextKind)
    patterns: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    exceptions: tuple[Exception_, ...] = ("negation", "warning")
    unless_text: tuple[Pattern, ...] = ()
    unless_genres: tuple[Name, ...] = ()
    certain: tuple[Pattern, ...] = ()


class Surroundings(Frozen):
    """Words around a match that turn it into its opposite.

    `before` within that many characters before it in the same sentence (and clause, if `same_clause`), `after` behind
    it. Nothing of `breaks` may stand between. `answers` begin the sentence that answers a question. `quoted_in`: what
    stands in quotation marks is cited, not said, in a sentence with one of these or right behind it, unless one of
    `quoted_unless` is found anywhere in the text; behind a stock phrase only if that one `points` there.
    """

    before: tuple[Pattern, ...] = ()
    before_characters: Annotated[int, Field(ge=0, le=80)] = 0
    same_clause: bool = False
    breaks: tuple[Pattern, ...] = ()
    after: tuple[Pattern, ...] = ()
    after_characters: Annotated[int, Field(ge=0, le=80)] = 0
    answers: tuple[Pattern, ...] = ()
    quoted_in: tuple[Pattern, ...] = ()
    quoted_unless: tuple[Pattern, ...] = ()
    points: tuple[Pattern, ...] = ()


class Common(Frozen):
    """What all checks share: topics, genres (texts that talk of credit and offer none), and the two exceptions. A
    sentence with a pattern of `stock` shows no genre unless it is the first.
    """

    genres: dict[Name, Annotated[tuple[Pattern, ...], Field(min_length=1)]]
    stock: tuple[Pattern, ...] = ()
    topics: dict[Name, Topic]
    negation: Surroundings
    warning: Surroundings
    guess: dict[TextKind, tuple[Pattern, ...]]
