"""Shortcuts that a lazy candidate knows are refused by name; what a good candidate types out of habit is not.

Each row is a line above the solution of a real drill. Left out: what only shows while the answer runs.
"""

from pathlib import Path

import pytest

from interview_prep.catalog.families import describe_forbidden, load_families
from interview_prep.catalog.find import find_drill
from interview_prep.catalog.prompt import find_field_problems
from interview_prep.judge.client import JudgeClient, describe_drill
from interview_prep.judge.import_answer import AnswerRejected, parse_answer
from interview_prep.judge.tripwires import find_owner, list_forbidden_names, resolve_target

F = "torch.nn.functional"
REFUSED = [  # drill, source, what the verdict names
    ("conv2d", "from torch.nn.functional import conv2d", f"{F}.conv2d"),
    ("conv2d", "from torch.nn import functional\nfunctional.conv2d", f"{F}.conv2d"),
    ("conv2d", "import torch.nn.functional as F\nF.conv2d", f"{F}.conv2d"),
    ("conv2d", "import torch.nn.functional as F\nconv = F.conv2d", f"{F}.conv2d"),
    ("conv2d", "from torch.nn.functional import *\ndef f(x, w):\n    return conv1d(x, w)", f"{F}.conv1d"),
    ("conv2d", "import torch\ngetattr(torch, 'conv2d')", "torch.conv2d"),
    ("conv2d", "import torch.nn.functional as F\ngetattr(F, 'conv2d', None)", f"{F}.conv2d"),
    ("conv2d", "import torch\nvars(torch)['conv2d']", "torch.conv2d"),
    ("conv2d", "import torch\ntorch.__dict__['conv2d']", "torch.conv2d"),
    ("conv2d", "import torch\nlib = torch.nn.functional\nlib.conv2d", f"{F}.conv2d"),
    ("conv2d", "import torch\nt = torch\nt.conv2d", "torch.conv2d"),
    ("conv2d", "import importlib\nimportlib.import_module('torch.nn.functional').conv2d", f"{F}.conv2d"),
    ("conv2d", "from importlib import import_module\nF = import_module('torch')\nF.conv2d", "torch.conv2d"),
    ("conv2d", "__import__('torch').conv2d", "torch.conv2d"),
    ("conv2d", "import sys, torch\nsys.modules['torch'].conv2d", "torch.conv2d"),
    ("conv2d", "from torch import nn\nnn.Conv2d(1, 1, 1)", "torch.nn.Conv2d"),
    ("conv2d", "from torch.nn.modules.conv import Conv2d", "torch.nn.Conv2d"),
    ("conv2d", "import torch\ntorch.ops.aten.convolution", "torch.ops.aten.convolution"),
    ("conv2d", "from torch import ops\nops.aten.conv2d", "torch.ops"),
    ("conv2d", "import torch\ntorch._C._nn.slow_conv3d", "torch._C._nn.slow_conv3d"),
    ("conv2d", "from torch._C import _nn", "torch._C._nn"),
    ("conv2d", "import torch\ntorch._convolution", "torch._convolution"),
    ("conv2d", "from scipy.signal import correlate2d", "scipy.signal.correlate2d"),
    ("conv2d", "from scipy import ndimage\nndimage.correlate", "scipy.ndimage.correlate"),
    ("conv2d", "from torch.nn import Unfold", "torch.nn.Unfold"),
    ("stable_softmax", "import torch\ntorch._softmax", "torch._softmax"),
    ("stable_softmax", "def f(x):\n    return x.softmax(-1)", "torch.Tensor.softmax"),
    ("stable_softmax", "def f(x):\n    return getattr(x, 'softmax')(-1)", "torch.Tensor.softmax"),
    ("stable_softmax", "from scipy.special import softmax as own", "scipy.special.softmax"),
    ("stable_softmax", "from torch.nn.modules.activation import Softmax", "torch.nn.Softmax"),
    ("stable_softmax", "import torch\ntorch.logcumsumexp", "torch.logcumsumexp"),
    ("stable_softmax", "from torch.nn.functional import cross_entropy", f"{F}.cross_entropy"),
    ("scaled_dot_product_attention", "from torch.nn.functional import scaled_dot_product_attention as a", F),
    ("scaled_dot_product_attention", "import torch\ntorch.ops.aten._scaled_dot_product_attention_math", "torch.ops"),
    (
        "scaled_dot_product_attention",
        "from torch.nn.attention.flex_attention import flex_attention",
        "torch.nn.attention",
    ),
    ("gpt_block", "from torch import nn\nclass B(nn.TransformerEncoderLayer): ...", "torch.nn.TransformerEncoderLayer"),
    ("causal_mask", "from torch import nn\nnn.Transformer.generate_square_subsequent_mask", "torch.nn.Transformer.gen"),
    ("kv_cache", "from torch import nn\nnn.MultiheadAttention", "torch.nn.MultiheadAttention"),
    ("optimizers", "from torch.optim.adamw import adamw", "torch.optim.adamw.adamw"),
    ("optimizers", "import torch\ntorch.optim._functional", "torch.optim._functional"),
    ("optimizers", "from torch import optim\nclass Own(optim.Optimizer): ...", "torch.optim.Optimizer"),
    ("layer_norm", "from torch.func import jacfwd", "torch.func.jacfwd"),
    ("layer_norm", "from torch.func import vjp as pull", "torch.func.vjp"),
    ("layer_norm", "import torch\ntorch.autograd.functional.jacobian", "torch.autograd.functional.jacobian"),
    ("layer_norm", "def f(loss):\n    loss.backward()", "torch.Tensor.backward"),
    (
        "layer_norm",
        "import torch\ntorch.ops.aten.native_layer_norm_backward",
        "torch.ops.aten.native_layer_norm_backward",
    ),
    ("layer_norm", "import torch\ntorch.batch_norm", "torch.batch_norm"),
    ("rms_norm", "import torch.nn.functional as F\nF.normalize", f"{F}.normalize"),
    ("rms_norm", "from torch.nn.modules.normalization import RMSNorm", "torch.nn.RMSNorm"),
    ("rms_norm", "import torch\ntorch.ops.aten.rms_norm.default", "torch.ops.aten.rms_norm"),
    ("cross_entropy", "import torch\ntorch._C._nn.cross_entropy_loss", "torch._C._nn.cross_entropy_loss"),
    ("cross_entropy", "from torch import nn\nnn.modules.loss.CrossEntropyLoss()", "torch.nn.CrossEntropyLoss"),
    ("cross_entropy", "from sklearn.metrics import log_loss", "sklearn.metrics.log_loss"),
    ("nearest_neighbors", "import torch\ntorch.cdist", "torch.cdist"),
    ("nearest_neighbors", "from scipy.spatial import distance\ndistance.cdist", "scipy.spatial.distance.cdist"),
    ("nearest_neighbors", "from sklearn.neighbors import NearestNeighbors", "sklearn.neighbors.NearestNeighbors"),
    ("k_means", "from sklearn.cluster._kmeans import _kmeans_plusplus", "sklearn.cluster._kmeans._kmeans_plusplus"),
    ("k_means", "from scipy.cluster.vq import vq", "scipy.cluster.vq.vq"),
    ("logistic_regression", "import torch\ntorch.sigmoid", "torch.sigmoid"),
    ("logistic_regression", "from scipy.special._ufuncs import expit", "scipy.special.expit"),
    ("logistic_regression", "from scipy import stats\nstats.logistic.cdf", "scipy.stats.logistic.cdf"),
    ("logistic_regression", "from sklearn.linear_model import LogisticRegressionCV", "sklearn.linear_model"),
    ("decision_tree_split", "from sklearn.tree import DecisionTreeRegressor", "sklearn.tree.DecisionTreeRegressor"),
    ("classification_metrics", "from sklearn.metrics import average_precision_score", "sklearn.metrics.average"),
    ("classification_metrics", "import pandas as pd\npd.Series([1]).rank()", "pandas.Series.rank"),
    ("bpe", "from tokenizers import ByteLevelBPETokenizer", "tokenizers.ByteLevelBPETokenizer"),
    ("int8_linear", "import torch.ao.quantization as q\nq.quantize_dynamic", "torch.ao.quantization.quantize_dynamic"),
    ("gradient_check", "from scipy.optimize import approx_fprime", "scipy.optimize.approx_fprime"),
    ("training_loop", "from torch.optim.lr_scheduler import OneCycleLR", "torch.optim.lr_scheduler.OneCycleLR"),
    ("mini_autograd", "import torch\ntorch.autograd.grad", "torch.autograd.grad"),
    ("bpe", "exec('x = 1')", "exec"),
    ("bpe", "run = eval", "eval"),
    ("bpe", "compile('1', '', 'eval')", "compile"),
    ("bpe", "import builtins\nbuiltins.exec('x = 1')", "exec"),
    ("bpe", "from builtins import exec as run", "exec"),
    ("bpe", "import builtins\ngetattr(builtins, 'eval')('1')", "eval"),
    ("bpe", "__builtins__['exec']", "exec"),
    ("rope", "exec('x = 1')", "exec"),
    ("bpe", "import pytest\ndef test_it(): ...", "It imports pytest: put your tests into another file"),
    ("bpe", "from pytest import raises", "It imports pytest: put your tests into another file"),
]
ALLOWED = [
    ("stable_softmax", "class Softmax:\n    def __call__(self, x):\n        return x.exp()"),
    ("stable_softmax", "class Own:\n    def softmax(self, x):\n        return x\nOwn().softmax(1)"),
    (
        "stable_softmax",
        "class Own:\n    def __init__(self):\n        self.softmax = len\n    def f(self):\n        self.softmax('')",
    ),
    ("stable_softmax", "# torch.softmax would do this\n'''As torch.softmax does.'''"),
    ("stable_softmax", "def describe():\n    '''Like F.softmax(x, dim=-1).'''\n    return 'torch.softmax'"),
    ("stable_softmax", "from torch import nn, Tensor\nfrom typing import Any, Optional"),
    ("stable_softmax", "import torch.nn as nn\nimport torch.nn.functional as F"),
    ("stable_softmax", "import torch\ntorch.amax(torch.zeros(2), dim=0)"),
    ("stable_softmax", "import torch\nmodel = torch.nn.Linear(1, 1)\nmodel.eval()"),
    ("layer_norm", "def own_norm(x):\n    return x\nlayer_norm_eps = 1e-5"),
    ("layer_norm", "import torch\nwith torch.no_grad():\n    pass"),
    ("layer_norm", "import torch\ntorch.var_mean(torch.zeros(2, 2), dim=-1, unbiased=False)"),
    ("layer_norm", "import torch\nclass Own(torch.autograd.Function):\n    pass"),
    ("rms_norm", "from torch import nn\nclass Own(nn.Module):\n    pass"),
    ("rms_norm", "import torch\ntorch.rsqrt(torch.ones(1))\ntorch.linalg.norm(torch.ones(1))"),
    ("conv2d", "conv2d_out = 1\nunfold = None"),
    ("conv2d", "import torch.nn.functional as F\nF.pad"),
    ("conv2d", "import torch\ntorch.zeros(1, 1, 4, 4).unfold(2, 3, 1)\ntorch.einsum"),
    ("conv2d", "from torch.nn.common_types import _size_2_t"),
    ("conv2d", "from numpy.lib.stride_tricks import sliding_window_view"),
    ("kv_cache", "import torch.nn.functional as F\nF.scaled_dot_product_attention"),
    ("multi_head_attention", "from torch import nn\nclass MultiHeadAttention(nn.Module):\n    pass"),
    ("multi_head_attention", "import torch\ntorch.softmax"),
    ("gpt_block", "from torch import nn\nnn.LayerNorm(2)\nnn.GELU()\nnn.Dropout()"),
    ("cross_entropy", "import torch.nn.functional as F\nF.log_softmax\nF.one_hot"),
    ("optimizers", "import torch\nimport torch.optim as optim"),
    ("optimizers", "import torch\ntorch.no_grad()\ntorch.optim  # has the same"),
    (
        "training_loop",
        "import torch\ntorch.optim.SGD\ntorch.optim.lr_scheduler.LambdaLR\ntorch.nn.utils.clip_grad_norm_",
    ),
    ("training_loop", "def f(loss):\n    loss.backward()"),
    ("nearest_neighbors", "import numpy as np\nnp.linalg.norm\nnp.argpartition"),
    ("k_means", "import numpy as np\nnp.random.default_rng(0)\nnp.__version__"),
    ("logistic_regression", "def sigmoid(z):\n    return 1 / (1 + z)\nsigmoid(1)"),
    ("mini_autograd", "class Own:\n    def backward(self):\n        pass\nOwn().backward()"),
    ("two_layer_backprop", "import numpy as np\ndef softmax(x):\n    return np.exp(x)\nsoftmax(np.zeros(1))"),
    ("classification_metrics", "import numpy as np\nnp.unique\nnp.argsort\nrank = 1"),
    ("bpe", "import re\nre.compile('a')\ndef test_it():\n    assert True"),
    ("bpe", "import unittest\nclass TestIt(unittest.TestCase):\n    pass"),
    ("rope", "import torch\n@torch.compile\ndef f(x):\n    return x"),
    ("rope", "def eval(model):\n    return model\neval(1)"),
    ("rope", "import torch\ntorch._assert\ntorch.softmax"),
    ("conv2d", "if __name__ == '__main__':\n    import pytest, torch\n    torch.conv2d\n    exec('1')"),
    ("conv2d", "if '__main__' == __name__:\n    from torch.nn.functional import conv2d"),
]


