"""The door: what `invoke` can do here. Names and help only; each task is one call into interview_prep/."""

import os

from invoke.context import Context
from invoke.main import program
from invoke.tasks import task

from interview_prep import cli_errors
from interview_prep.bootstrap.python_variables import ignore_python_variables
from interview_prep.invoke_config import DefaultConfig

ignore_python_variables()
cli_errors.explain_mistakes(program)
program.config = DefaultConfig()
if not os.environ.get("HF_HUB_OFFLINE"):
    os.environ["HF_HUB_OFFLINE"] = "1"  # without it a missing model is a wait of minutes for the network


@task(
    help={
        "minutes": "30, 60 or 90: the plans of the README",
        "yes": "never wait for a key",
        "json": "print one JSON document; everything else goes to standard error",
    }
)
def warmup(_: Context, minutes: int = 30, yes: bool = False, json: bool = False) -> None:
    """Go through the warm-up plan: sheets to skim, scripts and tests to run."""
    from interview_prep.warmup import commands

    commands.run_warmup(minutes, yes=yes, json=json)


@task(help={"path": "a folder, a file, or FILE::TEST; everything by default"})
def test(_: Context, path: str = "") -> None:
    """Run every test, offline."""
    from interview_prep.selftest import commands

    commands.run_tests(path)


@task(name="gpu-check", help={"json": "print one JSON document"})
def gpu_check(_: Context, json: bool = False) -> None:
    """Say whether there is a GPU that torch can use, how fast it is and, if not, why and what to do."""
    from interview_prep.gpu import commands

    commands.run_gpu_check(json=json)


@task(help={"json": "print one JSON document"})
def doctor(_: Context, json: bool = False) -> None:
    """Check that this machine is ready for interview day."""
    from interview_prep.machine import commands

    commands.run_doctor(json=json)


@task(
    help={
        "set": "core, or full: which models",
        "verify": "compare every byte with the lock",
        "fetch": "bring what is missing or damaged from the Hub (HF_ENDPOINT, HF_TOKEN, HF_HOME as usual)",
        "relock": "lock NAME's newest commit instead; the difference is shown first",
        "yes": "with --relock: write without asking",
        "json": "print one JSON document; everything else goes to standard error",
    }
)
def models(
    _: Context,
    set: str = "core",  # noqa: A002 - an option's name
    verify: bool = False,
    fetch: bool = False,
    relock: str = "",
    yes: bool = False,
    json: bool = False,
) -> None:
    """List the pretrained weights of the lock; verify or fetch them."""
    from interview_prep.weights import commands

    if relock:
        commands.relock_and_show(relock, yes=yes)
    else:
        commands.list_models(set_name=set, verify=verify, fetch=fetch, json=json)


@task(name="drills", help={"topic": "one topic only", "json": "print one JSON document"})
def list_drills(_: Context, topic: str = "", json: bool = False) -> None:
    """List the drills, and how far you are with each."""
    from interview_prep.practice import commands

    commands.show_drills(topic=topic, json=json)


@task(help={"name": "the drill: `invoke drills` lists them"})
def drill(_: Context, name: str = "") -> None:
    """Start a drill: put its start into work/, never over an answer, and show the prompt."""
    from interview_prep.practice import commands

    commands.show_drill(name)


@task(
    help={
        "name": "the drill",
        "answer": "another file than the one in work/; its verdict is not recorded",
        "show": "show the lines of Python that repeat the first failure by hand",
        "json": "print one JSON document; everything else goes to standard error",
    }
)
def check(_: Context, name: str = "", answer: str = "", show: bool = False, json: bool = False) -> None:
    """Judge your answer to a drill, once."""
    from interview_prep.practice import commands

    commands.check_answer(name, answer=answer, show=show, json=json)


@task(help={"name": "the drill; the first that is not solved by default"})
def practice(_: Context, name: str = "") -> None:
    """Work on drills with a verdict on every save; single keys for hints, the next drill, quitting."""
    from interview_prep.terminal import commands

    commands.run_practice(name)


@task(help={"name": "the drill"})
def hint(_: Context, name: str = "") -> None:
    """Show the next hint of a drill."""
    from interview_prep.practice import commands

    commands.show_hint(name)


@task(help={"name": "the drill", "give-up": "see it without having solved the drill"})
def solution(_: Context, name: str = "", give_up: bool = False) -> None:
    """Show a drill's solution, once you have solved it."""
    from interview_prep.practice import commands

    commands.show_solution(name, give_up=give_up)


@task(help={"name": "the drill"})
def reset(_: Context, name: str = "") -> None:
    """Archive your answer to a drill and start again."""
    from interview_prep.practice import commands

    commands.reset_answer(name)


@task(name="lint-drills", help={"name": "one drill; all by default"})
def lint_drills(_: Context, name: str = "") -> None:
    """Prove the drills: starts fail, solutions pass, mistakes and values of another shape are rejected."""
    from interview_prep.authoring import commands

    commands.run_lint(name)


@task(help={"port": "where to listen; PREP_PORT or 8888 by default"})
def lab(_: Context, port: str = "") -> None:
    """Start JupyterLab and print one URL to click."""
    from interview_prep.lab import commands

    commands.start_lab(port)


@task(
    help={
        "cuda": "the GPU service, lab-cuda",
        "port": "where to reach Lab; PREP_PORT or 8888 by default",
        "detach": "in the background; `docker compose down` ends it",
    }
)
def up(_: Context, cuda: bool = False, port: str = "", detach: bool = False) -> None:
    """Start JupyterLab in its container: `docker compose up` after a look at what could be in its way."""
    from interview_prep.machine import commands

    commands.start_service(cuda=cuda, port=port, detach=detach)


@task(help={"cuda": "the CUDA image instead of the CPU one"})
def build(_: Context, cuda: bool = False) -> None:
    """Build an image, labeled with version and revision."""
    from interview_prep.machine import commands

    commands.build_image(cuda=cuda)


@task(
    help={
        "upgrade": "take the newest versions that pyproject.toml allows",
        "extra-indexes": "also ask the extra indexes and folders of wheels that pip or a UV_ variable names",
    }
)
def lock(_: Context, upgrade: bool = False, extra_indexes: bool = False) -> None:
    """Make docker/locks/ again from pyproject.toml and the default index."""
    from interview_prep.locks import commands

    commands.update_locks(upgrade=upgrade, extra_indexes=extra_indexes)


@task(help={"json": "print one JSON document", "only": "one group: start, judge, warmup, models, lab, images or setup"})
def bench(_: Context, json: bool = False, only: str = "") -> None:
    """Measure the budgets of the docs as ratios, side by side in one run."""
    from benchmarks import commands

    commands.run_benchmarks(only=only, json=json)
