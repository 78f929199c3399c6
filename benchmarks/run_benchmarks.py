"""The budgets, measured: what the kit takes beside what the same thing takes without it, in one run on one machine.

Every row is a ratio or a size. Each group needs what it measures: `images` and `lab` Docker with the built images,
`setup` a package index, and minutes. No number is checked here: the README quotes them, a person compares.
"""

import contextlib
import http.client
import os
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import Distribution, distribution
from pathlib import Path

from huggingface_hub import constants
from invoke.exceptions import Exit

from interview_prep.bootstrap import pip_settings
from interview_prep.console import Printer
from interview_prep.lab import launch
from interview_prep.locks import read_locks
from interview_prep.machine import docker
from interview_prep.paths import ROOT
from interview_prep.warmup import plan
from interview_prep.weights import cache
from interview_prep.weights.models_lock import File, Model

# The set-up of the description that this kit grew from: a virtual environment and one pip install.
RECIPE = "torch pandas numpy matplotlib scikit-learn transformers pytest"
PORT = 18888


@dataclass(frozen=True)
class Row:
    """One measurement: `ours` beside `theirs` (0 where there is nothing to set beside it), and the budget in words."""

    what: str
    measured: float
    baseline_name: str
    baseline: float
    unit: str
    budget: str


def run_benchmarks(*, only: str, json: bool) -> None:
    """Measure the groups, printing each row as it is known."""
    groups: dict[str, Callable[[], Iterator[Row]]] = {
        "start": measure_start, "judge": measure_judge, "warmup": measure_warmup, "models": measure_verification,
        "lab": measure_lab_start, "images": measure_images, "setup": measure_setup,
    }  # fmt: skip
    if only and only not in groups:
        raise Exit(f"No group {only!r}. `invoke bench --only` takes {', '.join(groups)}.", code=2)
    screen, rows = Printer(json=json), []
    for name, measure in groups.items():
        if only in ("", name):
            for row in measure():
                for line in format_row(row):
                    screen.print_line(line)
                rows.append(row)
    screen.print_json({"version": 2, "rows": rows})


def format_row(row: Row) -> list[str]:
    """A measurement as lines: the second has its ratio, where something stands beside it."""
    lines = [f"{row.what}: {row.measured:.2f} {row.unit}   (budget {row.budget})"]
    if row.baseline:
        ratio = row.measured / row.baseline
        lines.append(f"    {row.baseline_name}: {row.baseline:.2f} {row.unit}, ratio {ratio:.3g}")
    return lines


def time_command(command: list[str], **settings: object) -> float:
    """Wall-clock seconds of a command that must succeed; its output is kept for the error only."""
    begin = time.perf_counter()
    run = subprocess.run(
        command, cwd=settings.pop("cwd", ROOT), capture_output=True, text=True, check=False, **settings
    )  # type: ignore[call-overload] # its overloads are chosen by settings that are named by the caller
    if run.returncode:
        raise Exit(f"`{' '.join(command)}` failed: {(run.stderr or run.stdout).strip()[-500:]}", code=1)
    return time.perf_counter() - begin


def measure_start() -> Iterator[Row]:
    """How long a task takes to begin, the doctor and the everyday tasks to answer; the median of five."""
    from benchmarks import task_start

    invoke = str(Path(sys.executable).parent / "invoke")
    bare = statistics.median(time_command([sys.executable, "-c", "import invoke.main"]) for _ in range(5))
    listing = statistics.median(time_command([invoke, "--list"]) for _ in range(5))
    yield Row("invoke --list", listing, "python -c 'import invoke.main'", bare, "s", "≤ 0.3 s")
    examined = statistics.median(time_command([invoke, "doctor"]) for _ in range(5))
    yield Row("invoke doctor", examined, "", 0, "s", "≤ 5 s")
    yield from task_start.measure_task_start()


def measure_judge() -> Iterator[Row]:
    """From the save of an answer to its verdict, and lint."""
    from benchmarks import verdicts

    yield from verdicts.measure_judge()


