"""The person's machine: is it ready for interview day, and Docker on it. Left out: GPUs, which have their own room.

- checks.py: what `invoke doctor` looks at, in order
- resources.py: free memory and processors, within a container's limits
- docker.py: is Docker there, and how its images are built and started
- compose.py: the name and the port that Docker Compose gives this checkout
- commands.py: `invoke doctor`, `invoke build`, `invoke up`; view.py: the doctor's table
"""
