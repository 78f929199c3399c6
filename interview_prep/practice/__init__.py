"""The person's side of a drill: answers in work/, what was tried and when, and what can be done next.

Left out: judging (judge/), what drills there are (catalog/), and the screen with single keys (terminal/). Read in this
order:

- workspace.py: the answers, as plain files in work/
- history.py: events in work/history.sqlite3, only ever added
- progress.py: how far a person is, derived from the events
- actions.py: what can be done with a drill; every front end calls these
- snippet.py, with dataflow.py: the Python that repeats a failure by hand
- view.py: what is shown of drills, hints and verdicts
- commands.py: the tasks drills, drill, check, hint, solution and reset
"""
