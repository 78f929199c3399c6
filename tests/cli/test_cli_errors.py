"""What is mistyped at the door is one line with the next command, and exit 2."""

import errno

import pytest
from invoke.collection import Collection
from invoke.context import Context
from invoke.program import Program
from invoke.tasks import task

from interview_prep import cli_errors, processes
from interview_prep.errors import KitError
from tests.support.invoke import run_task


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["warmup", "--seconds"], "No option --seconds here. `invoke warmup --help` shows the options."),
        (["--seconds"], "No option --seconds here. `invoke --help` shows the options."),
        (["warmpu"], "No task 'warmpu', but 'warmup'. `invoke --list` shows all of them."),
        (["xyzzy"], "No task 'xyzzy'. `invoke --list` shows all of them."),
        (["warmup", "--minutes", "soon"], "'soon' is not a number. `invoke TASK --help` shows the options."),
        (["drills", "--topic"], "--topic needs a value. `invoke drills --help` shows the options."),
        (
            ["check"],
            "Which drill? `invoke drills` lists them all; `invoke practice` opens the first one you haven't solved.",
        ),
    ],
)
def test_mistyped_word_is_one_line_and_exit_2(arguments: list[str], message: str) -> None:
    """A task, an option, a number, a value and a name."""
    result = run_task(*arguments)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", f"{message}\n")


@pytest.mark.parametrize(
    ("typed", "parsed"),
    [
        ("check bpe", "check --name bpe"),
        ("check --json bpe", "check --json --name bpe"),
        ("check --help", "check --help"),
        ("check drills", "check drills"),
        ("warmup bpe", "warmup bpe"),
    ],
)
def test_only_a_drill_s_name_becomes_an_option(typed: str, parsed: str) -> None:
    """Not an option, nor another task."""
    assert cli_errors.name_positional_arguments(typed.split(), {"check", "drills", "warmup"}) == parsed.split()


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (KitError("No lock. `invoke lock` makes one."), "No lock. `invoke lock` makes one."),
        (
            OSError(errno.ENOSPC, "No space left on device", "/work/a.py"),
            "No space left on device (/work/a.py). Free some space and run the same command again.",
        ),
    ],
)
def test_error_of_a_task_is_one_line_and_exit_2(
    error: Exception, message: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the person has to change, and a full disk; anything else is a bug and keeps its traceback."""
    monkeypatch.setattr(processes, "undo_python_settings", lambda: None)

    @task
    def fail(_: Context, bug: bool = False) -> None:
        """Fail."""
        raise ZeroDivisionError if bug else error

    program = Program(namespace=Collection(fail))
    cli_errors.explain_mistakes(program)
    with pytest.raises(SystemExit) as end:
        program.run(["invoke", "fail"])
    assert (end.value.code, capsys.readouterr().err) == (2, f"{message}\n")
    with pytest.raises(ZeroDivisionError):
        program.run(["invoke", "fail", "--bug"])
