"""Runs the tests on the person's machine, offline: `invoke test`. Left out: the tests themselves, in tests/ and ml/.

- run_pytest.py: starts pytest in an environment of its own
- forks.py: the pytest plugin that runs test files side by side
- commands.py: `invoke test`
"""
