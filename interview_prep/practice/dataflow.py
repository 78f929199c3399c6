"""Which statements of a check matter for its last ones: those that make, change, or seed what these read.

It keeps too much rather than too little: what calls the answer with something that matters may have changed it.
Left out: what a name is bound to. Names that stand in one statement count as one from then on.
"""

import ast
from collections.abc import Sequence


def keep_what_matters(before: Sequence[ast.stmt], last: Sequence[ast.stmt], reaching: set[str]) -> list[ast.stmt]:
    """The statements of `before` that `last` depends on, in their order. `reaching`: names that reach the answer."""
    local = {name for statement in before for name in list_binds(statement)}
    needed = {name for statement in last for name in list_reads(statement)}
    linked = find_linked(before, needed & local, local)
    kept: list[ast.stmt] = []
    for statement in reversed(before):
        if matters(statement, needed, linked, reaching):
            kept.append(drop_assert(statement))
            needed |= list_reads(statement)
    return kept[::-1]


def matters(statement: ast.stmt, needed: set[str], linked: set[str], reaching: set[str]) -> bool:
    """Whether a statement makes or may change something needed."""
    reads, binds = list_reads(statement), list_binds(statement)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return False  # a docstring
    if binds & needed:
        return True
    if is_only_a_value(statement):
        return bool(reads & linked and reads & reaching)
    return (
        bool(reads & linked) or "seed" in ast.unparse(statement) or isinstance(statement, ast.Import | ast.ImportFrom)
    )


def is_only_a_value(statement: ast.stmt) -> bool:
    """Whether it only computes something, for a name or an assert, and changes nothing unless the answer does."""
    if isinstance(statement, ast.Assign):
        return all(isinstance(target, ast.Name | ast.Tuple) for target in statement.targets)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        return "assert" in ast.unparse(statement.value.func)
    return isinstance(statement, ast.Assert)


def drop_assert(statement: ast.stmt) -> ast.stmt:
    """An assert as the calls in it."""
    if isinstance(statement, ast.Assert):
        return ast.Expr(statement.test)
    return statement


def find_linked(statements: Sequence[ast.stmt], names: set[str], local: set[str]) -> set[str]:
    """The names, and all that were made of them or with them: to change one may change the other."""
    linked = set(names)
    while True:
        more = {
            name
            for statement in statements
            for together in [(list_reads(statement) | list_binds(statement)) & local]
            if together & linked
            for name in together
        }
        if more <= linked:
            return linked
        linked |= more


def find_names_that_reach_answer(module: ast.Module) -> set[str]:
    """The names of a module that come from the answer, or are defined with one that does."""
    reaching = {
        alias.asname or alias.name
        for node in module.body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if "answer" in (alias.name, getattr(node, "module", ""))
    }
    while True:
        more = {name for node in module.body if list_reads(node) & reaching for name in list_binds(node)}
        if more <= reaching:
            return reaching
        reaching |= more


def list_reads(node: ast.AST) -> set[str]:
    """The names that are read anywhere in it."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Load)}


def list_binds(node: ast.AST) -> set[str]:
    """The names that it binds, functions and classes included."""
    binds = {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}
    return binds | {each.name for each in ast.walk(node) if isinstance(each, ast.FunctionDef | ast.ClassDef)}
