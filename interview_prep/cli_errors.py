"""Mistakes at the door: one line with the next command and exit 2, where invoke prints a traceback or exits with 1.

Left out: what the tasks themselves refuse with Exit.
"""

import contextlib
import difflib
import errno
import itertools
import os
import re
from collections.abc import Collection, Iterator, Sequence

from invoke.exceptions import Exit, ParseError
from invoke.program import Program

from interview_prep import paths, processes, streams
from interview_prep.errors import KitError

NAMED_TASKS = ("drill", "check", "practice", "hint", "solution", "reset", "lint-drills")  # `invoke check NAME`
FLAGS_BEFORE_NAME = ("--json", "--give-up")  # `invoke check --json NAME`
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


def explain_mistakes(program: Program) -> None:
    """Make `program` answer what it cannot parse, and what a task raises as KitError, with one line and exit code 2."""
    parse, list_tasks, execute = program.parse_tasks, program.parse_cleanup, program.execute

    def parse_or_explain() -> None:
        processes.undo_python_settings()
        program.core.unparsed[:] = name_positional_arguments(program.core.unparsed, program.collection.task_names)
        try:
            parse()
        except ParseError as mistake:
            raise Exit(describe_mistake(program, mistake), code=2) from None
        except ValueError as mistake:  # from int(), which invoke calls for an option that is a number
            raise Exit(
                f"{str(mistake).rpartition(': ')[2]} is not a number. `invoke TASK --help` shows the options.",
                code=2,
            ) from None

    def list_or_explain() -> None:
        with end_in_one_line():
            list_tasks()

    def execute_or_explain() -> None:
        with end_in_one_line():
            paths.validate_settings()
            execute()

    program.parse_tasks = parse_or_explain  # type: ignore[method-assign]  # invoke has no other place to catch these
    program.parse_cleanup = list_or_explain  # type: ignore[method-assign]  # --list, --help, --version
    program.execute = execute_or_explain  # type: ignore[method-assign]


@contextlib.contextmanager
def end_in_one_line() -> Iterator[None]:
    """Turn a KitError, a full disk and an output that cannot be written into an Exit with at most one line."""
    streams.prepare_streams()
    try:
        yield
    except Exit:
        streams.finish_output()
        raise
    except KitError as error:
        raise Exit(str(error), code=2) from error
    except BrokenPipeError:  # the reader is gone, as with `| head`
        streams.drop_output()
        raise Exit(code=streams.SIGPIPE_EXIT_CODE) from None
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        streams.finish_output()
        where = error.filename or "the output, or a file"
        raise Exit(f"{error.strerror} ({where}). Free some space and run the same command again.", code=2) from error
    cause = streams.finish_output()
    if cause == os.strerror(errno.EPIPE):
        raise Exit(code=streams.SIGPIPE_EXIT_CODE)
    if cause:
        raise Exit(f"Standard output cannot be written: {cause}.", code=2)


def name_positional_arguments(words: Sequence[str], tasks: Collection[str]) -> list[str]:
    """Rewrite `check NAME` as `check --name NAME`.

    A positional argument of invoke cannot be optional, and it would take `--help` for the drill's name.
    """
    named: list[str] = []
    for before, word in itertools.pairwise(["", *words]):
        if before in (*NAMED_TASKS, *FLAGS_BEFORE_NAME) and not word.startswith("-") and word not in tasks:
            named.append("--name")
        named.append(word)
    return named


def describe_mistake(program: Program, mistake: ParseError) -> str:
    """Say what was mistyped, and the next command."""
    task = mistake.context.name if mistake.context else ""
    help_command = f"`invoke {task} --help`" if task else "`invoke --help`"
    if flag := re.match(r"Flag <Argument: (\S+)", str(mistake)):
        return f"--{flag[1].replace('_', '-')} needs a value. {help_command} shows the options."
    word = str(mistake).removeprefix("No idea what '").removesuffix("' is!")
    if word == str(mistake):  # not an unknown word: invoke's own sentence
        return f"{word.rstrip('!.')}. {help_command} shows the options."
    if word.startswith("-"):
        return f"No option {word} here. {help_command} shows the options."
    near = difflib.get_close_matches(word, program.collection.task_names, n=1)
    return f"No task {word!r}{f', but {near[0]!r}' if near else ''}. `invoke --list` shows all of them."
