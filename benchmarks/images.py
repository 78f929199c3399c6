"""Image sizes, beside their base plus what the wheels of the lock unpack to. Needs Docker and both built images."""

from collections.abc import Iterator
from importlib.metadata import Distribution, distribution
from pathlib import Path

from benchmarks.measurement import BenchmarkError, Row
from interview_prep.locks import read_locks
from interview_prep.machine import docker


def measure() -> Iterator[Row]:
    """A row for each image."""
    docker.check_docker()
    cpu, cuda = (read_image_bytes(f"ml-interview-prep-kit:{variant}") for variant in ("cpu", "cuda"))
    wheels = sum(count_unpacked_bytes(distribution(name)) for name in read_locks.read_locked_versions("cpu.txt"))
    base = read_layer_bytes("ml-interview-prep-kit:cpu")[-1]  # the oldest; Debian's slim image is one layer
    yield Row("CPU image", cpu / 1e9, "base + unpacked wheels", (base + wheels) / 1e9, "GB", "≤ 1.6 GB, ratio ≤ 1.15")
    yield Row("CUDA image", cuda / 1e9, "", 0, "GB", "≤ 5.7 GB")


def read_image_bytes(name: str) -> int:
    answer = docker.run_docker("image", "inspect", "--format", "{{.Size}}", name)
    if answer.returncode:
        raise BenchmarkError(f"No image {name}. `invoke build` and `invoke build --cuda` make them.")
    return int(answer.stdout)


def read_layer_bytes(image: str) -> list[int]:
    """The sizes of an image's layers, newest first."""
    return list(map(int, docker.run_docker("history", "--human=false", "--format", "{{.Size}}", image).stdout.split()))


def count_unpacked_bytes(package: Distribution) -> int:
    """The size of a wheel's files, without the bytecode that was compiled later."""
    files = [Path(str(file.locate())) for file in package.files or [] if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.exists())
