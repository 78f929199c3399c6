"""The budgets, measured: what the kit takes beside what the same thing takes without it, in one run on one machine.

Each row is a ratio or a size. No number is checked: docs/measured.md quotes them, for a person to compare. This imports
the kit, and only tasks.py imports this. Left out: anything that could be tested without measuring this machine.

- commands.py: `invoke bench` and its groups; measurement.py: a row, and how commands are timed
- start.py, judge.py, warmup.py, models.py, lab.py, images.py, setup.py: a group each
"""
