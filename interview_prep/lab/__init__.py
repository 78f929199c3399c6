"""JupyterLab on this checkout, at one URL, offline. Left out: what you do in it; practicing is the practice room's job.

- launch.py: the port, the token, and the command and environment that Lab starts with
- commands.py: `invoke lab`
- jupyter/: settings that Jupyter itself reads; nothing here imports them
"""
