"""Is there a GPU, how fast is it, and what to fix: `invoke gpu-check`, and the same as a plain script.

Only torch and the standard library, except in commands.py and view.py. Left out: measuring AMD's and Apple's
GPUs, which are only recognized. In reading order:

- facts.py: the data that all others share
- gather.py, nvidia_smi.py: collect facts about the machine
- diagnosis.py, driver.py, health.py: what the facts mean: torch and the GPU, NVIDIA's driver, warnings
- measure.py: runs the measurements of matmul.py, transfers.py and training.py, timed by timing.py
- peaks.py, speeds.py: how fast a GPU should be, and what the measurements mean
- report.py: all of it together; view.py: as a table
- gpu_check.py: the plain script; commands.py: the task
"""
