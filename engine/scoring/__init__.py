"""Mention → Scores. See docs/scoring.md."""