def measure_warmup() -> Iterator[Row]:
    """Everything runnable in the 90-minute plan: as the warm-up runs it, and each as a process of its own."""
    ours = time_command([str(Path(sys.executable).parent / "invoke"), "warmup", "--minutes", "90", "--yes"])
    steps = [step for step in plan.make_plan(90) if step.verb in plan.RUNNABLE]
    python, ml = sys.executable, plan.ML
    singly = sum(
        time_command([python, "-m", "pytest", str(ml)] if step.verb == "Test" else [python, str(ml / step.path)])
        for step in steps
    )
    yield Row(
        "invoke warmup --minutes 90 --yes", ours, "its scripts and tests one by one", singly, "s", "≤ 30 s, ratio ≤ 0.5"
    )


def measure_verification() -> Iterator[Row]:
    """Every byte of a cache as large as the core set, made here: `invoke models --verify` without its start.

    Both in turn, the quickest of three: neither is to pay for bytes that the other has brought into memory.
    """
    sizes = {"sentiment": 267_832_558, "embeddings": 90_868_376, "generation": 269_060_552}
    before = constants.HF_HUB_CACHE
    with tempfile.TemporaryDirectory() as folder:
        constants.HF_HUB_CACHE = folder
        models = [make_random_model(name, size) for name, size in sizes.items()]
        paths = [str(cache.snapshot_folder(model) / file.path) for model in models for file in model.files]
        ours, theirs = [], []
        for _ in range(3):
            theirs.append(time_command(["sha256sum", *paths]))
            begin = time.perf_counter()
            if cache.verify_models(models):
                raise Exit("What was written is not what is read: is the disk full?", code=1)
            ours.append(time.perf_counter() - begin)
    constants.HF_HUB_CACHE = before
    yield Row("verify 0.63 GB of weights", min(ours), "sha256sum", min(theirs), "s", "ratio ≤ 1.43")


def make_random_model(name: str, size: int) -> Model:
    """A model of one file of random bytes, written where the cache has it."""
    content = os.urandom(size)
    files = (File("weights", size, sha256(content).hexdigest()),)
    model = Model(name, f"bench/{name}", "0" * 40, "none", "core", files)
    cache.snapshot_folder(model).mkdir(parents=True)
    (cache.snapshot_folder(model) / "weights").write_bytes(content)
    for ref in cache.ref_files(model):
        ref.parent.mkdir(exist_ok=True)
        ref.write_text(model.commit)
    return model


def measure_lab_start() -> Iterator[Row]:
    """From the command to the first answer: `docker compose up` of a built image, and bare `jupyter lab`."""
    docker.check_docker()
    bare = statistics.median(time_until_answer(run_bare_lab) for _ in range(3))
    ours = statistics.median(time_until_answer(run_compose_lab) for _ in range(3))
    yield Row("docker compose up, until Lab answers", ours, "jupyter lab on this machine", bare, "s", "ratio ≤ 1.25")


def time_until_answer(server: Callable[[], contextlib.AbstractContextManager[None]]) -> float:
    begin = time.perf_counter()
    with server():
        while time.perf_counter() - begin < 120:
            with contextlib.suppress(OSError, http.client.HTTPException):
                launch.send_get(PORT, "/api")
                return time.perf_counter() - begin
            time.sleep(0.02)
    raise Exit(f"Nothing answered on port {PORT} in two minutes. `docker compose logs lab`.", code=1)


@contextlib.contextmanager
def run_bare_lab() -> Iterator[None]:
    with tempfile.TemporaryDirectory() as folder:
        options = ["--no-browser", "--allow-root", f"--port={PORT}", f"--ServerApp.root_dir={folder}"]
        bare = {**os.environ, "JUPYTER_CONFIG_DIR": folder}  # a person's own settings could move it to another address
        with subprocess.Popen(
            [sys.executable, "-m", "jupyterlab", *options], stderr=subprocess.DEVNULL, cwd=folder, env=bare
        ) as server:
            yield
            server.send_signal(signal.SIGTERM)


