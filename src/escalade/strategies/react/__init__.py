"""An agent: a head model that asks tools which are Models."""

from escalade.strategies.react.react import React, first_base
from escalade.strategies.react.rules import MOST_STEPS, ReactPrompts, Rules
from escalade.strategies.react.toolbox import ModelTool, Toolbox

__all__ = ["MOST_STEPS", "ModelTool", "React", "ReactPrompts", "Rules", "Toolbox", "first_base"]
