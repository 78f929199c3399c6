"""A program as text and as a tree, so that a node of the tree can be replaced in the text. Left out: running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

Node = ast.stmt | ast.expr | ast.keyword  # what has a place in the text


@dataclass(frozen=True)
class Edit:
    """Replace the characters from `start` to `end`."""

    start: int
    end: int
    text: str


class Program:
    """`source` and its syntax tree; places are numbers of characters."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.tree = ast.parse(source)
        self.lines = source.splitlines(keepends=True)
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))

    def apply_edit(self, edit: Edit) -> str:
        """The program's text after it."""
        return self.source[: edit.start] + edit.text + self.source[edit.end :]

    def find_start(self, node: Node) -> int:
        """Where it begins."""
        return self.find_place(node.lineno, node.col_offset)

    def find_end(self, node: Node) -> int:
        """Where it ends, exclusive."""
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.find_place(node.end_lineno, node.end_col_offset)

    def find_place(self, line: int, byte: int) -> int:
        """The character at a byte of a line: a syntax tree counts bytes, and comments are not all ASCII."""
        return self.starts[line - 1] + len(self.lines[line - 1].encode()[:byte].decode())

    def read_text(self, node: Node) -> str:
        return self.source[self.find_start(node) : self.find_end(node)]

    def replace_node(self, node: Node, text: str) -> Edit:
        return Edit(self.find_start(node), self.find_end(node), text)

    def replace_between(self, left: Node, right: Node, old: str, new: str) -> Iterator[Edit]:
        """Replace an operator that stands between two nodes."""
        start, end = self.find_end(left), self.find_start(right)
        place = self.source.find(old, start, end)
        if place >= 0:
            yield Edit(place, place + len(old), new)

    def swap_nodes(self, left: Node, right: Node) -> Edit:
        """Exchange two nodes, whatever stands between them."""
        between = self.source[self.find_end(left) : self.find_start(right)]
        text = self.read_text(right) + between + self.read_text(left)
        return Edit(self.find_start(left), self.find_end(right), text)

    def remove_argument(self, node: Node) -> Edit:
        """Remove an argument of a call, with the comma before it or after it."""
        start, end = self.find_start(node), self.find_end(node)
        before = self.source[:start].rstrip()
        if before.endswith(","):
            return Edit(len(before) - 1, end, "")
        after = self.source[end:]
        return Edit(start, end + len(after) - len(after.lstrip(" ,")), "")


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def is_negative_number(node: ast.AST) -> TypeGuard[ast.UnaryOp]:
    """Whether it is a number with its sign, such as -1, which a syntax tree holds as minus and 1."""
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)
