"""Runs of simulated systems in a store, and the program that looks at them."""

import json
from pathlib import Path

from typer.testing import CliRunner

from escalade.cli.main import app

CONFIG = """
models:
  small: {simulated: {like: ladder/small}}
  large: {simulated: {like: ladder/large}}
  judge: {simulated: {like: ladder/judge}}
systems:
  ladder: {cascade: [small, large], accept: {judge: judge, at_least: 0.8}}
experiments:
  first:
    task: {demo: {count: 60}}
    systems: [large, small, ladder]
    budget: {usd: 20}
"""
OTHER_PRICE = "models.large.price={input: 9, output: 30}"


class Escalade:
    """`escalade ARGUMENTS` with the store of its folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = folder / "escalade.yaml"
        self.url = f"sqlite:///{folder}/store.sqlite"

    def __call__(self, *arguments: str):
        return CliRunner().invoke(app, [*arguments, "--store", self.url])

    def said(self, *arguments: str) -> str:
        result = self(*arguments)
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout

    def json(self, *arguments: str):
        return json.loads(self.said(*arguments, "--json"))

    def run(self, *changes: str) -> str:
        """The id of the run of the config with these changes."""
        told = [word for change in changes for word in ("--set", change)]
        return self.json("run", str(self.config), *told)["run"]["id"]
