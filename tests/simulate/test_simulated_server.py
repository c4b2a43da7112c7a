import asyncio
import json
from collections import Counter
from decimal import Decimal

import aiohttp
import msgspec
import pytest
from asking import asked, is_right, within

from escalade.core.errors import BadResponse, ConfigError, CutOff, DataError, EmptyAnswer
from escalade.core.messages import Message, Request, Sampling
from escalade.core.usage import Usage
from escalade.models.wire import decode_reply, decode_stream, encode_request
from escalade.simulate import Mind, SimulatedModel, Skill
from escalade.simulate.bill import Bill, BillEntry
from escalade.simulate.faults import Faults
from escalade.simulate.server import Service, serve, serving

MODELS = (
    SimulatedModel(name="small", skill=Skill(accuracy=0.5), input_price=Decimal("0.07"), output_price=Decimal("0.3")),
    SimulatedModel(name="large", skill=Skill(accuracy=0.8), input_price=Decimal("2.5"), output_price=Decimal(10)),
)


@pytest.fixture
async def http():
    async with aiohttp.ClientSession() as session:
        yield session


async def post(http, served, item, model="small", *, stream=False, timeout_s=30.0):
    body = encode_request(asked(item), model, stream=stream)
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    async with http.post(f"{served.url}/chat/completions", data=body, timeout=timeout) as response:
        return response.status, dict(response.headers), await response.read()


async def bill_of(http, served):
    async with http.get(served.bill_url) as response:
        return json.loads(await response.read(), parse_float=Decimal)


async def test_the_server_says_what_the_model_in_process_says(world, items, http):
    """Over HTTP, found by its text alone, a question gets the same text and counts, whole or streamed."""
    async with serving(world, MODELS) as served:
        for item in items[:15]:
            here = Mind(world, MODELS[0]).answer(asked(item))
            whole = decode_reply((await post(http, served, item))[2])
            streamed = decode_stream((await post(http, served, item, stream=True))[2])
            assert whole.text == streamed.text == here.text
            assert whole.usage == streamed.usage == here.usage


async def test_models_are_listed(world, http):
    """Clients can ask what there is."""
    async with serving(world, MODELS) as served, http.get(f"{served.url}/models") as response:
        assert [m["id"] for m in (await response.json())["data"]] == ["small", "large"]


async def test_unknown_models_and_bad_requests_are_refused(world, items, http):
    """404 and 400 say what is wrong, and cost nothing."""
    async with serving(world, MODELS) as served:
        status, _, body = await post(http, served, items[0], "giant")
        assert (status, b"giant" in body) == (404, True)
        async with http.post(f"{served.url}/chat/completions", data=b"[]") as response:
            assert response.status == 400
        assert (await bill_of(http, served))["totals"]["usd"] == "0"


async def test_the_bill_is_usage_times_price(world, items, http):
    """The bill's sum is recomputed from the usage that the client saw, to the last digit."""
    expected = Decimal(0)
    async with serving(world, MODELS) as served:
        for item in items[:10]:
            for model in MODELS:
                usage = decode_reply((await post(http, served, item, model.name))[2]).usage
                expected += (usage.input * model.input_price + usage.output * model.output_price) / 1_000_000
        bill = await bill_of(http, served)
        assert Decimal(bill["totals"]["usd"]) == expected
        assert Decimal(bill["totals"]["told_usd"]) == expected
        assert len(bill["entries"]) == bill["totals"]["generated"] == 20
        assert sum(Decimal(entry["usd"]) for entry in bill["entries"]) == expected
        async with http.post(f"{served.bill_url}/reset") as response:
            assert json.loads(await response.read())["entries"] == []


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("own_key", [False, True])
async def test_costs_are_told_exactly(world, items, http, stream, own_key):
    """With reported costs, plain or for own keys, what the wire reads is what the bill says."""
    async with serving(world, MODELS, Service(report_cost=True, own_key=own_key)) as served:
        body = (await post(http, served, items[0], "large", stream=stream))[2]
        received = decode_stream(body) if stream else decode_reply(body)
        (entry,) = served.bill.entries
        assert received.reported_usd == entry.usd > 0
        assert (b'"is_byok":true' in body) is own_key
        assert (entry.upstream_usd is not None) is own_key
        if own_key:
            assert entry.usd == entry.upstream_usd * Decimal("1.05")


@pytest.mark.parametrize(
    ("kind", "status"),
    [("rate_limited", 429), ("rate_limited_silently", 429), ("server_error", 500), ("unavailable", 503)],
)
async def test_refusing_faults_cost_nothing(world, items, http, kind, status):
    """They come with their status, with Retry-After where it is due, and without a charge."""
    async with serving(world, MODELS, Service(faults=Faults(**{kind: 1.0}, retry_after_s=2))) as served:
        got, headers, _ = await post(http, served, items[0])
        assert got == status
        assert headers.get("Retry-After") == ("2" if kind == "rate_limited" else None)
        (entry,) = served.bill.entries
        assert (entry.usd, entry.usage) == (0, None)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ["cut", "invalid_json", "empty_choices", "missing_usage"])
async def test_spoilt_answers_are_billed_all_the_same(world, items, http, kind, stream):
    """The client cannot learn their price; the bill has it, summed apart."""
    async with serving(world, MODELS, Service(faults=Faults(**{kind: 1.0}), report_cost=True)) as served:
        decode = decode_stream if stream else decode_reply
        if kind == "cut":
            with pytest.raises(aiohttp.ClientPayloadError):
                await post(http, served, items[0], stream=stream)
        elif kind == "missing_usage":
            received = decode((await post(http, served, items[0], stream=stream))[2])
            assert received.text
            assert (received.usage, received.reported_usd) == (None, None)
        else:
            with pytest.raises((BadResponse, EmptyAnswer, CutOff)) as caught:
                decode((await post(http, served, items[0], stream=stream))[2])
            assert caught.value.usage is None
        totals = (await bill_of(http, served))["totals"]
        assert totals["usd"] == totals["unseen_usd"] != "0"
        assert totals["told_usd"] == "0"
        assert list(totals["by_status"]) == [kind]


