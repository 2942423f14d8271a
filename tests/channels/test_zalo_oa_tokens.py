"""The pair of tokens: spent by one alone, kept before it is used, asked for by consent; against the emulated OAuth."""

from __future__ import annotations

import asyncio
import traceback
from contextlib import suppress
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fresh_database import fresh_database
from loopback import Fault
from zalo_oa_server import ZaloOAServer, failure, zalo_oa_server

from bot.channels import Forged, Halted, Retry
from bot.channels.zalo_oa_tokens import STATE, Consent, Tokens, challenge
from bot.store import Store

GRANT = "v4/oa/access_token"
BACK = "https://tro-ly.example/staff/zalo-oa/callback"


@pytest.fixture
def server():
    with zalo_oa_server() as started:
        yield started


@pytest.fixture
def database(tmp_path):
    return fresh_database(tmp_path)


@pytest.fixture
async def store(database):
    opened = Store(database)
    yield opened
    await opened.close()


@pytest.fixture
async def client():
    async with httpx.AsyncClient(trust_env=False, timeout=5) as opened:
        yield opened


@pytest.fixture
def tokens(server: ZaloOAServer, store, client):
    """Another process's look at the same pair; `first` is the refresh token of its settings."""

    def make(first: str | None = None, states=store, secret: str = server.app_secret) -> Tokens:
        given = {"app_id": server.app_id, "app_secret": secret, "oauth_url": server.oauth_url}
        return Tokens(client, **given, states=states, clock=lambda: server.clock.now, first=first)

    return make


@pytest.fixture
def consent(server, store, tokens):
    given = {"app_id": server.app_id, "oauth_url": server.oauth_url}
    return Consent(tokens(), **given, states=store, clock=lambda: server.clock.now)


