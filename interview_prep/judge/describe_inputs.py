"""Describes the inputs of the call that failed, so that a person can repeat it by hand.

An input is shown as the checks write it where they spell it out; else by its values up to a line; else by shape, dtype
and how it was made. The answer may have changed a value since: "now" says where that cannot be ruled out.
Left out: what the answer's own objects hold, because to show it would run the answer's code.
"""

import ast
from types import FrameType
from typing import Any

import numpy as np
import pandas as pd
import torch

from interview_prep.judge.call_source import CallSource, truncate

MAX_INPUTS = 6
MAX_SIZE = 12  # of an array or container whose values are shown
WIDTH = 62  # characters of one input
SCALARS = (int, float, complex, bool, str, bytes, type(None), torch.dtype, torch.device, torch.Size, slice, range)
CONTAINERS = (list, tuple, set, dict)
TENSORS = (torch.Tensor, torch.nn.Parameter)
DEFAULT_DTYPES = ("torch.float32", "torch.int64", "torch.bool", "float64", "int64", "bool")
SHOWN_BY_TYPE = (torch.nn.Module, torch.optim.Optimizer, torch.Generator)


def describe_inputs(frame: FrameType, call: CallSource) -> dict[str, str]:
    """Each name in the call that holds data, described in the frame of the check. Never runs the answer's code."""
    inputs: dict[str, str] = {}
    names = {**frame.f_globals, **frame.f_locals}
    for name, source in call.sources:
        if name in names and is_data(names[name]) and len(inputs) < MAX_INPUTS:
            inputs[name] = describe_input(names[name], source, names)
    return inputs


def is_data(value: Any) -> bool:
    """Whether it is an input rather than a function, a class or a module."""
    kind = type(value)
    if kind in (*SCALARS, *CONTAINERS, *TENSORS, np.ndarray, pd.DataFrame, pd.Series) or issubclass(
        kind, SHOWN_BY_TYPE
    ):
        return True
    return not issubclass(kind, type) and kind.__name__ not in {
        *("function", "builtin_function_or_method", "module", "method", "_lru_cache_wrapper", "ufunc", "partial"),
    }


def describe_input(value: Any, source: ast.expr | None, names: dict[str, Any]) -> str:
    """One input: as the checks spell it out, or its values or type, and what it was made by."""
    text = "" if source is None else ast.unparse(source)
    if source is not None and len(text) <= WIDTH and is_spelled_out(source, names):
        return text
    values = describe_values(value)
    if values and len(values) <= WIDTH:
        return f"now {values}" if may_have_changed(value) else values
    made = f", from {truncate(text, WIDTH)}" if isinstance(source, ast.Call | ast.BinOp | ast.Subscript) else ""
    return describe_type(value) + made


def is_spelled_out(source: ast.expr, names: dict[str, Any]) -> bool:
    """Whether an expression says its value by itself: numbers and texts, and calls of what the checks have imported."""
    for node in ast.walk(source):
        if isinstance(node, ast.Name) and node.id in names:
            owner = names[node.id]
            module = owner.__name__ if type(owner).__name__ == "module" else getattr(owner, "__module__", "")
            if not is_data(owner) and module != names.get("__name__") and "rand" not in node.id:
                continue
            return False
        if isinstance(node, ast.Attribute) and ("rand" in node.attr or node.attr.endswith("_")):
            return False
        if isinstance(node, ast.Lambda | ast.ListComp | ast.GeneratorExp | ast.DictComp):
            return False
    return True


def may_have_changed(value: Any) -> bool:
    """Whether the answer could have changed this value since it was made. A tensor counts its changes."""
    if type(value) in TENSORS:
        return bool(value._version)  # noqa: SLF001 - nothing public counts them
    return type(value) not in SCALARS


def describe_values(value: Any) -> str:
    """The value on one line, or "" where it is too large or not plain data."""
    if type(value) in TENSORS:
        if value.numel() > MAX_SIZE or value.device.type != "cpu":
            return ""
        data = value.detach()
        numbers = (data.double() if data.is_floating_point() else data).numpy()
        return format_array("tensor", numbers, str(value.dtype))
    if isinstance(value, np.generic):
        return f"{value.dtype}({value.item()!r})"
    if type(value) is np.ndarray:
        return "" if value.size > MAX_SIZE or value.dtype.hasobject else format_array("array", value, str(value.dtype))
    if type(value) is pd.DataFrame:
        return f"DataFrame({describe_values(value.to_dict('list'))})" if value.size <= MAX_SIZE else ""
    if type(value) is pd.Series:
        return f"Series({describe_values(value.tolist())})" if value.size <= MAX_SIZE else ""
    if type(value) in SCALARS:
        return repr(value) if not isinstance(value, str | bytes | int) or len(str(value)) <= WIDTH else ""
    return describe_container(value) if type(value) in CONTAINERS and len(value) <= MAX_SIZE else ""


def describe_container(value: Any) -> str:
    """A list, tuple, set or dict of plain data, or "" where something in it is not."""
    items = [part for item in value.items() for part in item] if type(value) is dict else list(value)
    texts = [describe_values(item) for item in items]
    if not all(texts) or sum(map(len, texts)) > WIDTH:
        return ""
    if type(value) is dict:
        return "{" + ", ".join(f"{key}: {item}" for key, item in zip(texts[::2], texts[1::2], strict=True)) + "}"
    inside = ", ".join(texts)
    if type(value) is tuple:
        return f"({inside},)" if len(texts) == 1 else f"({inside})"
    return f"[{inside}]" if type(value) is list else f"{{{inside}}}" if texts else "set()"


def format_array(kind: str, numbers: np.ndarray, dtype: str) -> str:
    """An array's values on one line, with the dtype where it is not the usual one."""
    text = np.array2string(numbers, separator=", ", precision=6, max_line_width=1000).replace("\n", "")
    usual = dtype in DEFAULT_DTYPES
    return f"{kind}({' '.join(text.split())}{'' if usual else f', dtype={dtype}'})"


def describe_type(value: Any) -> str:
    """What a value is, without its values: shape and dtype of an array, size of a container."""
    if type(value) in TENSORS:
        return f"tensor {tuple(value.shape)} {str(value.dtype).removeprefix('torch.')}"
    if type(value) is np.ndarray:
        return f"array {value.shape} {value.dtype}"
    if type(value) is pd.DataFrame:
        columns = ", ".join(map(str, value.columns[:MAX_INPUTS]))
        return f"DataFrame of {len(value)} rows, columns {truncate(columns, 40)}"
    if type(value) in CONTAINERS and value and len({type(item) for item in value}) == 1:
        first = next(iter(value))
        inside = describe_type(first) if type(first) in (*TENSORS, np.ndarray) else type(first).__name__
        return f"{type(value).__name__} of {len(value)}, the first: {inside}"
    if type(value) in (*CONTAINERS, pd.Series, str, bytes):
        return f"{type(value).__name__} of {len(value)}"
    return type(value).__name__
