"""What `escalade plan` shows of a structure."""

from escalade.gates import Agree, judge, matches
from escalade.models.structure import structure_of
from escalade.report.plan import as_mermaid, as_text
from escalade.strategies import Cascade, Vote, sample
from escalade.testing import ScriptedModel

SMALL, LARGE, MIND = ScriptedModel([], "small"), ScriptedModel([], "large"), ScriptedModel([], "mind")
LADDER = Cascade([Vote(sample(SMALL, 2), name="pair"), LARGE], judge(MIND) >= 0.8, attempts=2, name="ladder")


def test_tree_shows_levels_gates_and_settings():
    """The tree names every part once, with its level, what decides, and how often it may be asked."""
    assert as_text(structure_of(LADDER)).splitlines() == [
        "cascade ladder [attempts 2, min_gain 0.05, carry best]",
        "├─ rung 1: vote pair (up to 2 times)",
        "│  ├─ sample small#1 [index 0, of 2]",
        "│  │  └─ scripted small",
        "│  └─ sample small#2 [index 1, of 2]",
        "│     └─ scripted small",
        "├─ rung 2: scripted large (up to 2 times)",
        "└─ gate: judge mind [at_least 0.8] (up to 4 times)",
        "   └─ gate: scripted mind (up to 2 times)",
    ]


def test_mermaid_draws_each_part_and_edge_once():
    """Every part is a node, every part but the first hangs on one other, and gates are drawn apart."""
    lines = as_mermaid(structure_of(LADDER)).splitlines()
    assert lines[0] == "flowchart TD"
    nodes = [line for line in lines[1:] if '"' in line]
    edges = [line for line in lines[1:] if ">" in line and '"' not in line]
    assert len(nodes) == 9
    assert len(edges) == 8
    assert sum("-.->" in edge for edge in edges) == 2


def test_quotes_cannot_break_a_drawing():
    """A pattern with quotes and brackets stays inside its label."""
    drawn = as_mermaid(structure_of(Cascade([SMALL], matches('"[x]"') & Agree(0.5), name='say "hi"')))
    assert all(line.count('"') in (0, 2) for line in drawn.splitlines())
    assert "say 'hi'" in drawn
