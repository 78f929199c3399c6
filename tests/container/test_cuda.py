"""The CUDA image where there is no GPU. Not proven here: that it computes on one, for which a GPU is needed."""

from tests.container.engine import CUDA, run


def test_torch_has_cuda_built_in() -> None:
    """The wheel of the CUDA lock, and its libraries load without a driver."""
    done = run(CUDA, "python", "-c", "import torch; print(torch.version.cuda, torch.backends.cuda.is_built())")
    assert done.stdout == "13.0 True\n", done.stderr


def test_gpu_check_says_in_one_line_that_there_is_none_and_what_to_do() -> None:
    """The container has no GPU: exit 1, no traceback, and the next command."""
    done = run(CUDA, "invoke", "gpu-check")
    assert done.returncode == 1
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert "No GPU in this container" in line
    assert "`docker compose up lab-cuda`" in line
