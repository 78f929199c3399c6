"""Writes the few lines of Python that repeat a failed check by hand: what made the inputs, then the call, printed.

They are the statements of the check that matter for the call, found by a backward slice. Runs nothing.
Left out: limits, and a failure that no check has reported, such as an endless loop.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from interview_prep.catalog.drill import Drill
from interview_prep.judge.call_source import (
    find_assigned_value,
    find_checked_expression,
    find_enclosing_statements,
    parse_module,
)
from interview_prep.judge.verdict import CheckResult
from interview_prep.paths import ROOT
from interview_prep.practice.dataflow import find_names_that_reach_answer, keep_what_matters, list_binds, list_reads

FAILED_ASSERTS = ("AssertionError", "Failed")  # kinds of checks in which nothing was raised but the assert's own error


def write_snippet(drill: Drill, check: CheckResult, answer: Path) -> str:
    """Python that repeats a failed check from the checkout's root; "" where it has no line in the checks."""
    checks = drill.folder / "test_answer.py"
    enclosing = list(find_enclosing_statements(str(checks), check.checks_line)) if check.checks_line else []
    function = enclosing[0] if enclosing else None
    if not isinstance(function, ast.FunctionDef) or not checks.is_relative_to(ROOT):
        return ""
    tree = parse_module(str(checks))
    reaching = find_names_that_reach_answer(tree)
    statements = repeat_failure(function.body, check.checks_line, reaching)
    if (
        check.kind[0].isupper() and check.kind not in FAILED_ASSERTS and not check.difference
    ):  # of the comparison itself
        statements += [each for each in enclosing[-1:] if isinstance(each, ast.stmt)]
    used = {name for statement in statements for name in list_reads(statement)}
    parameters = [each for each in list_parameters(tree, function, check.cases) if used & list_binds(each)]
    module = ".".join(checks.with_suffix("").relative_to(ROOT).parts)
    path = answer.relative_to(ROOT) if answer.is_relative_to(ROOT) else answer
    warnings = ["import warnings", 'warnings.simplefilter("error")'] if check.kind.endswith("Warning") else []
    return "\n".join([
        *warnings,
        "from interview_prep.drills.conftest import import_answer",
        f'import_answer("{path.as_posix()}")',
        f"from {module} import *",
        *map(ast.unparse, [*parameters, *statements]),
    ])  # fmt: skip


def repeat_failure(body: list[ast.stmt], line: int, reaching: set[str]) -> list[ast.stmt]:
    """A block's statements up to the one that contains the line, as far as they matter; the call there is printed."""
    at = next(index for index, each in enumerate(body) if each.lineno <= line <= (each.end_lineno or 0))
    failing = body[at]
    inner = getattr(failing, "body", [])
    if inner and line >= inner[0].lineno and not isinstance(failing, ast.FunctionDef | ast.ClassDef):
        in_block = next((block for block in list_blocks(failing) if contains(block, line)), inner)
        again = list_later(in_block, line) if isinstance(failing, ast.For | ast.While) else []
        last = [replace_block(failing, in_block, [*repeat_failure(in_block, line, reaching), *again])]
    else:
        last = print_call(failing, reaching)
    return [*keep_what_matters(body[:at], last, reaching), *last]


def list_later(body: list[ast.stmt], line: int) -> list[ast.stmt]:
    """What a loop does after the failed statement, because the next round may need it."""
    return [each for each in body if each.lineno > line and not is_assert(each)]


def print_call(failing: ast.stmt, reaching: set[str]) -> list[ast.stmt]:
    """The failed statement as a print of what it looks at, of both sides where both call the answer."""
    before: list[ast.stmt] = []
    if isinstance(failing, ast.With):
        before, failing = failing.body[:-1], failing.body[-1]
    checked = find_checked_expression(failing)
    if checked is None:
        return [failing] if isinstance(failing, ast.AugAssign | ast.Delete) else [ast.Expr(ast.Constant(...))]
    others = [each for each in list_sides(failing) if each is not checked and list_reads(each) & reaching]
    printed = ast.Call(ast.Name("print", ast.Load()), [checked, *others], [])
    return [*before, ast.Expr(printed)]


def list_sides(statement: ast.stmt) -> list[ast.expr]:
    """What an assert compares."""
    if isinstance(statement, ast.Assert) and isinstance(statement.test, ast.Compare):
        return [statement.test.left, *statement.test.comparators]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call) and is_assert(statement):
        return statement.value.args[:2]
    return []


def is_assert(statement: ast.stmt) -> bool:
    """Whether it is an assert, or the call of a library's."""
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return "assert" in ast.unparse(statement.value.func)
    return isinstance(statement, ast.Assert)


def list_blocks(statement: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The blocks of a compound statement."""
    yield from (block for name in ("body", "orelse", "finalbody") if (block := getattr(statement, name, [])))
    yield from (handler.body for handler in getattr(statement, "handlers", []))


def contains(block: list[ast.stmt], line: int) -> bool:
    return block[0].lineno <= line <= (block[-1].end_lineno or 0)


def replace_block(statement: ast.stmt, block: list[ast.stmt], new: list[ast.stmt]) -> ast.stmt:
    """A copy of a compound statement with another block in place of one."""
    copy = type(statement)(**vars(statement))
    for name in ("body", "orelse", "finalbody"):
        if getattr(statement, name, None) is block:
            setattr(copy, name, new)
    return copy


def list_parameters(module: ast.Module, function: ast.FunctionDef, cases: dict[str, int]) -> Iterator[ast.stmt]:
    """For each parametrize, the assignment of the values that the check was run with."""
    for each in function.decorator_list:
        named = find_assigned_value(module, each.id, function.lineno) if isinstance(each, ast.Name) else None
        decorator = named or each
        if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith(".parametrize")):
            continue
        declared, values = decorator.args[:2]
        names = ast.literal_eval(declared)
        names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        if names[0] in cases:
            value = ast.unparse(pick_value(values, cases[names[0]]))
            yield ast.parse(f"{', '.join(names)} = {value}").body[0]


def pick_value(values: ast.expr, index: int) -> ast.expr:
    """One of the values of a parametrize, as the checks write it where they list them."""
    if isinstance(values, ast.List | ast.Tuple) and not any(isinstance(each, ast.Starred) for each in values.elts):
        value = values.elts[index]
        if isinstance(value, ast.Call) and ast.unparse(value.func) == "pytest.param":
            return value.args[0] if len(value.args) == 1 else ast.Tuple(value.args, ast.Load())
        return value
    listed = ast.Call(ast.Name("list", ast.Load()), [values], [])
    return ast.Subscript(listed, ast.Constant(index), ast.Load())
