"""The 30, 60 and 90 minutes before an interview, gone through step by step: `invoke warmup`. Left out: the material.

- plan.py: the plans, and how a step went
- preload.py: imports what the next script needs, in a thread
- runner.py: runs scripts and tests in forks of this process
- commands.py: the task; view.py: the heading of a step and the table at the end
"""
