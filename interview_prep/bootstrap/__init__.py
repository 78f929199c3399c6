"""`./prep`: make .venv from the locks on first use, keep it in step with them, and become `invoke` in it.

Standard library only, for any Python from 3.9 on; of the kit it imports errors.py, files.py and paths.py. Left out:
Windows without WSL, and Docker, whose images hold everything. Read in this order:

start.py             what every start does; imports next to nothing if .venv is ready
venv.py              where .venv is, and whether it is what the locks ask for
prepare.py           make .venv, or sync it with changed locks
locked_uv.py         get the locked uv; without_pip.py does it with the standard library alone
pip_settings.py      where packages come from: pip's settings, for pip and for uv
python311.py         find a Python 3.11 on this machine
platforms.py         which systems the locked wheels run on
steps.py             run one step, and explain in one line why it failed
messages.py          the lines that people see
python_variables.py  drop the PYTHON variables that are meant for other Pythons; the tasks use it too
"""
