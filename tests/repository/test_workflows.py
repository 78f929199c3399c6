"""The workflows pin what they use, hold no more rights than they need, and run commands that exist.

Left out: whether they run, which only GitHub shows, and what actionlint and zizmor look at.
"""

import re
import shlex
import tomllib
from typing import Any

import pytest
import yaml
from invoke.collection import Collection
from invoke.parser import Parser
from invoke.program import Program

import tasks
from interview_prep.paths import ROOT
from tests.support.listing import list_files

WORKFLOWS = {path.name: path.read_text() for path in list_files(ROOT / ".github" / "workflows")}
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
NPM_PACKAGE = re.compile(r"(@[\w-]+/)?[\w-]+@\d+\.\d+\.\d+")
ON_A_TAG = "github.ref_type == 'tag'"
LONGEST = 120  # minutes; GitHub's own limit is 360


def workflow(name: str) -> dict[Any, Any]:
    """One workflow as YAML 1.1 reads it: the key `on` is True."""
    parsed: dict[Any, Any] = yaml.safe_load(WORKFLOWS[name])
    return parsed


JOBS = {f"{name}: {job}": body for name in WORKFLOWS for job, body in workflow(name)["jobs"].items()}
STEPS = [step for job in JOBS.values() for step in job["steps"]]


def commands() -> list[str]:
    """Every command that a step runs, a line each, without comments."""
    texts = [step["run"].replace("\\\n", " ") for step in STEPS if "run" in step]
    lines = [shlex.split(line, comments=True) for text in texts for line in text.splitlines()]
    return [shlex.join(words) for words in lines if words]


COMMANDS = sorted(set(commands()))
WORDS = sorted({word for command in COMMANDS for word in shlex.split(command)})
TASKS = [command for command in COMMANDS if re.search(r"(^\./prep|\binvoke) ", command)]
PATHS = [word for word in WORDS if re.search(r"/|\.toml$", word) and not re.search(r"^/|^\.venv/|[$@=]", word)]
TOOLS = [word.removeprefix(".venv/bin/") for word in WORDS if word.startswith(".venv/bin/")]
WRITERS = [name for name, job in JOBS.items() if "write" in job.get("permissions", {}).values()]


def compose_services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    return services


def test_the_workflows_are_the_two_that_are_documented() -> None:
    """The tests below look at something: both workflows are found, and no other."""
    assert list(WORKFLOWS) == ["images.yml", "test.yml"]


@pytest.mark.parametrize("name", WORKFLOWS)
def test_every_action_is_pinned_by_commit_with_its_version_beside_it(name: str) -> None:
    """A tag can be moved to other code; a commit cannot."""
    uses = re.findall(r"^ *(?:- )?uses: *(.*)$", WORKFLOWS[name], re.MULTILINE)
    assert [action for action in uses if not PINNED.fullmatch(action)] == []


def test_no_action_escapes_the_look_at_its_pin() -> None:
    """Each `uses` that YAML finds stands on a line of its own, where the test above reads it."""
    lines = sum(len(re.findall(r"^ *(?:- )?uses: ", text, re.MULTILINE)) for text in WORKFLOWS.values())
    assert sum("uses" in step for step in STEPS) + sum("uses" in job for job in JOBS.values()) == lines


def test_an_action_has_the_same_pin_everywhere() -> None:
    """An update that forgets one place shows."""
    pins = {action for text in WORKFLOWS.values() for action in re.findall(r"uses: *(.*)", text)}
    assert len(pins) == len({pin.partition("@")[0] for pin in pins})


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_only_read(name: str) -> None:
    """What a job needs beyond reading the repository, it says itself."""
    assert workflow(name)["permissions"] == {"contents": "read"}


def test_only_packages_are_written() -> None:
    """A publishing job writes packages; no job writes anything else."""
    written = {right for name in WRITERS for right, how in JOBS[name]["permissions"].items() if how == "write"}
    assert written == {"packages"}


@pytest.mark.parametrize("name", WRITERS)
def test_a_job_that_writes_runs_on_a_tag_alone(name: str) -> None:
    """Neither a push to a branch nor a pull request publishes."""
    assert JOBS[name]["if"] == ON_A_TAG


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_published_is_built_without_a_cache(name: str) -> None:
    """A cache that an unreviewed branch has filled cannot reach a published image."""
    assert re.findall(r"\bcache\S*", yaml.safe_dump(JOBS[name])) == []


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_starts_on_a_push_or_a_pull_request(name: str) -> None:
    """No `pull_request_target` or `workflow_run`, which would give a stranger's change the rights of the repository."""
    assert set(workflow(name)[True]) == {"push", "pull_request"}


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_newer_push_to_a_pull_request_ends_the_older_run(name: str) -> None:
    """Runs of one branch or tag wait for each other, and only those of a pull request are cancelled."""
    group = workflow(name)["concurrency"]
    assert ("github.ref" in group["group"], group["cancel-in-progress"]) == (
        True,
        "${{ github.event_name == 'pull_request' }}",
    )