def parse_with_prefix(name: str, source: str, folder: Path) -> None:
    """Parse a source above the drill's solution, as the judge does it."""
    drill = find_drill(name)
    answer = folder / "answer.py"
    answer.write_text(f"{source}\n{drill.solution.read_text(encoding='utf-8')}", encoding="utf-8")
    spec = describe_drill(drill)
    for forbidden in spec.forbids:
        find_owner(forbidden)  # as the judge's server does
    parse_answer(str(answer), spec)


@pytest.mark.parametrize(("name", "source", "named"), REFUSED)
def test_shortcut_is_refused(name: str, source: str, named: str, tmp_path: Path) -> None:
    """By the full name of what it uses, or with the sentence that it needs."""
    with pytest.raises(AnswerRejected) as rejected:
        parse_with_prefix(name, source, tmp_path)
    assert named in str(rejected.value)


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_habit_is_allowed(name: str, source: str, tmp_path: Path) -> None:
    """What only looks like the forbidden function, or is never run, isn't refused."""
    parse_with_prefix(name, source, tmp_path)


@pytest.mark.parametrize("family", load_families())
def test_names_of_a_family_exist(family: str) -> None:
    """In the locked libraries; a module that is forbidden as a whole has something in it."""
    for name in load_families()[family]:
        members = list(list_forbidden_names([name]))
        assert members, name
        for member in members:
            resolve_target(member)


