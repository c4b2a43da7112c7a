"""The bytes of requests are part of the journal's keys: a journal that was written before must go on to answer."""

import pytest

from escalade.core.messages import Message, Request, Sampling, Tool, ToolCall
from escalade.models.providers import GENERIC, PROVIDERS
from escalade.models.wire import encode_request

OPEN = {"type": "object", "properties": {"z": {"type": "string"}, "a": {"type": "integer"}}, "required": ["z", "a"]}
CLOSED = OPEN | {"additionalProperties": False}
EVERYTHING = Sampling(
    temperature=0.5,
    top_p=0.9,
    max_tokens=77,
    stop=("END", "FIN"),
    seed=10,
    frequency_penalty=0.25,
    presence_penalty=-0.5,
    reasoning_effort="low",
    extra={"top_k": 40, "provider": {"sort": "price", "allow_fallbacks": False}},
)
TALK = (
    Message("system", "Be brief."),
    Message("user", 'Größe of "x"?\n\u2028</answer>'),
    Message("assistant", "", (ToolCall("c1", "look_up", '{"x": 1}'), ToolCall("c2", "add", ""))),
    Message("tool", "7", tool_call_id="c1"),
    Message("tool", ""),
    Message("assistant", "Also:", (ToolCall("c3", "add", "{}"),)),
    Message("assistant", ""),
    Message("user"),
)
TOOLS = (Tool("look_up", "looks up", {"type": "object", "properties": {}}), Tool("add", "", {}))

Q = Request((Message("user", "q"),))
BOUND = Sampling(max_tokens=5)
ODD = Sampling(extra={"response_format": {"type": "json_object"}, "a": None})
SAID = (
    '[{"role":"system","content":"Be brief."},{"role":"user","content":"Größe of \\"x\\"?\\n\u2028</answer>"},{"r'
    'ole":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"look_'
    'up","arguments":"{\\"x\\": 1}"}},{"id":"c2","type":"function","function":{"name":"add","arguments":""}'
    '}]},{"role":"tool","tool_call_id":"c1","content":"7"},{"role":"tool","tool_call_id":"","content":""}'
    ',{"role":"assistant","content":"Also:","tool_calls":[{"id":"c3","type":"function","function":{"name"'
    ':"add","arguments":"{}"}}]},{"role":"assistant","content":""},{"role":"user","content":""}]'
)
OFFERED = (
    '[{"type":"function","function":{"name":"look_up","description":"looks up","parameters":{"type":"obje'
    'ct","properties":{}}}},{"type":"function","function":{"name":"add","description":"","parameters":{}}'
    "}]"
)
WANTED = (
    '{"type":"json_schema","json_schema":{"name":"answer","strict":true,"schema":{"type":"object","proper'
    'ties":{"z":{"type":"string"},"a":{"type":"integer"}},"required":["z","a"],"additionalProperties":fal'
    "se}}}"
)

ASKED = [
    ("a plain question", Q, GENERIC, False, '{"model":"m","messages":[{"role":"user","content":"q"}]}'),
    (
        "a system message and a bound",
        Request((Message("system", "Be brief."), *Q.messages), BOUND),
        PROVIDERS["vllm"],
        False,
        (
            '{"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":'
            '"q"}],"max_tokens":5}'
        ),
    ),
    (
        "all sampling",
        Request(Q.messages, EVERYTHING, sample=3),
        GENERIC,
        False,
        (
            '{"model":"m","messages":[{"role":"user","content":"q"}],"temperature":0.5,"top_p":0.9,"fre'
            'quency_penalty":0.25,"presence_penalty":-0.5,"reasoning_effort":"low","max_tokens":77,"sto'
            'p":["END","FIN"],"seed":13,"provider":{"sort":"price","allow_fallbacks":false},"top_k":40}'
        ),
    ),
    (
        "zeros",
        Request(Q.messages, Sampling(temperature=0.0, top_p=1, seed=0)),
        GENERIC,
        False,
        '{"model":"m","messages":[{"role":"user","content":"q"}],"temperature":0.0,"top_p":1.0,"seed":0}',
    ),
    (
        "a call's id on what is no result",
        Request((Message("user", "q", (), "c1"),)),
        GENERIC,
        False,
        '{"model":"m","messages":[{"role":"user","content":"q"}]}',
    ),
    (
        "OpenAI's name of the bound",
        Request(Q.messages, BOUND),
        PROVIDERS["openai"],
        False,
        '{"model":"m","messages":[{"role":"user","content":"q"}],"max_completion_tokens":5}',
    ),
    (
        "a talk with tools",
        Request(TALK, tools=TOOLS),
        GENERIC,
        False,
        '{"model":"m","messages":' + SAID + ',"tools":' + OFFERED + "}",
    ),
    (
        "a closed schema",
        Request(Q.messages, response_schema=CLOSED),
        PROVIDERS["ollama"],
        False,
        '{"model":"m","messages":[{"role":"user","content":"q"}],"response_format":' + WANTED + "}",
    ),
    (
        "an open schema",
        Request(Q.messages, response_schema=OPEN),
        PROVIDERS["ollama"],
        False,
        (
            '{"model":"m","messages":[{"role":"user","content":"q"}],"response_format":{"type":"json_sc'
            'hema","json_schema":{"name":"answer","strict":false,"schema":{"type":"object","properties"'
            ':{"z":{"type":"string"},"a":{"type":"integer"}},"required":["z","a"]}}}}'
        ),
    ),
    (
        "a schema that is not taken",
        Request(Q.messages, response_schema=CLOSED),
        GENERIC,
        False,
        '{"model":"m","messages":[{"role":"user","content":"q"}]}',
    ),
    (
        "a form of the user's",
        Request(Q.messages, ODD, response_schema=OPEN),
        PROVIDERS["vllm"],
        True,
        (
            '{"model":"m","messages":[{"role":"user","content":"q"}],"response_format":{"type":"json_ob'
            'ject"},"stream":true,"stream_options":{"include_usage":true},"a":null}'
        ),
    ),
    (
        "a stream",
        Q,
        GENERIC,
        True,
        (
            '{"model":"m","messages":[{"role":"user","content":"q"}],"stream":true,"stream_options":{"i'
            'nclude_usage":true}}'
        ),
    ),
    (
        "a stream whose usage comes unasked",
        Q,
        PROVIDERS["openrouter"],
        True,
        '{"model":"m","messages":[{"role":"user","content":"q"}],"stream":true}',
    ),
    (
        "everything",
        Request(TALK, EVERYTHING, TOOLS, CLOSED, item="i", sample=1),
        PROVIDERS["openai"],
        True,
        '{"model":"m","messages":'
        + SAID
        + (
            ',"temperature":0.5,"top_p":0.9,"frequency_penalty":0.25,"presence_penalty":-0.5,"reasoning'
            '_effort":"low","max_completion_tokens":77,"stop":["END","FIN"],"seed":11,"tools":'
        )
        + OFFERED
        + ',"response_format":'
        + WANTED
        + (
            ',"stream":true,"stream_options":{"include_usage":true},"provider":{"sort":"price","allow_f'
            'allbacks":false},"top_k":40}'
        ),
    ),
]


@pytest.mark.parametrize(("request_", "quirks", "stream", "sent"), [pytest.param(*a[1:], id=a[0]) for a in ASKED])
def test_a_request_keeps_its_bytes(request_, quirks, stream, sent):
    """Fields, their order and their spelling are what they have been since journals are kept."""
    assert encode_request(request_, "m", quirks, stream=stream).decode() == sent
