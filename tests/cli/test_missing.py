"""`escalade misses` on the command line. That private texts are withheld is shown beside the other commands."""


def test_misses_are_listed_and_counted(escalade, runs):
    """As many as the report has no right answers for; a system can be named, and a kind."""
    report = escalade.json("show", runs[0])
    small = next(system for system in report["systems"] if system["name"] == "small")
    found = escalade.json("misses", f"{runs[0]}:small")
    assert len(found) == round(60 * (1 - small["quality"]["mean"]))
    assert {miss["system"] for miss in found} == {"small"}
    assert sum(miss["kind"] == "unparsed" for miss in found) == small["unparsed"]
    wrong = escalade.json("misses", runs[0], "--kind", "wrong", "--item", found[0]["item"])
    assert {(miss["kind"], miss["item"]) for miss in wrong} == {("wrong", found[0]["item"])}
    told = escalade.said("misses", f"{runs[0]}:small", "--limit", "3")
    assert f"{len(found) - 3} more; --limit 0 shows all" in told
    assert "read as" in told


def test_whole_answers_are_shown_when_asked_for(escalade, runs):
    """In tables and in JSON, for every kind of miss that has one."""
    found = escalade.json("misses", runs[0], "--full", "--limit", "2")
    assert all(len(miss["text"]) > 100 for miss in found)
    assert " ".join(found[0]["text"].split()[-8:]) in " ".join(escalade.said("misses", runs[0], "--full").split())


def test_a_run_without_misses_says_so(escalade, runs):
    """And a kind that there is not is an error that names those there are."""
    assert "no such misses" in escalade.said("misses", runs[0], "--kind", "partial")
    assert escalade("misses", runs[0], "--kind", "nice").exit_code == 2
