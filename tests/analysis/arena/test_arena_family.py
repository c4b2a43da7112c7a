"""Who is kin to whom, by the names under which models are sold."""

import pytest

from escalade.analysis.arena import Cast, kin
from escalade.analysis.arena.family import Kinship, family
from escalade.ledger.call import Call
from escalade.store.record import Record


@pytest.mark.parametrize(
    ("model", "maker"),
    [
        ("openai/gpt-4.1-mini", "OpenAI"),
        ("o3-mini-2025-01-31", "OpenAI"),
        ("chatgpt-4o-latest", "OpenAI"),
        ("anthropic/claude-sonnet-4", "Anthropic"),
        ("google/gemma-3-27b-it", "Google"),
        ("gemini-2.5-flash", "Google"),
        ("qwen/qwen3-32b", "Alibaba"),
        ("QwQ-32B", "Alibaba"),
        ("meta-llama/Llama-3.1-70B-Instruct", "Meta"),
        ("llama3.1:8b", "Meta"),
        ("deepseek-r1-distill-qwen-32b", "Alibaba"),
        ("deepseek/deepseek-v3.2", "DeepSeek"),
        ("mathstral-7B", "Mistral"),
        ("small", None),
        ("photon", None),
    ],
)
def test_families_are_told_by_name(model, maker):
    """A distilled model is its student's; what is not recognised has no family."""
    assert family(model) == maker


def test_kin_are_flagged_whatever_they_are_called_in_the_config():
    """By the provider's ids in the Calls: the answering ones, not a system's own gate."""
    cast = Cast.empty()
    made = {"id": "c", "provider": "openai"}
    cast.add(
        Record(
            run="r",
            system="panel",
            item="1",
            status="answered",
            calls=[
                Call(**made, model="cheap", asked="google/gemma-3-27b-it", role="worker"),
                Call(**made, model="check", asked="openai/gpt-4.1", role="gate"),
            ],
            grading=[
                Call(**made, model="referee", asked="google/gemini-2.5-flash", role="grader"),
                Call(**made, model="anchor", asked="openai/o3-mini", role="baseline"),
            ],
        )
    )
    assert kin(cast.systems, cast.judges) == [Kinship("panel", "referee", "google/gemma-3-27b-it", "Google")]
    assert not cast.simulated


def test_a_model_is_kin_to_itself():
    """Also where its name says nothing."""
    assert [one.system for one in kin({"a": ["house-7b"], "b": ["other"]}, {"j": ["house-7b"]})] == ["a"]
