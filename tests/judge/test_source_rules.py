"""What a source may not contain: names and imports that only fool the checks, and the calls that a drill forbids."""

import ast

import pytest

from interview_prep.judge.source_names import resolve_imports
from interview_prep.judge.source_rules import (
    REJECTED_MODULES,
    REJECTED_NAMES,
    find_forbidden_calls,
    find_rejected_names,
)

FORBIDS = ["torch.mul", "torch.Tensor.mul", "torch.nn.functional.softmax", "torch.nn.Identity", "sorted"]
ROUTES = [
    ("import torch\ntorch.mul(x, 2)", ("torch.mul", 2)),
    ("import torch as t\nt.mul(x, 2)", ("torch.mul", 2)),
    ("from torch import mul", ("torch.mul", 1)),
    ("from torch import mul as multiply\nmultiply(x, 2)", ("torch.mul", 1)),
    ("import torch\nmultiply = torch.mul", ("torch.mul", 2)),
    ("x.mul(2)", ("torch.Tensor.mul", 1)),
    ("(x + 1).mul(2)", ("torch.Tensor.mul", 1)),
    ("import torch.nn.functional as F\nF.softmax(x)", ("torch.nn.functional.softmax", 2)),
    ("from torch.nn import functional\nfunctional.softmax(x)", ("torch.nn.functional.softmax", 2)),
    ("from torch import nn\nclass Same(nn.Identity): pass", ("torch.nn.Identity", 2)),
    ("sorted(x)", ("sorted", 1)),
]
CLEAN = ["x * 2", "import torch\ntorch.add(x, x)", "from numpy import softmax\nsoftmax(x)", "text = 'torch.mul'"]


def parse_nodes(source: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse(source)))


@pytest.mark.parametrize("name", sorted(REJECTED_NAMES))
def test_rejected_name_is_found(name: str) -> None:
    """As a definition, as an attribute and as a text, with its line."""
    for source in (f"def {name}(self): ...", f"x.{name}", f"getattr(x, '{name}')"):
        assert list(find_rejected_names(parse_nodes(f"\n{source}"))) == [(name, 2)], source


@pytest.mark.parametrize("module", REJECTED_MODULES)
def test_rejected_module_is_found(module: str) -> None:
    """However it is imported, and parts of it as well."""
    for source in (f"import {module}", f"import {module} as m", f"from {module} import a", f"import {module}.part"):
        assert list(find_rejected_names(parse_nodes(source))) == [(module, 1)], source


def test_module_with_a_similar_name_is_allowed() -> None:
    """Only whole names count: unittest is not unittest.mock, and pytest_like is not pytest."""
    assert list(find_rejected_names(parse_nodes("import unittest, pytest_like, ctypeslib"))) == []


@pytest.mark.parametrize(("source", "found"), ROUTES)
def test_forbidden_call_is_found(source: str, found: tuple[str, int]) -> None:
    """By its full name, through imports and aliases, as a method of anything, and as a base class."""
    assert next(find_forbidden_calls(parse_nodes(source), FORBIDS)) == found


@pytest.mark.parametrize("source", CLEAN)
def test_other_calls_are_allowed(source: str) -> None:
    """The same name in another module, or in a text, is not the forbidden call."""
    assert list(find_forbidden_calls(parse_nodes(source), FORBIDS)) == []


@pytest.mark.parametrize(("forbidden", "lines"), [("torch.Tensor.mul", []), ("numpy.ndarray.sort", [4])])
def test_own_method_of_a_forbidden_name(forbidden: str, lines: list[int]) -> None:
    """It is the answer's own only where a tripwire watches the library's, which a type in C doesn't allow."""
    name = forbidden.rpartition(".")[2]
    source = f"class Own:\n    def {name}(self):\n        pass\nOwn().{name}()\n"
    assert [line for _, line in find_forbidden_calls(parse_nodes(source), [forbidden])] == lines


def test_imports_are_resolved_to_full_names() -> None:
    """A plain import of a submodule binds the package; an alias binds what it names."""
    source = "import torch.nn\nimport numpy as np\nfrom math import sqrt as root, pi\nfrom . import sibling"
    assert dict(resolve_imports(parse_nodes(source))) == {
        "torch": "torch",
        "np": "numpy",
        "root": "math.sqrt",
        "pi": "math.pi",
    }
