"""A few lines that change: redrawn in place on a terminal, told again elsewhere when they change."""

import sys
from collections.abc import Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Self, TextIO

from escalade.report.untrusted import safe

if TYPE_CHECKING:
    from rich.live import Live as Display


class Live:
    """A context; `stream` is stdout unless given."""

    def __init__(self, *, quiet: bool = False, stream: TextIO | None = None) -> None:
        self._quiet = quiet
        self._stream = stream or sys.stdout
        self._told: Sequence[str] = ()
        self._display: Display | None = None

    def __enter__(self) -> Self:
        if not self._quiet and self._stream.isatty():
            from rich.console import Console  # noqa: PLC0415  (wanted only on a terminal)
            from rich.live import Live as Display  # noqa: PLC0415  (as above)

            self._display = Display(console=Console(file=self._stream), auto_refresh=False)
            self._display.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._display is not None:
            self._display.stop()

    def show(self, lines: Sequence[str]) -> None:
        if self._quiet or lines == self._told:
            return
        self._told = list(lines)
        if self._display is None:
            print("; ".join(safe(line) for line in lines if line), file=self._stream, flush=True)
            return
        from rich.text import Text  # noqa: PLC0415  (wanted only on a terminal)

        self._display.update(Text("\n".join(safe(line) for line in lines)), refresh=True)
