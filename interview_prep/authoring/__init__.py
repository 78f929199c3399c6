"""Proves that drills keep their contract: starts fail, solutions pass, known mistakes and mutations are rejected.

Left out: whether a prompt is any good. Read in this order:

- folder_lint.py: what a drill's folder lacks, and what does not belong there; runs nothing
- mutations.py: results of another shape, which checks must reject
- lint.py: the contract, proven by running
- view.py, commands.py: the task lint-drills
"""
