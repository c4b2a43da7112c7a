"""Benchmarks and graders: the measure of a reply outside the system that gave it.

Gold answers are read here and go no further: a strategy sees the Request made from an Item's public part.
"""

from escalade.tasks.demo import Demo
from escalade.tasks.gpqa import Gpqa
from escalade.tasks.grader import Grader
from escalade.tasks.match import MatchGrader, RegexGrader
from escalade.tasks.math500 import Math500
from escalade.tasks.maths import MathGrader
from escalade.tasks.mmlu_pro import MmluPro
from escalade.tasks.protocol import Item, Task
from escalade.tasks.row_item import Fields, Grading
from escalade.tasks.rubric import RubricGrader
from escalade.tasks.table import Table

__all__ = [
    "Demo",
    "Fields",
    "Gpqa",
    "Grader",
    "Grading",
    "Item",
    "MatchGrader",
    "Math500",
    "MathGrader",
    "MmluPro",
    "RegexGrader",
    "RubricGrader",
    "Table",
    "Task",
]
