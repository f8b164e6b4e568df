"""The example drafts of docs/drafts: one incident a category, drafted, signed and told with their proofs.

`python -m engine.drafting.gallery` writes them anew with the language model; the key it signs with is thrown away.
"""