async def test_a_stall_outlasts_the_client(world, items, http):
    """The client gives up, the answer is billed, and the server closes without waiting for the stall to end."""
    async with serving(world, MODELS, Service(faults=Faults(stall=1.0, stall_s=3600))) as served:
        patient = asyncio.create_task(post(http, served, items[0], timeout_s=None))
        while not served.bill.entries:  # noqa: ASYNC110  (the bill calls nobody)
            await asyncio.sleep(0)
        patient.cancel()
        with pytest.raises(asyncio.CancelledError):
            await patient
        assert served.bill.totals()["unseen"] == 1


async def test_a_stall_ends_without_an_answer(world, items, http):
    """A client with patience sees the connection dropped."""
    async with serving(world, MODELS, Service(faults=Faults(stall=1.0, stall_s=0.01))) as served:
        with pytest.raises(aiohttp.ClientError):
            await post(http, served, items[0])


def test_faults_come_at_their_rates_and_repeat():
    """Shares are met within error, and the same seed gives the same faults to the same numbers."""
    faults = Faults(rate_limited=0.1, stall=0.05, cut=0.05, missing_usage=0.2)
    drawn = [faults.of(7, n) for n in range(4000)]
    counts = Counter(drawn)
    for fault, share in (("429", 0.1), ("stalled", 0.05), ("cut", 0.05), ("missing_usage", 0.2), (None, 0.6)):
        assert within(counts[fault] / 4000, share, 4000)
    assert drawn == [faults.of(7, n) for n in range(4000)]
    assert drawn != [faults.of(8, n) for n in range(4000)]


def test_faults_in_equal_parts_sum_up():
    """Nine kinds share what is asked for, up to all responses."""
    assert {Faults.in_equal_parts(1.0).of(1, n) for n in range(200)} >= {"429", "stalled", "cut", "missing_usage"}
    assert None not in {Faults.in_equal_parts(1.0).of(1, n) for n in range(200)}
    assert Faults.in_equal_parts(0.9, stall_s=5).cut == pytest.approx(0.1)


def test_fault_rates_beyond_one_are_refused():
    """Shares of all responses cannot sum to more than all."""
    with pytest.raises(ConfigError, match="fault rates"):
        Faults(cut=0.6, stall=0.6)


async def test_repeats_are_the_same_unless_fresh_ones_are_wanted(world, items, http):
    """By default equal requests get equal texts; with fresh repeats they are samples."""
    for fresh in (False, True):
        async with serving(world, MODELS, Service(fresh_repeats=fresh)) as served:
            texts = {decode_reply((await post(http, served, items[0]))[2]).text for _ in range(5)}
            assert (len(texts) > 1) is fresh


async def test_a_temperature_of_zero_holds_over_http(world, items, http):
    """Even fresh repeats are equal at temperature 0."""
    request = Request((Message("user", items[0].text),), sampling=Sampling(temperature=0))
    async with serving(world, MODELS, Service(fresh_repeats=True)) as served:
        texts = set()
        for _ in range(4):
            async with http.post(f"{served.url}/chat/completions", data=encode_request(request, "small")) as response:
                texts.add(decode_reply(await response.read()).text)
        assert len(texts) == 1


async def test_a_right_answer_over_http_is_read_as_right(world, items, http):
    """What comes over the wire is graded like what is said in process."""
    async with serving(world, (SimulatedModel(name="small", skill=Skill(accuracy=1, format_failure=0)),)) as served:
        for item in items[:8]:
            assert is_right(decode_reply((await post(http, served, item))[2]).text, item)


async def test_the_bill_survives_in_its_file(world, items, http, tmp_path):
    """Every entry is in the file at once; a new server goes on with it, numbers included."""
    path = tmp_path / "bill.jsonl"
    for round_ in (1, 2):
        async with serving(world, MODELS, Service(bill=path)) as served:
            await post(http, served, items[0])
            lines = path.read_bytes().splitlines()
            assert len(lines) == len(served.bill.entries) == round_
    first, second = (msgspec.json.decode(line, type=BillEntry) for line in lines)
    assert first.request_id != second.request_id
    assert first.usd == second.usd > 0


def test_a_file_that_is_no_bill_is_refused(tmp_path):
    """Another file is not overwritten."""
    path = tmp_path / "notes.txt"
    path.write_text("dear diary")
    with pytest.raises(DataError, match="no bill"):
        Bill(path)


def test_resetting_empties_the_file_too(tmp_path):
    """After a reset, the file holds what came later."""
    with Bill(tmp_path / "b.jsonl") as bill:
        bill.write(BillEntry(request_id="1", model="m", status="ok", usage=Usage(1, 1), usd=Decimal("0.1")))
        bill.reset()
        bill.write(BillEntry(request_id="2", model="m", status="429"))
        assert [json.loads(line)["request_id"] for line in (tmp_path / "b.jsonl").read_text().splitlines()] == ["2"]


async def test_an_address_that_is_taken_is_an_error_with_a_hint(world):
    """Two servers on one port: the second says so."""
    async with serving(world, MODELS) as served:
        port = int(served.url.split(":")[2].split("/")[0])
        with pytest.raises(ConfigError, match="cannot listen"):
            await serve(world, MODELS, port=port)
