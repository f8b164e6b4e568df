"""Editing of the knowledge base: revisions of entries, who wrote and reviewed them, and what is in force of them."""
