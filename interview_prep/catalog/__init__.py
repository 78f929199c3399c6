"""The drills that there are: a folder becomes a Drill. Nothing is run here, and nothing of the person is known.

Read in this order:

- drill.py: the Drill, and reading one folder
- prompt.py: prompt.md, its front matter and the task
- coach.py: coach.md, with hints and answers
- families.py: families.toml, what a drill may forbid by topic
- find.py: all drills, and one of them by its name
- mistakes.py: mistakes.toml and mistakes/*.py
- sources.py: what a drill's programs say in their syntax trees
"""
