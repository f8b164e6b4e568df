"""Prevention 事前评估: what a planned advertisement, contract summary or announcement could start.

documents   a file → its text
folding     text → one spelling, each character with its place in the original
checks/     what may not be said, what must be said: declarative, read by `loader`, watched by `lint`
matching    folded text x checks → matches with their places
assessing   matches, clauses, precedents → Assessment, with a verdict by a stated rule
exporting   Assessment → JSON, Markdown; `report` → Word
desk        who may, and the entry in the audit chain
measuring   the checks against labelled passages
"""
