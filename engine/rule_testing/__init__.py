"""Tests of rules: cases through the real windows and both engines, and whether there are enough of them."""
