"""Picks the weights for a task: pretrained ones if they were downloaded, otherwise small ones that ship with the kit.

The pretrained ones are listed in docker/locks/models.lock. The small ones are in small_models/, next to this file.
"""

import tomllib
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

HERE = Path(__file__).resolve()
SMALL = HERE.with_name("small_models")
LOCK = HERE.parents[3] / "docker" / "locks" / "models.lock"


def model_for_task(task: str) -> str:
    """The folder to pass to from_pretrained or pipeline. Prints one line that says which model it is.

    Raises LookupError if there are no weights for the task; the error names the command that downloads them.
    """
    pretrained = tomllib.loads(LOCK.read_text(encoding="utf-8")).get(task)
    if pretrained:
        repo, commit, files = pretrained["repo"], pretrained["commit"], pretrained["files"]
        found = {file["path"]: try_to_load_from_cache(repo, file["path"], revision=commit) for file in files}
        if all(isinstance(path, str) for path in found.values()):
            print(f"{task}: {repo} at {commit[:7]}")
            return str(Path(str(found["config.json"])).parent)
    if pretrained:
        which = "" if pretrained["set"] == "core" else f" --set {pretrained['set']}"
        fetch = f"`invoke models{which} --fetch` gets {repo}"
    else:
        fetch = "models.lock has no pretrained model for it"
    if (SMALL / task / "config.json").is_file():
        print(f"{task}: a small stand-in ({fetch})")
        return str(SMALL / task)
    tasks = sorted(path.parent.name for path in SMALL.glob("[!.]*/config.json"))
    raise LookupError(f"No weights for {task!r} here: {fetch}. There are small models for {', '.join(tasks)}.")
