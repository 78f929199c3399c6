"""invoke's configuration for these tasks: its defaults and nothing else.

What people set in ~/.invoke.yaml, /etc/invoke.yaml or an INVOKE_ variable is meant for other projects, and could break
these tasks. Left out: what invoke reads before it finds tasks.py
(a file that does not parse, `tasks.search_root`, `tasks.collection_name`); `./prep` passes the last two by itself.
"""

from invoke.config import Config


class DefaultConfig(Config):
    """Reads no file and no variable, and neither do its copies, one for each task."""

    def load_base_conf_files(self) -> None:
        """Read neither /etc nor the home folder."""

    def load_shell_env(self) -> None:
        """Read no INVOKE_ variable."""

    def load_runtime(self, merge: bool = True) -> None:
        """Read no file that INVOKE_RUNTIME_CONFIG names."""
