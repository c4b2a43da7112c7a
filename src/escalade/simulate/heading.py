"""The head of a stack: a model that uses tools, by the ReAct text protocol or by native tool calls.

It asks every tool that it is told of once, in their order, then gives its own answer, which what the tools said can
win it over from. Now and then it errs as heads do: a step that cannot be followed, an observation that it invents, an
answer before every tool was used.
"""

import json
import re
from typing import Any

from escalade.core.ids import digest
from escalade.core.messages import Message, Tool, ToolCall
from escalade.simulate.answering import final_line, persuaded, written
from escalade.simulate.solving import Belief, Said, Scene, Solver
from escalade.simulate.wording import marked

_TAGGED_TOOL = re.compile(r"<tool\s+(?:name|id)\s*=\s*[\"']?([^\"'>]+)[\"']?")
_ONE_OF = re.compile(r"\bone of:?\s*\[?\s*((?:[`\"']?[\w.-]+[`\"']?\s*(?:,|\bor\b)?\s*)+)\]?")
_LISTED_TOOL = re.compile(r"^[-*][ \t]+[`*\"']*([\w.-]+)[`*\"']*[ \t]*(?:\([^)\n]*\))?:", re.MULTILINE)
_NAME = re.compile(r"[\w.-]+")
_ACTION = re.compile(r"^[ \t]*Action:[ \t]*[`\"'\[]*([\w.-]+)[^\n]*\n[ \t]*Action Input:", re.MULTILINE)
_OBSERVATION = re.compile(
    r"^[ \t]*Observation:[ \t]*(.*?)(?=^[ \t]*(?:Thought|Action|Observation):|\Z)", re.MULTILINE | re.DOTALL
)
_WANTS_JSON_INPUT = re.compile(r"Action Input:[^\n]*(?:JSON|\{)")
_UNKNOWN_TOOL = "encyclopaedia"
_THOUGHT = "Thought: Another opinion on this will help before settling it."


def text_step(solver: Solver, scene: Scene) -> Said:
    """The next step of a text protocol: a thought with an action, or with the final answer."""
    told = next((m for m in scene.request.messages if m.role == "user"), Message("user"))
    tools = _named_tools("\n".join(m.content for m in scene.request.messages if m.role == "system") + told.content)
    later = [m.content for m in scene.request.messages if m is not told and m.role != "system"]
    transcript = "\n".join(later) if later else told.content[told.content.rfind("\nQuestion:") :]
    used = set(_ACTION.findall(transcript)) if later or "Observation:" in transcript else set()
    unused = [name for name in tools if name not in used]
    acting = solver.model.acting
    draws = solver.draws(scene, "step")
    if not unused or (used and draws.chance(acting.hasty)):
        return Said(_final(solver, scene, [found.strip() for found in _OBSERVATION.findall(transcript)]))
    if draws.chance(acting.malformed):
        broken = (
            f"{_THOUGHT}\nAction: {unused[0]}",
            f"{_THOUGHT}\nAction: {_UNKNOWN_TOOL}\nAction Input: {{",
            _THOUGHT,
        )
        return Said(draws.pick(broken))
    question = scene.item.text
    wanted = json.dumps({"question": question}) if _WANTS_JSON_INPUT.search(scene.prompt.instruction) else question
    step = f"{_THOUGHT}\nAction: {unused[0]}\nAction Input: {wanted}"
    if draws.chance(acting.hallucinated):
        invented = marked(solver.wrong(scene.item, draws), scene.item.expects, question)
        step += f"\nObservation: {invented}\nThought: That settles it.\nFinal Answer: {invented}"
    return Said(step)


def native_step(solver: Solver, scene: Scene) -> Said:
    """The next step with native tools: one call for every tool not used yet, or the final answer."""
    messages = scene.request.messages
    used = {call.name for m in messages for call in m.tool_calls}
    unused = [tool for tool in scene.request.tools if tool.name not in used]
    acting = solver.model.acting
    draws = solver.draws(scene, "step")
    if not unused or (used and draws.chance(acting.hasty)):
        heard = [m.content for m in messages if m.role == "tool"]
        return Said(written(solver, scene, _settled(solver, scene, heard)))
    name, arguments = unused[0].name, json.dumps(_arguments(unused[0], scene.item.text), ensure_ascii=False)
    if draws.chance(acting.malformed):
        name, arguments = draws.pick(((name, arguments[:-1]), (_UNKNOWN_TOOL, arguments)))
    return Said("", (ToolCall(f"call_{digest(scene.prompt.wording, name)[:12]}", name, arguments),))


def _settled(solver: Solver, scene: Scene, heard: list[str]) -> Belief:
    return persuaded(solver, scene, solver.believe(scene), heard)


def _final(solver: Solver, scene: Scene, heard: list[str]) -> str:
    unreadable = solver.draws(scene, "write").chance(solver.model.skill.format_failure)
    if unreadable:
        return "Thought: All of this has been considered, and the matter is settled."
    belief = _settled(solver, scene, heard)
    line = final_line(belief.value, scene.item.expects, scene)
    return f"Thought: What was found is enough to answer.\nFinal Answer: {line}"


def _named_tools(text: str) -> list[str]:
    """Tools as `<tool name="x">`, as list items `- x: what it does`, or as `one of [x, y]`."""
    for pattern in (_TAGGED_TOOL, _LISTED_TOOL):
        if names := pattern.findall(text):
            return list(dict.fromkeys(names))
    listed = _ONE_OF.search(text)
    return [name for name in _NAME.findall(listed[1]) if name != "or"] if listed else []


def _arguments(tool: Tool, question: str) -> dict[str, Any]:
    """The question under every required text property, else under the first property."""
    properties: dict[str, Any] = tool.parameters.get("properties", {})
    required = [name for name in tool.parameters.get("required", ()) if name in properties]
    return dict.fromkeys(required or list(properties)[:1] or ["question"], question)
