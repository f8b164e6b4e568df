"""Precedents beside an incident of today: side by side, on one time axis, and as files for a report."""