@pytest.mark.parametrize("name", JOBS)
def test_every_job_has_a_timeout(name: str) -> None:
    """A hanging job ends within two hours, not within GitHub's six."""
    assert 0 < JOBS[name]["timeout-minutes"] <= LONGEST


def test_a_checkout_leaves_no_credentials_behind() -> None:
    """What a step runs cannot read the job's token from .git/config."""
    checkouts = [step for step in STEPS if step.get("uses", "").startswith("actions/checkout@")]
    assert {step.get("with", {}).get("persist-credentials") for step in checkouts} == {False}


@pytest.mark.parametrize("command", TASKS)
def test_a_task_that_a_workflow_runs_exists_with_its_options(command: str) -> None:
    """The parser of invoke takes the task and every option; it raises ParseError for one that is not there."""
    words = shlex.split(command)
    arguments = words[words.index("invoke") + 1 :] if "invoke" in words else words[1:]
    contexts = Collection.from_module(tasks).to_contexts()
    assert Parser(contexts=contexts, initial=Program().initial_context).parse_argv(arguments)


@pytest.mark.parametrize("path", PATHS)
def test_a_file_that_a_workflow_names_exists(path: str) -> None:
    """A renamed file or folder fails here, before it fails on GitHub."""
    assert list(ROOT.glob(path.removeprefix("./")))


@pytest.mark.parametrize("tool", TOOLS)
def test_a_linter_that_a_workflow_runs_is_locked(tool: str) -> None:
    """.venv/bin/X comes from the package X or X-bin of pyproject.toml's groups."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"].values()
    assert {tool, f"{tool}-bin"} & {line.partition("==")[0] for group in groups for line in group}


def test_a_package_of_npm_is_named_with_its_version() -> None:
    """Neither npx nor npm install takes a version that was not looked at."""
    lines = [shlex.split(command) for command in COMMANDS if re.match(r"npx |npm install ", command)]
    named = [next(word for word in words[1:] if word != "install" and not word.startswith("-")) for words in lines]
    assert [package for package in named if not NPM_PACKAGE.fullmatch(package)] == []


def test_every_shell_script_is_linted() -> None:
    """A new script beside the others is named to shellcheck too."""
    files = [path for folder in ("", "docker", ".ci") for path in (ROOT / folder).glob("[!.]*") if path.is_file()]
    scripts = {str(path.relative_to(ROOT)) for path in files if re.match(rb"#!.*\b(ba)?sh\b", path.read_bytes()[:80])}
    linted = {word for words in map(shlex.split, COMMANDS) if "shellcheck" in words for word in words}
    assert scripts - linted == set()


def test_compose_services_and_images_are_called_by_their_names() -> None:
    """What is built by its service's name and run by its image's name stands in docker-compose.yml."""
    built = {words[-1] for command in COMMANDS if (words := shlex.split(command))[:3] == ["docker", "compose", "build"]}
    run = {word for word in WORDS if re.fullmatch(r"[\w-]+:\w+", word)}
    services = compose_services()
    assert (built - set(services), run - {service["image"] for service in services.values()}) == (set(), set())


def test_every_dockerfile_is_published() -> None:
    """The pushing job's matrix names each Dockerfile of docker/, and the CPU one for both processors."""
    matrix = JOBS["images.yml: push"]["strategy"]["matrix"]["include"]
    there = [f"docker/{path.name}" for path in ROOT.glob("docker/[!.]*.Dockerfile")]
    assert sorted(row["dockerfile"] for row in matrix) == sorted(["docker/cpu.Dockerfile", *there])


def test_every_pushed_image_is_tagged() -> None:
    """The digest of each job of the matrix is handed on, and the tagging job takes each."""
    rows = {row["image"] for row in JOBS["images.yml: push"]["strategy"]["matrix"]["include"]}
    step = JOBS["images.yml: tag"]["steps"][-1]
    used = " ".join(value for name, value in step["env"].items() if f'"${name}"' in step["run"])
    taken = re.findall(r"needs\.push\.outputs\.(\w+)", used)
    assert (set(JOBS["images.yml: push"]["outputs"]), set(taken)) == (rows, rows)


def test_nothing_is_pushed_before_every_image_was_tested() -> None:
    """Pushing waits for the jobs that build and test, tagging for pushing."""
    needs = {name: JOBS[f"images.yml: {name}"]["needs"] for name in ("push", "tag")}
    assert needs == {"push": ["amd64", "arm64"], "tag": "push"}


def test_no_image_is_built_without_its_weights() -> None:
    """Compose takes MODELS_REQUIRED from the environment; `docker buildx build` is told to."""
    assert workflow("images.yml")["env"] == {"MODELS_REQUIRED": "1"}
    built = [command for command in COMMANDS if command.startswith("docker buildx build ")]
    assert built
    assert [command for command in built if "--build-arg MODELS_REQUIRED " not in command] == []
