"""Finds the call that a failed check is about, in the source of the checks.

Left out: evaluating anything. Where a value comes through more than one name, the name is shown.
"""

import ast
import functools
import linecache
from collections.abc import Iterable, Iterator


@functools.cache
def find_call_source(path: str, line: int) -> str:
    """The call whose value the check on this line looks at, as the check writes it; "" where there is none.

    It is the left side or the first argument of the assert. Where that is a name, it is the call assigned to the name.
    """
    enclosing = list(find_enclosing_statements(path, line))
    checked = find_checked_expression(enclosing[-1]) if enclosing else None
    if isinstance(checked, ast.Name):
        checked = find_assigned_call(enclosing[0], checked.id, line) or checked
    return "" if checked is None else truncate(ast.unparse(checked))


def find_checked_expression(statement: ast.AST) -> ast.expr | None:
    """The left side of an assert, the first argument of a library's assert, or the value of any other statement."""
    if isinstance(statement, ast.Assert):
        return statement.test.left if isinstance(statement.test, ast.Compare) else statement.test
    if not isinstance(statement, ast.Expr | ast.Assign):
        return None
    value = statement.value
    if isinstance(value, ast.Call) and "assert" in ast.unparse(value.func) and value.args:
        return value.args[0]
    return value


def find_enclosing_statements(path: str, line: int) -> Iterator[ast.AST]:
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


def find_assigned_call(tree: ast.AST, name: str, line: int) -> ast.expr | None:
    """The value last assigned to a name above a line, if it contains a call."""
    assignments = (node for node in ast.walk(tree) if isinstance(node, ast.Assign) and node.lineno < line)
    values = [
        (node.lineno, value)
        for node in assignments
        for target in node.targets
        for target_name, value in match_targets(target, node.value)
        if target_name == name
    ]
    last = max((value_line for value_line, _ in values), default=0)
    value = next((value for value_line, value in values if value_line == last), None)
    return value if value and any(isinstance(node, ast.Call) for node in ast.walk(value)) else None


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
