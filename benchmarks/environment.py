"""The virtual environment of each subject: made with pip when first needed, kept in benchmarks/.venvs.

Escalade and its floor run in the environment that runs the benchmark. Nothing here pins a peer: the table says which
versions were measured.
"""

import json
import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

_HERE = Path(__file__).parent
_KEPT = _HERE / ".venvs"


@dataclass(frozen=True)
class Subject:
    name: str
    script: str
    package: str
    """The distribution whose version is reported."""
    needs: tuple[str, ...] = ()
    """What pip installs for it; nothing for what is in the benchmark's own environment."""

    @property
    def path(self) -> Path:
        return _HERE / "subjects" / self.script

    def python(self) -> Path:
        """The interpreter to run it with; makes its environment if there is none yet."""
        if not self.needs:
            return Path(sys.executable)
        folder = _KEPT / self.name
        python = folder / "bin" / "python"
        ready = folder / ".ready"
        if not ready.exists():
            print(f"installing {', '.join(self.needs)} into {folder.relative_to(_HERE.parent)}", file=sys.stderr)
            venv.create(folder, clear=True, with_pip=True)
            if subprocess.run([python, "-m", "pip", "install", "--quiet", *self.needs], check=False).returncode:
                sys.exit(f"{self.name} cannot be installed\n  try: the benchmark without its peers, with --peers alone")
            ready.touch()
        return python

    def version(self) -> str:
        """The measured distribution and its version."""
        asked = f"import importlib.metadata as m, json; print(json.dumps(m.version({self.package!r})))"
        found = subprocess.run([self.python(), "-c", asked], check=True, capture_output=True, text=True)
        return f"{self.package} {json.loads(found.stdout)}"


FLOOR = Subject("floor", "with_aiohttp.py", "aiohttp")
OURS = Subject("escalade", "with_escalade.py", "escalade")
PEERS = (
    Subject("httpx", "with_httpx.py", "httpx", ("httpx",)),
    Subject("langgraph", "with_langgraph.py", "langgraph", ("langgraph", "langchain-openai")),
    Subject("openai-agents", "with_openai_agents.py", "openai-agents", ("openai-agents",)),
    Subject("pydantic-ai", "with_pydantic_ai.py", "pydantic-ai-slim", ("pydantic-ai-slim[openai]",)),
    Subject("dspy", "with_dspy.py", "dspy", ("dspy",)),
    Subject("inspect-ai", "with_inspect.py", "inspect-ai", ("inspect-ai", "openai")),
)
