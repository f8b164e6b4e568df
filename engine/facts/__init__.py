"""The register of facts of an incident: proposed from mentions, asked of departments, confirmed or disputed by people.

extraction          mentions → proposals (`terms`, `numbers`, `times` are what it knows), never confirmed by itself
values              the shape that a value of each kind must have
commands            confirm, dispute, correct
questions           which department knows, until when; `question_commands` ask and answer
register            all that is said of each fact, for the pages
"""
