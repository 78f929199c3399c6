"""The kinds of single changes: each takes a program and a node of its tree, and yields edits of the text.

Left out: which nodes are worth a change, and whether the changed program compiles (single_changes.py).
"""

import ast
import itertools
from collections.abc import Callable, Iterator

from tests.authoring.program import Edit, Program, is_docstring, is_negative_number

COMPARISONS = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"), ast.In: ("in", "not in"),
    ast.NotIn: ("not in", "in"),
}  # fmt: skip
OPERATORS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.FloorDiv: ("//", "/"),
    ast.Mod: ("%", "//"), ast.Pow: ("**", "*"), ast.BitAnd: ("&", "|"), ast.BitOr: ("|", "&"),
}  # fmt: skip
NOT_COMMUTATIVE = (ast.Sub, ast.Div, ast.MatMult)
TWINS = (
    "min max", "amin amax", "argmin argmax", "minimum maximum", "sum mean", "any all", "zeros ones",
    "zeros_like ones_like", "floor ceil", "tril triu", "eval train", "deepcopy copy", "softmax log_softmax", "std var",
    "first last", "append extend", "isna notna", "first min", "cumsum sum", "randn zeros", "argsort sort", "pow mul",
    "randint rand", "sqrt log", "exp expm1", "log log1p", "rsqrt sqrt", "square abs", "round floor",
)  # fmt: skip
RENAMED: dict[str, list[str]] = {}
for one, other in map(str.split, TWINS):
    RENAMED.setdefault(one, []).append(other)
    RENAMED.setdefault(other, []).append(one)
AXES = ("dim", "axis")
TAKES_AXES = {
    "sum", "mean", "softmax", "log_softmax", "amax", "amin", "max", "min", "argmax", "argmin", "transpose", "squeeze",
    "unsqueeze", "cat", "stack", "split", "gather", "std", "var", "cumsum", "sort", "any", "all", "flatten", "size",
    "logsumexp", "topk", "norm", "permute",
}  # fmt: skip
STRIPPED = {"float", "int", "list", "tuple", "set", "sorted", "abs", "sqrt", "deepcopy", "copy", "reversed", "array"}
SIMPLE = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Delete, ast.Assert)

Operator = Callable[[Program, ast.AST], Iterator[Edit]]


def change_comparison(program: Program, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Compare):
        operands = [node.left, *node.comparators]
        for left, operator, right in zip(operands, node.ops, node.comparators, strict=False):
            yield from program.replace_between(left, right, *COMPARISONS[type(operator)])


def change_arithmetic(program: Program, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BinOp):
        if type(node.op) in OPERATORS:
            yield from program.replace_between(node.left, node.right, *OPERATORS[type(node.op)])
        if isinstance(node.op, NOT_COMMUTATIVE):
            yield program.swap_nodes(node.left, node.right)
    if isinstance(node, ast.AugAssign) and type(node.op) in OPERATORS:
        old, new = OPERATORS[type(node.op)]
        yield from program.replace_between(node.target, node.value, f"{old}=", f"{new}=")
        yield from program.replace_between(node.target, node.value, f"{old}=", "=")


def change_logic(program: Program, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.BoolOp):
        old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
        yield from program.replace_between(node.values[0], node.values[1], old, new)
        for value in node.values:
            others = f" {old} ".join(f"({program.read_text(each)})" for each in node.values if each is not value)
            yield program.replace_node(node, others)
    if isinstance(node, ast.UnaryOp) and not isinstance(node.operand, ast.Constant):
        yield program.replace_node(node, f"({program.read_text(node.operand)})")


def force_condition(program: Program, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.If | ast.IfExp):
        yield program.replace_node(node.test, "True")
    if isinstance(node, ast.If | ast.IfExp | ast.While):
        yield program.replace_node(node.test, "False")
    if isinstance(node, ast.comprehension):
        yield from (program.replace_node(test, "True") for test in node.ifs)


