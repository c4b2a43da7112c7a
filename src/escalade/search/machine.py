"""The search itself, as a generator that asks for rounds and is told their figures. It runs nothing.

    warm-up     every base model alone, on all train items, and the rivals: the plain vote, self-consistency
    self-stack  every model stacked upon itself, again where that helped, in a race
    layer       agents of `tool_number` of the best `top_n` structures, in a race, until there is no significant gain
    selection   the best and the rivals on the selection items: the winner is chosen here
    test        the winner, the best model and the rivals on the held-out items: nothing is chosen any more

The path depends on the plan, the items and the figures alone: a search that is started again takes the same one.
"""

from collections.abc import Generator, Mapping, Sequence
from typing import TypeAlias

from escalade.analysis.trial import PerItem
from escalade.core.ids import seeded
from escalade.search.board import Board, Plan
from escalade.search.candidate import Candidate, plain_vote, self_consistency, single, stacked
from escalade.search.division import PartName
from escalade.search.path import Found, Gain, Heat, Round
from escalade.search.proposing import agents_of, self_stacks
from escalade.search.race import dropped, heats, significant
from escalade.strategies.stack import Layer, Tree, names_in

Figures: TypeAlias = Mapping[str, PerItem]
Rounds: TypeAlias = Generator[Round, Figures, None]


class Search:
    """One search over items that are named by part. `rounds()` is the path; `found` is where it has come to."""

    def __init__(self, plan: Plan, items: Mapping[PartName, Sequence[str]]) -> None:
        self.plan = plan
        self.found = Found(board=Board(plan))
        self._items = items
        self._train = sorted(items["train"])
        seeded(plan.seed, "heats").shuffle(self._train)

    def rounds(self) -> Rounds:
        """The whole search."""
        yield from self._warm_up()
        yield from self._stack_up()
        yield from self._layers()
        yield from self._select()
        yield from self._hold_out()

    def given(self, tree: Tree) -> Rounds:
        """No search: a given structure on the held-out items, beside its models and their vote."""
        models = [single(name) for name in names_in(tree)]
        self.found.head = self.plan.head or models[0].members[0]
        alone = isinstance(tree, Layer) and not tree.layer
        whole = models[0] if alone else stacked(tree, self.found.head)
        self._board.enter([whole, *models, *self._votes([m.members[0] for m in models])], "given")
        self.found.winner = whole.name
        results = yield self._round("test", "test", list(self._board.entries))
        self._board.add("test", results)
        self.found.best_model = self._board.ranked("test", [model.name for model in models])[0]

    @property
    def _board(self) -> Board:
        return self.found.board

    def _warm_up(self) -> Rounds:
        tools = [single(name) for name in self.plan.tools]
        yield from self._race("warm-up", tools, whole=True)
        best = self._board.ranked()[0]
        self.found.best_model = best
        self.found.head = self.plan.head or self._board.entries[best].candidate.members[0]
        rivals = self._votes(self.plan.tools)
        if self.plan.self_consistency > 1:
            rivals.append(self_consistency(self._board.entries[best].candidate.members[0], self.plan.self_consistency))
        if rivals:
            yield from self._race("rivals", rivals, whole=True)

    def _votes(self, models: Sequence[str]) -> list[Candidate]:
        return [plain_vote(tuple(models))] if len(models) > 1 else []

    def _stack_up(self) -> Rounds:
        growing = list(self.plan.tools)
        for layer in range(1, self.plan.max_layers + 1):
            trees = self_stacks(growing, layer)
            yield from self._race(f"self-stack {layer}", [stacked(tree, self.found.head) for tree in trees])
            below = {name: str(Layer(name, layer - 1)) for name in growing}
            growing = [name for name in growing if self._board.is_above(str(Layer(name, layer)), below[name])]
            if not growing:
                return

    def _layers(self) -> Rounds:
        board = self._board
        for layer in range(1, self.plan.max_layers + 1):
            best = [board.entries[name].candidate.tree for name in board.stackable()[: self.plan.top_n]]
            trees = agents_of([tree for tree in best if tree], self.plan.tool_number, board.entries)
            if not trees:
                self.found.ended = "there is nothing new to combine"
                return
            before, stage = board.ranked()[0], f"layer {layer}"
            yield from self._race(stage, [stacked(tree, self.found.head) for tree in trees])
            versus = board.gain([str(tree) for tree in trees], before)
            gained = versus is not None and versus.difference > 0 and significant(versus, self.plan.alpha)
            self.found.gains.append(Gain(stage=stage, over=before, versus=versus, significant=gained))
            if not gained:
                self.found.ended = f"{stage} brought no significant gain over {before}"
                return
        self.found.ended = f"{self.plan.max_layers} layers are the most that was asked for"

    def _select(self) -> Rounds:
        board, found = self._board, self.found
        found.champion = board.ranked()[0]
        rivals = [name for name, entry in board.entries.items() if entry.stage == "rivals"]
        best = board.ranked()[: self.plan.finalists]
        stacks = [name for name in board.ranked() if board.entries[name].candidate.kind == "stack"][:1]
        found.finalists = list(dict.fromkeys([*best, found.best_model, *rivals, *stacks]))
        results = yield self._round("selection", "selection", found.finalists)
        board.add("selection", results)
        found.winner = board.ranked("selection", found.finalists)[0]

    def _hold_out(self) -> Rounds:
        board, found = self._board, self.found
        chosen = board.ranked("selection", found.finalists)
        rivals = [name for name in chosen if board.entries[name].stage == "rivals"]
        stacks = [name for name in chosen if board.entries[name].candidate.kind == "stack"][:1]
        shown = list(dict.fromkeys([found.winner, found.best_model, found.champion, *stacks, *rivals]))
        board.add("test", (yield self._round("test", "test", shown)))

    def _race(self, stage: str, candidates: Sequence[Candidate], *, whole: bool = False) -> Rounds:
        """All train items, in heats: a `whole` race has one, since every later structure asks these models anyway."""
        board, total = self._board, len(self._train)
        incumbent = next(iter(board.ranked()), None)
        board.enter(candidates, stage)
        running, before = [candidate.name for candidate in candidates], 0
        for heat, size in enumerate([total] if whole else heats(self.plan.heat_items, total), 1):
            results = yield self._round(stage, "train", running, items=self._train[before:size], heat=heat)
            board.add("train", results)
            asked, before = self._train[:size], size
            gone = {}
            if size < total:
                field = [board.racer(name, items=asked) for name in running]
                best = board.racer(incumbent, items=asked) if incumbent else None
                gone = dropped(field, best, alpha=self.plan.alpha, seed=self.plan.seed)
            self.found.heats.append(Heat(stage=stage, items=size, entered=running, dropped=gone))
            for name, why in gone.items():
                board.entries[name].dropped = f"after {size} items: {why}"
            running = [name for name in running if name not in gone]
            if not running:
                return

    def _round(
        self, stage: str, part: PartName, names: Sequence[str], *, items: Sequence[str] | None = None, heat: int = 1
    ) -> Round:
        candidates = tuple(self._board.entries[name].candidate for name in names)
        asked = tuple(self._items[part] if items is None else items)
        return Round(stage=stage, heat=heat, part=part, candidates=candidates, items=asked)
