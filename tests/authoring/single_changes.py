"""Every single change of a program that is worth judging: one edit, in code that the checks can reach.

Left out: docstrings, annotations, imports, messages of errors, `main`, and functions that nothing imported uses.
Home-made rather than a mutation testing package, because axes, swapped arguments and dropped lines are what goes wrong
in a drill, each survivor should be an edit of the text, and the judge is what decides.
"""

import ast
import warnings
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from tests.authoring.operators import KINDS
from tests.authoring.program import Edit, Program, is_docstring, is_negative_number


@dataclass(frozen=True)
class Change:
    """`find` occurs exactly once in the program, and `source` is the program in which `replace` stands for it."""

    kind: str
    line: int
    find: str
    replace: str
    source: str


def list_changes(source: str, entries: Collection[str] = ()) -> list[Change]:
    """List the changes of a program by line, each program once; `entries` are the names that the checks import."""
    program = Program(source)
    known = {normalize(source)}
    changes = []
    for kind, edit in find_edits(program, entries):
        form = normalize(program.apply_edit(edit))
        if form and form not in known:
            known.add(form)
            changes.append(describe_change(program, kind, edit))
    return sorted(changes, key=lambda change: change.line)


def find_edits(program: Program, entries: Collection[str] = ()) -> Iterator[tuple[str, Edit]]:
    """Find all edits with their kinds, also those that don't compile or that make the same program."""
    for node in walk_code(program.tree, find_unreachable(program.tree, entries)):
        for kind, operator in KINDS.items():
            for edit in operator(program, node):
                yield kind, edit


def normalize(source: str) -> str:
    """The program without its layout and comments; "" where it doesn't compile without a warning."""
    with warnings.catch_warnings(action="error"):  # such as that of `x is 0`
        try:
            compile(source, "answer.py", "exec", dont_inherit=True)
        except (SyntaxError, SyntaxWarning):
            return ""
    return ast.dump(ast.parse(source))


def walk_code(node: ast.AST, unreachable: Collection[ast.AST]) -> Iterator[ast.AST]:
    """Walk through the nodes in which a change can matter."""
    if node in unreachable or isinstance(node, ast.Import | ast.ImportFrom | ast.JoinedStr) or is_docstring(node):
        return
    yield node
    if is_negative_number(node):
        return
    for field, value in ast.iter_fields(node):
        if field not in {"annotation", "returns", "exc"}:  # `exc` is what is raised, message included
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not (field == "decorator_list" and isinstance(child, ast.Name)):
                    yield from walk_code(child, unreachable)


def find_unreachable(tree: ast.Module, entries: Collection[str]) -> set[ast.AST]:
    """Find the functions and classes that `entries` don't use, `main` and `if __name__ == ...`; without any, none."""
    definitions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    used, left = set[str](), list(entries or definitions)
    while left:
        name = left.pop()
        if name in definitions and name not in used:
            used.add(name)
            left += find_read_names(definitions[name])
    guards = [node for node in tree.body if isinstance(node, ast.If) and "__name__" in ast.dump(node.test)]
    return {*guards, *(node for name, node in definitions.items() if name not in used)}


def find_read_names(definition: ast.AST) -> set[str]:
    """Find the names that it reads and does not assign itself, as a variable may have the name of a function."""
    names = [node for node in ast.walk(definition) if isinstance(node, ast.Name)]
    return {each.id for each in names} - {each.id for each in names if isinstance(each.ctx, ast.Store)}


def describe_change(program: Program, kind: str, edit: Edit) -> Change:
    """Find whole lines around an edit that occur once."""
    source, changed = program.source, program.apply_edit(edit)
    line = source.count("\n", 0, edit.start) + 1
    end = source.find("\n", edit.end) if "\n" in source[edit.end :] else len(source)
    find = ""
    for start in reversed(program.starts[:line]):
        find = source[start:end].lstrip()
        if source.count(find) == 1:
            break
    replace = changed[end - len(find) : end + len(changed) - len(source)]
    return Change(kind, line, find, replace, changed)
