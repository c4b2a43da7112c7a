"""Runs that were stored once are read for ever, as what they were."""

import msgspec

from escalade.core.structure import Structure
from escalade.store.record import Run

STORED = (
    b'{"id":"r-1","experiment":"r","task":"t","items":3,"systems":{'
    b'"ladder":{"structure":{"kind":"cascade","name":"ladder","settings":{"keep":true},"parts":['
    b'{"role":"worker","structure":{"kind":"model","name":"small","settings":{"id":"a/small",'
    b'"price":{"input":"0.10","output":1},"simulated":true,"sampling":{"stop":["x"]}}},"level":1},'
    b'{"role":"worker","structure":{"kind":"model","name":"large","settings":{"id":"a/large"}},"level":2},'
    b'{"role":"gate","structure":{"kind":"judge","name":"judge","settings":{"at_least":0.5},"parts":['
    b'{"role":"worker","structure":{"kind":"model","name":"large","settings":{"id":"a/large"}},"times":2}]}}]},'
    b'"fingerprint":"5b3ebf21fd84","simulated":true,"rival":false}}}'
)


def test_a_run_s_systems_are_read_and_written_as_they_were_stored():
    """Its bytes come back, and a structure that was read names itself by the fingerprint beside it."""
    run = msgspec.json.decode(STORED, type=Run)
    facts = run.systems["ladder"]
    assert msgspec.json.encode(run) == STORED
    assert facts.structure.fingerprint == facts.fingerprint
    assert facts.structure.models() == {"small": 1, "large": 3}
    assert facts.structure.models(without="gate") == {"small": 1, "large": 1}


def test_a_run_from_before_rivals_is_read():
    """What an older run does not say of a system has its default."""
    old = b'{"id":"r","experiment":"r","task":"t","items":1,"systems":{"a":{"structure":{"kind":"model","name":"a"}}}}'
    facts = msgspec.json.decode(old, type=Run).systems["a"]
    assert (facts.structure, facts.simulated, facts.rival) == (Structure("model", "a"), False, False)
