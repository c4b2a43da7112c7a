"""What is said where a benchmark is started without what it needs, before it begins."""

import sys
from importlib.util import find_spec


def need(*modules: str) -> None:
    """Ends the program with the remedy if one of `modules` is not installed."""
    for module in modules:
        if find_spec(module) is None:
            sys.exit(remedy(module))


def remedy(module: str | None) -> str:
    return (
        f"{module} is not installed for {sys.executable}\n"
        f"  try: `make setup`, which installs all that benchmarks need into .venv; then .venv/bin/python {sys.argv[0]}"
    )
