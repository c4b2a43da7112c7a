"""The benchmarks of docs/performance.md: what is measured is measured in one run, and compared within it.

    .venv/bin/python benchmarks/run.py                      all, with the peers, in some minutes
    .venv/bin/python benchmarks/run.py orchestration        one of the names below
    .venv/bin/python benchmarks/run.py --full --repeats 3   the sizes of docs/performance.md

`make setup` makes the environment; that of `make demo` is enough for all but `tracking`, which needs MLflow.
Prints tables and writes all figures as JSON. These are no tests: nothing fails for being slow.
"""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from needs import need, remedy

try:
    import bootstrap
    import critical_path
    import journal
    import machine
    import memory
    import orchestration
    import start_up
    import structure_search
    import tracking
    from environment import PEERS
except ModuleNotFoundError as missing:
    sys.exit(remedy(missing.name))

_BENCHMARKS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "start-up": lambda asked: start_up.run(max(asked.repeats, 5)),
    "orchestration": lambda asked: orchestration.run(
        orchestration.Size(asked.questions, 5_000 if asked.full else 0, asked.concurrency, asked.repeats), asked.peers
    ),
    "critical-path": lambda asked: critical_path.run([1, 8, 32], asked.repeats),
    "memory": lambda asked: memory.run([100, 10_000, 100_000] if asked.full else [100, 10_000]),
    "bootstrap": lambda asked: bootstrap.run(5_000, 10, asked.repeats),
    "search": lambda asked: structure_search.run(asked.repeats),
    "tracking": lambda asked: tracking.run(200, asked.repeats),
    "journal": lambda asked: journal.run([10_000, 1_000_000] if asked.full else [10_000, 100_000], asked.repeats),
}


def _asked() -> argparse.Namespace:
    everyone = [peer.name for peer in PEERS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("benchmark", nargs="?", choices=[*_BENCHMARKS, "all"], default="all")
    parser.add_argument("--full", action="store_true", help="a million Calls, 100,000 questions: some ten minutes more")
    parser.add_argument("--repeats", type=int, default=1, help="measure so often and take the medians")
    parser.add_argument("--questions", type=int, default=500, help="of the orchestration benchmark")
    parser.add_argument("--concurrency", type=int, default=64, help="questions under way at a time")
    parser.add_argument(
        "--peers", nargs="*", choices=everyone, default=everyone, metavar="PEER", help=", ".join(everyone)
    )
    parser.add_argument(
        "--out", type=Path, default=Path(__file__).parent / "results" / "latest.json", help="the JSON file"
    )
    return parser.parse_args()


def main() -> None:
    asked = _asked()
    if asked.benchmark in ("tracking", "all"):
        need("mlflow")
    found: dict[str, Any] = {"machine": machine.described(), "load_before": machine.load()}
    print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
    if found["load_before"] > 1:
        print(f"the machine is busy (load {found['load_before']:.1f}): take ratios only", file=sys.stderr)
    for name, benchmark in _BENCHMARKS.items():
        if asked.benchmark in (name, "all"):
            found[name] = benchmark(asked)
    asked.out.parent.mkdir(parents=True, exist_ok=True)
    asked.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    print(f"\nall figures: {asked.out}")


if __name__ == "__main__":
    main()
