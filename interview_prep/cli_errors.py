"""What a mistake gets at the door: one line with the next command, and exit 2, where invoke has a traceback or 1."""

import difflib
import errno
from collections.abc import Collection, Sequence

from invoke.exceptions import Exit, ParseError
from invoke.program import Program

from interview_prep import paths, processes, streams
from interview_prep.errors import KitError

TAKE_A_NAME = ("drill", "check", "practice", "hint", "solution", "reset", "lint-drills")  # tasks
FULL = (errno.ENOSPC, errno.EDQUOT)
FLAGS = ("--json", "--give-up")  # after which a name may come as well


def explain_mistakes(program: Program) -> None:
    """Let `program` answer what it cannot parse, and what a task raises as KitError, with Exit(code=2)."""
    parse, execute = program.parse_tasks, program.execute

    def parse_or_explain() -> None:
        processes.undo_python_settings()
        program.core.unparsed[:] = name_positional_arguments(program.core.unparsed, program.collection.task_names)
        try:
            parse()
        except ParseError as mistake:
            raise Exit(describe_mistake(program, mistake), code=2) from None
        except ValueError as mistake:  # invoke hands a number's text to int() as it is
            raise Exit(
                f"{str(mistake).rpartition(': ')[2]} is not a number. `invoke TASK --help` shows the options.",
                code=2,
            ) from None

    def execute_or_explain() -> None:
        streams.prepare_streams()
        try:
            paths.validate_settings()
            execute()
        except KitError as error:
            raise Exit(str(error), code=2) from error
        except BrokenPipeError:  # `| head` has seen enough
            streams.drop_output()
            raise Exit(code=streams.CLOSED) from None
        except OSError as error:
            if error.errno not in FULL:
                raise
            streams.finish_output()
            where = error.filename or "the output, or a file"
            raise Exit(f"{error.strerror} ({where}). Make room and run the same command again.", code=2) from error
        if cause := streams.finish_output():
            raise Exit(f"Standard output cannot be written: {cause}.", code=2)

    program.execute = execute_or_explain  # type: ignore[method-assign]  # as below
    program.parse_tasks = parse_or_explain  # type: ignore[method-assign]  # the one place where it can be caught


def name_positional_arguments(words: Sequence[str], tasks: Collection[str]) -> list[str]:
    """`check NAME` as `check --name NAME`: to invoke an argument without an option's name is never optional, nor help.

    As a true positional, `--help` would be taken for the drill's name.
    """
    named: list[str] = []
    for word, before in zip(words, ["", *words], strict=False):
        if before in (*TAKE_A_NAME, *FLAGS) and not word.startswith("-") and word not in tasks:
            named.append("--name")
        named.append(word)
    return named


def describe_mistake(program: Program, mistake: ParseError) -> str:
    """What was mistyped and the next command."""
    task = mistake.context.name if mistake.context else None
    word = str(mistake).removeprefix("No idea what '").removesuffix("' is!")
    if word == str(mistake):  # not an unknown word: invoke's own sentence
        return f"{word.rstrip('!.')}. `invoke {f'{task} --help' if task else '--list'}`."
    if word.startswith("-"):
        return f"No option {word} here. `invoke {f'{task} --help' if task else '--help'}` shows the options."
    near = difflib.get_close_matches(word, program.collection.task_names, n=1)
    return f"No task {word!r}{f', but {near[0]!r}' if near else ''}. `invoke --list` shows all of them."
