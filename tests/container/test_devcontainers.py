"""Both devcontainers, opened by the command-line tool that editors share, and `invoke doctor` inside.

Changed in the copy that is opened: `build` is taken out of the services, so that the images under test are used and
not made again, and so is the GPU reservation, which an engine without an NVIDIA runtime refuses. Not proven here:
that an editor can build the images, that the CUDA service gets its GPU, and what the extensions do.
"""

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from interview_prep.paths import ROOT
from tests.container.engine import Checkout, checkout, command, inspect, own, succeed

AS_TESTED = "services: {lab: {build: !reset null}, lab-cuda: {build: !reset null, deploy: !reset null}}\n"


@dataclass(frozen=True)
class Editor:
    """A devcontainer of a checkout, come up."""

    tool: tuple[str, ...]
    copy: Checkout
    config: str  # below the checkout
    container: str

    def exec(self, *words: str) -> tuple[int, str]:
        """Run a command as the editor's terminal would: exit code and output."""
        where = ("--workspace-folder", str(self.copy.folder), "--config", str(self.copy.folder / self.config))
        done = command(*self.tool, "exec", *where, *words, env=self.copy.environment())
        return done.returncode, done.stdout + done.stderr * (done.returncode != 0)


@pytest.fixture(scope="module")
def tool() -> tuple[str, ...]:
    """The command `devcontainer`, from PATH or from a node_modules folder that npx knows."""
    if shutil.which("devcontainer"):
        return ("devcontainer",)
    npx = ("npx", "--no-install", "devcontainer")
    if shutil.which("npx") and command(*npx, "--version").returncode == 0:
        return npx
    workflow = (ROOT / ".github" / "workflows" / "images.yml").read_text()
    (package,) = set(re.findall(r"@devcontainers/cli@[\d.]+", workflow))
    pytest.fail(
        f"No command `devcontainer`. `npm install -g {package}` brings it (Node.js 20 or newer).", pytrace=False
    )


@pytest.fixture(scope="module", params=[".devcontainer/devcontainer.json", ".devcontainer/cuda/devcontainer.json"])
def editor(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest, tool: tuple[str, ...]
) -> Iterator[Editor]:
    """One devcontainer of a checkout whose owner opens it; root's editor stays UID 1000 inside, so root opens that."""
    with checkout(tmp_path_factory.mktemp("editor"), owner=os.getuid()) as copy:
        use_the_images_under_test(copy, request.param)
        own(copy.folder, os.getuid() or 1000)
        where = ("--workspace-folder", str(copy.folder), "--config", str(copy.folder / request.param))
        up = json.loads(succeed(*tool, "up", *where, env=copy.environment(), seconds=300))
        try:
            yield Editor(tool, copy, request.param, up["containerId"])
        finally:
            close(up["containerId"])


def use_the_images_under_test(copy: Checkout, config: str) -> None:
    """Add a last Compose file to those that devcontainer.json lists."""
    place = copy.folder / config
    text, changed = re.subn(r'"([./]*)compose\.yml"\]', r'"\1compose.yml", "\1as-tested.yml"]', place.read_text())
    assert changed == 1
    place.write_text(text)
    (copy.folder / ".devcontainer" / "as-tested.yml").write_text(AS_TESTED)


def close(container: str) -> None:
    """Remove the container, and the image that the tool made to give its user the UID of this machine's."""
    image = inspect(container)["Config"]["Image"]
    succeed("docker", "rm", "--force", container)
    if image.startswith("vsc-"):
        succeed("docker", "image", "rm", image)


def test_the_doctor_is_content_in_the_editor_s_container(editor: Editor) -> None:
    """Packages as locked, and work/ can be written from the editor's terminal."""
    code, output = editor.exec("invoke", "doctor")
    assert code == 0, output
    assert "This machine is ready." in output


def test_the_editor_opens_the_checkout_with_the_interpreter_of_the_image(editor: Editor) -> None:
    """The folder that devcontainer.json names is the checkout, and python there is the one its settings name."""
    text = re.sub(r"^\s*//.*$", "", (editor.copy.folder / editor.config).read_text(), flags=re.MULTILINE)
    settings = json.loads(text)["customizations"]["vscode"]["settings"]
    code, output = editor.exec(
        "python", "-c", "import os, sys, tasks; print(os.path.realpath(tasks.__file__), sys.executable)"
    )
    assert (code, output.split()) == (0, ["/workspaces/kit/tasks.py", settings["python.defaultInterpreterPath"]])


def test_only_the_service_of_the_editor_runs(editor: Editor) -> None:
    """Without runServices an editor would start the other one too, or hang on it."""
    own_project = f"label=com.docker.compose.project={editor.copy.project}"
    running = succeed("docker", "ps", "--quiet", "--no-trunc", "--filter", own_project).split()
    assert running == [editor.container]
