"""A clone has the committed bytes, whatever git is told about line ends. Not covered: git for Windows itself."""

from pathlib import Path

from tests.support.clones import clone, git, hash_files, read_index


def test_a_clone_with_autocrlf_has_the_committed_bytes(tmp_path: Path) -> None:
    """It is the default of git for Windows: scripts would end their first line in a carriage return."""
    made = clone(tmp_path, "--config", "core.autocrlf=true")
    assert hash_files(made) == read_index(made)
    assert git(made, "status", "--porcelain") == ""
    kinds = dict(line.split("\t")[::-1] for line in git(made, "ls-files", "--eol").splitlines())
    assert {facts.split()[0] for facts in kinds.values()} <= {"i/lf", "i/none", "i/-text"}
    assert {Path(name).suffix for name, facts in kinds.items() if facts.startswith("i/-text")} == {".safetensors"}
