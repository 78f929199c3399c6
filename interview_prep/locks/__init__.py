"""The package locks, docker/locks/*.txt: every package that the kit installs, by version and hash.

`invoke lock` makes them from pyproject.toml. Left out: the lock of the model weights, which is read in weights/, and
installing, which `prep` and the Dockerfiles do. Read in this order:

read_locks.py    which packages a lock names, in which versions; light, because the doctor starts with it
wheels.py        the promised platforms, and which wheels install on them
torch_wheels.py  the CPU builds of torch, which the default index lacks for Linux
resolve.py       uv chooses the versions and lists the wheels of each package
lock_text.py     the four locks, and how they are written as text
write_locks.py   resolve and write each lock, and keep the file if nothing has changed
commands.py      the task `invoke lock`
"""