def change_constant(program: Program, node: ast.AST) -> Iterator[Edit]:
    """A number one higher or lower, ten times as large, of the other sign; True, False, None and -inf."""
    if is_negative_number(node):
        number = ast.literal_eval(node)
        yield from (program.replace_node(node, repr(other)) for other in list_neighbors(number))
    elif isinstance(node, ast.Constant):
        if node.value is None:
            yield program.replace_node(node, "0")
        elif isinstance(node.value, int | float):  # bool included
            yield from (program.replace_node(node, repr(other)) for other in list_neighbors(node.value))
        elif node.value in {"inf", "-inf"}:
            yield program.replace_node(node, {"inf": '"-inf"', "-inf": '"inf"'}[node.value])


def list_neighbors(value: float) -> list[float]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value - 1, value + 1]
    return [10 * value, -value] if value else [1.0]


def change_axis(program: Program, node: ast.AST) -> Iterator[Edit]:
    """The axes of a call, by name or, in the methods that take some, by position."""
    if isinstance(node, ast.Call):
        named = [keyword.value for keyword in node.keywords if keyword.arg in AXES]
        takes_axes = isinstance(node.func, ast.Attribute) and node.func.attr in TAKES_AXES
        for argument in [*named, *(node.args if takes_axes else [])]:
            text = program.read_text(argument)
            if text.removeprefix("-").isdigit():
                yield from (program.replace_node(argument, axis) for axis in ("-2", "-1", "0", "1") if axis != text)


def change_call(program: Program, node: ast.AST) -> Iterator[Edit]:
    """Another function of its kind, two arguments swapped, a keyword dropped, or no call at all."""
    if not isinstance(node, ast.Call):
        return
    name, end = node.func, program.find_end(node.func)
    if isinstance(name, ast.Attribute):
        receiver = program.find_end(name.value)
        yield Edit(program.source.index(".", receiver), program.find_end(node), "")
    word = name.attr if isinstance(name, ast.Attribute) else name.id if isinstance(name, ast.Name) else ""
    for other in RENAMED.get(word, []):
        yield Edit(end - len(word), end, other)
    if word in STRIPPED and len(node.args) == 1:
        yield program.replace_node(node, f"({program.read_text(node.args[0])})")
    for left, right in itertools.pairwise(node.args):
        yield program.swap_nodes(left, right)
    for keyword in node.keywords:
        if keyword.arg != "strict":  # of zip: it only guards against a mistake in the program itself
            yield program.remove_argument(keyword)


def change_slice(program: Program, node: ast.AST) -> Iterator[Edit]:
    if isinstance(node, ast.Slice):
        for bound in (node.lower, node.upper, node.step):
            if bound:
                yield program.replace_node(bound, "")


def change_statement(program: Program, node: ast.AST) -> Iterator[Edit]:
    """A line dropped, `break` for `continue`, a decorator or a `with` dropped."""
    if isinstance(node, ast.Break | ast.Continue):
        yield program.replace_node(node, "continue" if isinstance(node, ast.Break) else "break")
    if isinstance(node, (*SIMPLE, ast.Raise, ast.Break, ast.Continue)):
        yield program.replace_node(node, "pass")
    if isinstance(node, ast.With):
        yield Edit(program.find_start(node), program.find_end(node.items[-1].context_expr), "if True")
    if isinstance(node, ast.FunctionDef):
        for decorator in node.decorator_list:
            yield Edit(program.source.rindex("@", 0, program.find_start(decorator)), program.find_end(decorator), "")


def swap_statements(program: Program, node: ast.AST) -> Iterator[Edit]:
    """The order of two neighbors, unless both only name a value."""
    for field in ("body", "orelse", "finalbody"):
        statements = getattr(node, field, [])
        if isinstance(statements, list):
            for one, other in itertools.pairwise(statements):
                both = isinstance(one, SIMPLE) and isinstance(other, SIMPLE) and not is_docstring(one)
                if both and not (names_a_value(one) and names_a_value(other)):
                    yield program.swap_nodes(one, other)


def names_a_value(node: ast.stmt) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return bool(targets) and all(isinstance(target, ast.Name) for target in targets)


KINDS: dict[str, Operator] = {
    "comparison": change_comparison,
    "arithmetic": change_arithmetic,
    "logic": change_logic,
    "condition": force_condition,
    "constant": change_constant,
    "axis": change_axis,
    "call": change_call,
    "slice": change_slice,
    "statement": change_statement,
    "order": swap_statements,
}
