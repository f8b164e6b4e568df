"""Benchmarks: how far the product is from the part that bounds it, measured in the same run (docs/benchmarks.md).

Ratios are what gates judge, because seconds vary with the machine and with what else it does.
"""
