"""Full names in an answer's source: what `F.softmax` or `getattr(torch, "softmax")` stand for.

Left out: names put together while the program runs, and variables that get a module otherwise than by `name = module`.
"""

import ast
from collections.abc import Iterable, Iterator, Sequence

LOADERS = ("importlib.import_module", "__import__")


def resolve_aliases(nodes: Sequence[ast.AST]) -> dict[str, str]:
    """The full name behind each imported name, and behind each variable that is assigned one."""
    aliases = dict(resolve_imports(nodes))
    imported = {name.partition(".")[0] for name in aliases.values()}
    for node in nodes:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = dotted_name(node.value, aliases)
            if name.partition(".")[0] in imported:
                aliases.setdefault(node.targets[0].id, name)
    return aliases


def resolve_imports(nodes: Iterable[ast.AST]) -> Iterator[tuple[str, str]]:
    """Each imported name with the full name that it stands for, such as F and torch.nn.functional."""
    for node in nodes:
        if isinstance(node, ast.Import):
            for name in node.names:
                yield (name.asname, name.name) if name.asname else (name.name.partition(".")[0],) * 2
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((name.asname or name.name, f"{node.module}.{name.name}") for name in node.names)


def list_imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    """The full names that one statement imports."""
    prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [prefix + alias.name for alias in node.names]


def split_access(node: ast.AST) -> tuple[ast.AST, str] | None:
    """The owner and the attribute that an expression takes from it, in one of the usual ways."""
    match node:
        case ast.Attribute(value=owner, attr=attribute):
            return owner, attribute
        case ast.Call(func=ast.Name(id="getattr"), args=[owner, ast.Constant(value=str(attribute)), *_]):
            return owner, attribute
        case ast.Subscript(
            value=ast.Attribute(value=owner, attr="__dict__") | ast.Call(func=ast.Name(id="vars"), args=[owner]),
            slice=ast.Constant(value=str(attribute)),
        ):
            return owner, attribute
    return None


def dotted_name(node: ast.AST, aliases: dict[str, str]) -> str:
    """The full name of `F.softmax` or `softmax`, through the imports; "" for any other expression."""
    if isinstance(node, ast.Name):
        return aliases.get(node.id, node.id)
    if access := split_access(node):
        base = dotted_name(access[0], aliases)
        return f"{base}.{access[1]}" if base else ""
    match node:
        case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]):
            loader = dotted_name(function, aliases)
            is_root = loader == "__import__" and len(node.args) == 1 and not node.keywords
            return (name.partition(".")[0] if is_root else name) if loader in LOADERS else ""
        case ast.Subscript(value=owner, slice=ast.Constant(value=str(name))):
            return {"sys.modules": name, "__builtins__": f"builtins.{name}"}.get(dotted_name(owner, aliases), "")
        case ast.NamedExpr(value=value):
            return dotted_name(value, aliases)
    return ""


def list_bound_names(nodes: Iterable[ast.AST]) -> set[str]:
    """The names that a source gives a value itself: by assignment, definition, import or as a parameter."""
    names: set[str] = set()
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.arg(arg=name):
                names.add(name)
            case ast.Module(body=body) | ast.FunctionDef(body=body):
                names |= {each.name for each in body if isinstance(each, ast.FunctionDef | ast.ClassDef)}
            case ast.Import(names=imported) | ast.ImportFrom(names=imported):
                names |= {each.asname or each.name for each in imported}
    return names