@contextlib.contextmanager
def run_compose_lab() -> Iterator[None]:
    compose = ["docker", "compose", "--project-name", "prep-bench"]
    environment = {**os.environ, "PREP_PORT": str(PORT)}
    with subprocess.Popen(
        [*compose, "up", "lab"], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ):
        try:
            yield
        finally:
            subprocess.run([*compose, "down"], cwd=ROOT, env=environment, capture_output=True, check=True)


def measure_images() -> Iterator[Row]:
    """Image sizes beside their base plus what the wheels of the lock unpack to."""
    docker.check_docker()
    cpu, cuda = (read_image_bytes(f"ml-interview-prep-kit:{variant}") for variant in ("cpu", "cuda"))
    wheels = sum(count_unpacked_bytes(distribution(name)) for name in read_locks.read_locked_versions("cpu.txt"))
    base = read_layer_bytes("ml-interview-prep-kit:cpu")[-1]  # the oldest; Debian's slim image is one layer
    yield Row("CPU image", cpu / 1e9, "base + unpacked wheels", (base + wheels) / 1e9, "GB", "≤ 1.6 GB, ratio ≤ 1.15")
    yield Row("CUDA image", cuda / 1e9, "", 0, "GB", "≤ 5.7 GB")


def read_image_bytes(name: str) -> int:
    answer = docker.run_docker("image", "inspect", "--format", "{{.Size}}", name)
    if answer.returncode:
        raise Exit(f"No image {name}. `invoke build` and `invoke build --cuda` make them.", code=2)
    return int(answer.stdout)


def read_layer_bytes(image: str) -> list[int]:
    """The sizes of an image's layers, the newest first."""
    return list(map(int, docker.run_docker("history", "--human=false", "--format", "{{.Size}}", image).stdout.split()))


def count_unpacked_bytes(package: Distribution) -> int:
    """What a wheel holds, without the bytecode that was compiled later."""
    files = [Path(str(file.locate())) for file in package.files or [] if file.suffix != ".pyc"]
    return sum(file.stat().st_size for file in files if file.exists())


def measure_setup() -> Iterator[Row]:
    """From nothing to an environment: `./prep` in a fresh copy, and the recipe; all with empty caches.

    The recipe as it is printed brings PyPI's torch, on Linux with CUDA. Beside it the same recipe with pip's own
    find-links and extra indexes, where those hold torch's CPU wheel, so that both sides fetch the same torch.
    """
    base = str(Path(sys.base_prefix, "bin", "python3.11"))
    options = pip_settings.read_settings()
    index_alone = {f"PIP_{name.upper()}": options[name] for name in ("index-url", "cert", "proxy") if name in options}
    index_alone = {name.replace("-", "_"): text for name, text in index_alone.items()}
    given = {name: text for name, text in os.environ.items() if not name.startswith("PIP_")}
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".bootstrap", ".git", "work"))
        ours = time_command(
            [base, str(copy / "prep"), "--list"], cwd=copy, env=make_cacheless_environment(os.environ, folder)
        )
        settings = {"venv and pip install": {**given, **index_alone, "PIP_CONFIG_FILE": os.devnull}}
        if {"find-links", "extra-index-url"} & options.keys():
            settings["the same with the CPU build of torch"] = dict(os.environ)
        for beside, environment in settings.items():
            venv = tempfile.mkdtemp(dir=folder)
            script = f"{base} -m venv {venv} && {venv}/bin/pip install -q {RECIPE}"
            recipe = time_command(["sh", "-c", script], cwd=folder, env=make_cacheless_environment(environment, folder))
            shutil.rmtree(venv)
            yield Row("./prep from nothing", ours, beside, recipe, "s", "ratio ≤ 0.2")


def make_cacheless_environment(environment: Mapping[str, str], folder: str) -> dict[str, str]:
    """An environment whose installers find nothing in a cache and no .venv on PATH."""
    path = os.pathsep.join(part for part in environment["PATH"].split(os.pathsep) if ".venv" not in part)
    cache = tempfile.mkdtemp(dir=folder)
    return {**environment, "PATH": path, "UV_CACHE_DIR": f"{cache}/uv", "PIP_CACHE_DIR": f"{cache}/pip"}