def asked(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


async def test_the_settings_token_gives_a_pair_that_outlives_the_process(server, tokens, store):
    first = server.issue()
    assert await tokens(first.refresh).access() == server.tokens[1].access
    assert await tokens(first.refresh).access() == await tokens().access() == server.tokens[1].access
    assert len(server.called(GRANT)) == 1
    pair = await tokens().pair()
    assert (pair.refresh, pair.since) == (server.tokens[1].refresh, server.clock.now)
    assert server.tokens[1].access not in repr(pair)
    assert server.tokens[1].refresh not in repr(pair)
    assert first.refresh not in str(await store.state(STATE))


async def test_without_any_token_staff_are_sent_to_the_page(server, tokens):
    with pytest.raises(Halted, match="/staff/zalo-oa"):
        await tokens().access()
    assert server.calls == []


@pytest.mark.parametrize("text", [True, False])
async def test_the_pair_is_renewed_five_minutes_early(server, tokens, text):
    server.expiry_is_text = text
    ours = tokens(server.issue().refresh)
    old = await ours.access()
    since = (await ours.pair()).since
    server.clock.advance(hours=24, minutes=54)
    assert await ours.access() == old
    server.clock.advance(minutes=1)
    new = await ours.access()
    assert new == server.tokens[-1].access != old
    pair = await ours.pair()
    assert (pair.since, pair.renewed) == (since, server.clock.now)
    assert (pair.refresh_until - server.clock.now).days == 90


async def test_a_token_just_refused_is_replaced_once(server, tokens):
    ours, theirs = tokens(server.issue().refresh), tokens()
    old = await ours.access()
    new = await ours.access(stale=old)
    assert new != old
    assert await theirs.access(stale=old) == new
    assert len(server.called(GRANT)) == 2


async def test_many_at_once_in_two_processes_spend_one_refresh_token(server, tokens, store, database):
    other = Store(database)
    ours, theirs = tokens(server.issue().refresh), tokens(states=other)
    await ours.access()
    server.clock.advance(hours=25)
    server.faults[GRANT] += [Fault(wait=0.15)] * 3
    got = await asyncio.gather(*(each.access() for each in (ours, theirs) * 4))
    await other.close()
    assert set(got) == {server.tokens[-1].access}
    assert len(server.called(GRANT)) == 2
    assert [one.spent for one in server.tokens] == [True, True, False]


@pytest.mark.parametrize("code", [-14014, -118, -14020, -14002])
async def test_a_dead_refresh_token_needs_a_new_consent(server, tokens, consent, code):
    server.codes["refresh"] = code
    ours = tokens(server.issue().refresh)
    await ours.access()
    pair = await ours.pair()
    server.clock.advance(days=91)
    with pytest.raises(Halted, match="/staff/zalo-oa") as halted:
        await ours.access()
    said = "".join(traceback.format_exception(halted.value))
    assert str(code) in str(halted.value)
    assert not any(secret in said for secret in (pair.access, pair.refresh, server.app_secret))
    assert (await consent.status()).refused
    await ours.exchange(server.consent(), "v" * 43)
    assert not (await consent.status()).refused
    assert await ours.access() == server.tokens[-1].access


@pytest.mark.parametrize(
    "fault", [Fault(200, failure(-32)), Fault(503), Fault(drop=True), Fault(200, "<html>"), Fault(429, "slow down")]
)
async def test_what_may_pass_is_tried_again(server, tokens, fault):
    server.faults[GRANT].append(fault)
    ours = tokens(server.issue().refresh)
    with pytest.raises(Retry) as failed:
        await ours.access()
    assert type(failed.value) is Retry
    assert await ours.access() == server.tokens[-1].access


async def test_a_wrong_app_secret_is_told_to_staff(server, tokens):
    with pytest.raises(Halted, match="-14004"):
        await tokens(server.issue().refresh, secret="sai").access()


async def test_a_lost_answer_costs_the_pair(server, tokens):
    ours = tokens(server.issue().refresh)
    server.faults[GRANT].append(Fault(drop=True, processed=True))
    with pytest.raises(Retry):
        await ours.access()
    with pytest.raises(Halted, match="-14014"):
        await ours.access()


async def test_a_kill_between_answer_and_write_costs_the_pair(server, tokens, store):
    class Killed(Exception):
        pass

    class Dying:
        state, locked = store.state, store.locked

        async def put_state(self, name, body):
            raise Killed

    with pytest.raises(Killed):
        await tokens((first := server.issue()).refresh, states=Dying()).access()
    assert await store.state(STATE) is None
    with pytest.raises(Halted):
        await tokens(first.refresh).access()


async def test_being_cancelled_does_not_cost_the_pair(server, tokens):
    ours = tokens(server.issue().refresh)
    server.faults[GRANT].append(Fault(wait=0.1))
    task = asyncio.create_task(ours.access())
    await asyncio.to_thread(server.wait_until, lambda: server.called(GRANT))
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert task.cancelled()
    assert await ours.access() == server.tokens[-1].access
    assert len(server.called(GRANT)) == 1


async def test_a_fresh_token_pasted_in_the_settings_takes_over_once(server, tokens):
    await tokens(server.issue().refresh).access()
    pasted = server.issue().refresh
    assert await tokens(pasted).access() == server.tokens[-1].access
    calls = len(server.called(GRANT))
    assert await tokens(pasted).access() == await tokens().access() == server.tokens[-1].access
    assert len(server.called(GRANT)) == calls


async def test_a_spent_token_in_the_settings_never_replaces_the_pair(server, tokens):
    first = server.issue().refresh
    kept = await tokens(first).access()
    spent = server.issue()
    spent.spent = True
    assert await tokens(spent.refresh).access() == kept
    for _ in range(3):  # two processes with different settings do not take turns
        assert await tokens(spent.refresh).access() == await tokens(first).access() == kept
    assert len(server.called(GRANT)) == 2
    server.clock.advance(hours=25)
    assert await tokens(spent.refresh).access() == server.tokens[-1].access


async def test_a_consent_counts_for_more_than_an_old_setting(server, tokens):
    dead = server.issue()
    dead.spent = True
    ours = tokens(dead.refresh)
    await ours.exchange(server.consent(), "v" * 43)
    assert await ours.access() == server.tokens[-1].access
    assert len(server.called(GRANT)) == 1


async def test_a_consent_is_asked_for_and_completed(server, consent, tokens):
    assert await consent.status() is None
    url = await consent.consent_url(BACK)
    query = asked(url)
    assert url.startswith(f"{server.oauth_url}/v4/oa/permission?")
    assert (query["app_id"], query["redirect_uri"]) == (server.app_id, BACK)
    code = server.consent(query["code_challenge"])
    await consent.complete(code, query["state"])
    assert (await consent.status()).since == server.clock.now
    assert await tokens().access() == server.tokens[-1].access
    with pytest.raises(Forged):
        await consent.complete(server.consent(query["code_challenge"]), query["state"])


async def test_only_the_latest_question_is_answered_and_in_time(server, consent):
    old = asked(await consent.consent_url(BACK))
    query = asked(await consent.consent_url(BACK))
    for state in (old["state"], "", "đoán"):
        with pytest.raises(Forged):
            await consent.complete("code", state)
    server.clock.advance(minutes=9)
    await consent.complete(server.consent(query["code_challenge"]), query["state"])
    late = asked(await consent.consent_url(BACK))
    server.clock.advance(minutes=11)
    with pytest.raises(Forged):
        await consent.complete(server.consent(late["code_challenge"]), late["state"])
    assert len(server.called(GRANT)) == 1


async def test_a_code_that_zalo_refuses_leaves_the_pair_alone(server, consent, tokens):
    kept = await tokens(server.issue().refresh).access()
    query = asked(await consent.consent_url(BACK))
    with pytest.raises(Halted, match="-14006"):
        await consent.complete("no such code", query["state"])
    assert await tokens().access() == kept
    assert not (await consent.status()).refused


def test_the_challenge_is_that_of_rfc_7636():
    assert challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