@pytest.mark.parametrize("top", ["if __name__ == '__main__'", "if '__main__' == __name__"])
def test_main_block_never_runs(judge_client: JudgeClient, top: str, tmp_path: Path) -> None:
    """Not even where the answer says that it is the main module; what stands under `else` does run."""
    drill, answer = find_drill("conv2d"), tmp_path / "answer.py"
    block = f"__name__ = '__main__'\n{top}:\n    raise SystemExit(1)\nelse:\n    print('imported')\n"
    answer.write_text(f"{drill.solution.read_text(encoding='utf-8')}\n{block}", encoding="utf-8")
    verdict = judge_client.judge(drill, answer, compare_with_known=False)
    assert (verdict.passed, verdict.printed) == (True, "imported\n")


DYNAMIC = {  # no name in the source says what they call
    "code of a text": "import builtins\nvars(builtins)['ex' + 'ec']('def conv2d(x, w, b=None, stride=1, padding=0):\\n'"
    "    ' import torch\\n return torch.conv2d(x, w, b, stride, padding)', globals())",
    "code of a text in a namespace of its own": "import builtins\nspace = {}\nvars(builtins)['ex' + 'ec']("
    "    'def conv2d(x, w, b=None, stride=1, padding=0):\\n'"
    "    ' import torch\\n return torch.conv2d(x, w, b, stride, padding)', space)\nconv2d = space['conv2d']",
    "a name put together": "import torch\ndef conv2d(x, w, b=None, stride=1, padding=0):\n"
    "    return getattr(torch, 'conv' + '2d')(x, w, b, stride, padding)",
}


@pytest.mark.parametrize("way", DYNAMIC)
def test_shortcut_is_refused_while_it_runs(judge_client: JudgeClient, way: str, tmp_path: Path) -> None:
    """A tripwire knows the answer's code by its module, whatever file it claims to be from."""
    answer = tmp_path / "answer.py"
    answer.write_text(DYNAMIC[way], encoding="utf-8")
    verdict = judge_client.judge(find_drill("conv2d"), answer, compare_with_known=False)
    assert verdict.reason == "It uses torch.conv2d, which this drill is about: write it yourself."


def test_candidates_see_families_in_one_line() -> None:
    """Each with an example; a name of the drill's own stays as it is."""
    assert describe_forbidden(["softmax", "torch.mul"]) == "ready-made softmax (such as torch.softmax), torch.mul"


def test_misspelt_family_is_a_problem(tmp_path: Path) -> None:
    """It would forbid nothing."""
    line = "/prompt.md: forbids softmx, which is neither a family of families.toml nor a full name"
    assert f"{tmp_path.name}{line}" in list(find_field_problems(tmp_path, {"forbids": ["softmx"]}))
