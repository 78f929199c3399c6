"""The images that are tested must be there; no test of this folder builds, skips or pulls one."""

import shutil

import pytest

from tests.container.engine import CPU, CUDA, command


@pytest.fixture(scope="session", autouse=True)
def _images() -> None:
    """Fail every test, with the command to run first, where Docker or an image is missing."""
    if not shutil.which("docker") or command("docker", "info").returncode != 0:
        pytest.fail("No Docker engine answers (`docker info`). Start one, then run the tests again.", pytrace=False)
    if command("docker", "compose", "version").returncode != 0:
        pytest.fail("This Docker has no Compose v2. Install the package docker-compose-plugin.", pytrace=False)
    for image, build in ((CPU, "./prep build"), (CUDA, "./prep build --cuda")):
        if command("docker", "image", "inspect", image).returncode != 0:
            pytest.fail(f"No image {image}. `{build}` makes it.", pytrace=False)
