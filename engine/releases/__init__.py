"""Releases: what decides as one signed content, from a proposal to what is in force."""
