"""Drafts leave the desk: as Word, Markdown and plain text, each with the mark that an AI helped, each saying whether it
may be published.
"""
