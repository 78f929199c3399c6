"""Finds the call that a failed check is about, in the source of the checks, and how the names in it were made.

Left out: evaluating anything. Where a value comes through more than one name, the name is shown.
"""

import ast
import functools
import linecache
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MAX_CALL = 160  # characters; two lines of a terminal


@dataclass(frozen=True)
class CallSource:
    """A call as the checks write it, and for each name in it how that was made, or None where no assignment says it."""

    text: str = ""
    sources: tuple[tuple[str, ast.expr | None], ...] = ()


@functools.cache
def find_call_source(path: str, line: int) -> CallSource:
    """The call whose value the check on this line looks at; an empty one where there is none.

    It is the left side or the first argument of the assert. Where that is a name, it is the call assigned to the name.
    """
    enclosing = list(find_enclosing_statements(path, line))
    checked = find_checked_expression(enclosing[-1]) if enclosing else None
    if checked is None:
        return CallSource()
    if isinstance(checked, ast.Name):
        assigned = find_assigned_value(enclosing[0], checked.id, line)
        if assigned and any(isinstance(node, ast.Call) for node in ast.walk(assigned)):
            checked = assigned
    scopes = enclosing[0], parse_module(path)
    sources = {name: find_source(scopes, name, line) for name in list_free_names(checked)}
    return CallSource(truncate(ast.unparse(checked), MAX_CALL), tuple(sources.items()))


def find_checked_expression(statement: ast.AST) -> ast.expr | None:
    """The left side of an assert, the first argument of a library's assert, or the value of any other statement."""
    if isinstance(statement, ast.With):  # pytest.raises, where nothing was raised
        return find_checked_expression(statement.body[-1])
    if isinstance(statement, ast.Assert):
        test = statement.test
        return test.left if isinstance(test, ast.Compare) and not isinstance(test.left, ast.Constant) else test
    if not isinstance(statement, ast.Expr | ast.Assign | ast.Return):
        return None
    value = statement.value
    if isinstance(value, ast.Call) and "assert" in ast.unparse(value.func) and value.args:
        return value.args[0]
    return value


def find_enclosing_statements(path: str, line: int) -> Iterator[ast.stmt | ast.excepthandler]:
    """The statements that contain a line, from the outermost to the innermost."""
    children: Iterable[ast.AST] = parse_module(path).body
    while True:
        statements = (node for node in children if isinstance(node, ast.stmt | ast.excepthandler))
        enclosing = next((node for node in statements if node.lineno <= line <= (node.end_lineno or 0)), None)
        if enclosing is None:
            return
        yield enclosing
        children = ast.iter_child_nodes(enclosing)


@functools.cache
def parse_module(path: str) -> ast.Module:
    return ast.parse("".join(linecache.getlines(path)))


def list_free_names(expression: ast.expr) -> list[str]:
    """The names that an expression reads, in their order, without those that a comprehension or lambda binds."""
    nodes = list(ast.walk(expression))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
    names = sorted(
        (node for node in nodes if isinstance(node, ast.Name) and node.id not in bound),
        key=lambda node: (node.lineno, node.col_offset),
    )
    return list(dict.fromkeys(node.id for node in names))


def find_source(scopes: tuple[ast.AST, ast.Module], name: str, line: int) -> ast.expr | None:
    """What was last assigned to a name above a line, in the check or else at the top of its module."""
    check, module = scopes
    if name in {node.id for node in ast.walk(check) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}:
        return find_assigned_value(check, name, line)
    if name in {node.arg for node in ast.walk(check) if isinstance(node, ast.arg)}:
        return None
    top = ast.Module([node for node in module.body if isinstance(node, ast.Assign)], [])
    return find_assigned_value(top, name, line)


def find_assigned_value(tree: ast.AST, name: str, line: int) -> ast.expr | None:
    """The value last assigned to a name above a line; None where something else binds or changes the name as well."""
    nodes = [
        node for node in ast.walk(tree) if isinstance(node, ast.Assign | ast.AugAssign | ast.For | ast.comprehension)
    ]
    if any(name in list_targets(node.target) for node in nodes if not isinstance(node, ast.Assign)):
        return None
    values = [
        (node.lineno, value)
        for node in nodes
        if isinstance(node, ast.Assign) and node.lineno < line
        for target in node.targets
        for target_name, value in match_targets(target, node.value)
        if target_name == name
    ]
    last = max((value_line for value_line, _ in values), default=0)
    return next((value for value_line, value in values if value_line == last), None)


def list_targets(target: ast.expr) -> list[str]:
    """The names that an assignment's left side binds."""
    return [name for name, _ in match_targets(target, ast.Constant(None))]


def match_targets(target: ast.expr, value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Each name on the left of an assignment, with the expression on the right that it gets."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Starred):
        yield from match_targets(target.value, value)
    elif isinstance(target, ast.Tuple | ast.List):
        elements = value.elts if isinstance(value, ast.Tuple | ast.List) else []
        values = elements if len(elements) == len(target.elts) else [value] * len(target.elts)
        for element, part in zip(target.elts, values, strict=True):
            yield from match_targets(element, part)


def truncate(text: str, limit: int = 74) -> str:
    """The text, or the beginning of it and an ellipsis where it is longer."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
