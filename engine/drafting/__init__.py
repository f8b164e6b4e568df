"""From a template and a register of facts to a draft that proves itself.

template_source, template_program   YAML text → parts; `template_check` its faults, `template_review` tone and elements
facts, numbers                      which values may be stated; numbers in every notation (`numerals`, `number_words`)
strategy, strategy_refusals         how to respond, and what the confirmed facts refuse; `template_choices` what fits
slots                               every way in which a part may be worded: the closed world of a draft
writing, context, repetition        choosing among the ways, with the model or without
composing, document(_fields)        parts, words, elements, mark → Draft, signed; `differences` between two of them
human, human_words, human_names     what a person wrote, against what is confirmed
rewording, undoing, neighbours      what is nearly a fact, what changes one, and what stands in one sentence with one
verification, sentences, elements   Draft → Proof, without any model
commands                            what a person does with drafts
exports/                            Word, Markdown, plain text, with the AI mark
reading, samples, report, gallery/  slips of wording; sample facts; what the model changes; the drafts shown in docs/
"""
