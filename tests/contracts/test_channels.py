"""The promises of `bot.channels`, over every channel there is; what a channel does not have is skipped by its name."""

from __future__ import annotations

import importlib
import pkgutil
import re
import shutil
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import chain

import pytest
from channel_texts import SENTENCES, same, texts
from channel_worlds import NOW, letters
from distant_worlds import DISTANT, FAILURES, WORLDS, calls_of_all, polled, quiet_of_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from loopback import Call, Emulator, Reply, running

import bot.channels
from bot.channels import (
    FILE_LIMIT,
    Elsewhere,
    Forged,
    Halted,
    Malformed,
    Messenger,
    ReceiveError,
    Rejected,
    Retry,
    SendError,
    Unreachable,
)
from bot.channels.fit import fit
from bot.messages import Choice, FileRef, Incoming, Outgoing
from bot.mounting import LIMITS, WEBHOOKS
from bot.store import Store
from bot.web import webhooks

SAID = "điều chỉ hai người biết"
NOWHERE = "http://127.0.0.1:9"  # nobody listens there
VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]", re.IGNORECASE)
ANSWERS = (
    b"", b"<html>502</html>", b"\xff\xfe", b"[" * 100_000, b"[]", b"[1]", b"null", b"17", b'"x"', b"{}", b'{"ok":true}',
    b'{"ok":true,"result":null}', b'{"ok":true,"result":[]}', b'{"ok":true,"result":[7,{}]}',
    b'{"ok":true,"result":[{"update_id":"x"}]}', b'{"ok":true,"result":{}}', b'{"ok":true,"result":"x"}',
    b'{"ok":false}', b'{"ok":false,"error_code":"x","description":5,"parameters":7}',
    b'{"ok":false,"error_code":429,"parameters":{"retry_after":"x"}}', b'{"error":0}', b'{"error":"x"}',
    b'{"error":-99}', b'{"error":0,"data":[]}', b'{"error":0,"data":[3]}', b'{"error":0,"data":"x"}',
    b'{"access_token":"S3CRET-S3CRET"}',
    b'{"access_token":"S3CRET-S3CRET","refresh_token":7,"expires_in":"soon"}',
)  # fmt: skip


@pytest.fixture
async def store(migrated, tmp_path):
    shutil.copy(migrated, tmp_path / "test.db")
    opened = Store(f"sqlite:///{tmp_path / 'test.db'}")
    yield opened
    await opened.close()


@pytest.fixture(params=WORLDS)
async def world(request, store):
    """Every channel in turn."""
    async with WORLDS[request.param](store) as made:
        yield made


@pytest.fixture(params=DISTANT)
async def distant(request, store):
    """Every messenger in turn, as it is before it was started."""
    async with DISTANT[request.param](store) as made:
        yield made


@pytest.fixture
async def started(distant):
    await distant.channel.start(None)
    return distant


def chained(error: BaseException) -> Iterator[BaseException]:
    """An error with all that it grew from, shown or not."""
    known: set[int] = set()
    found = [error]
    while found:
        each = found.pop()
        if id(each) not in known:
            known.add(id(each))
            yield each
            found += [one for one in (each.__cause__, each.__context__) if one is not None]


def tells_nothing(error: BaseException, *secrets: str) -> None:
    """No secret is in the error or in what it grew from, and no words of anybody's in what would be shown of it."""
    told = " ".join(f"{each} {each!r} {each.args!r}" for each in chained(error))
    assert not [secret for secret in secrets if secret in told]
    assert SAID not in "".join(traceback.format_exception(error))


async def outcome(work) -> object:
    """What it returns, or the SendError that it raises; nothing else may come of it."""
    try:
        return await work
    except SendError as error:
        return error


# --- what there is ---------------------------------------------------------------------------------------------------


def test_every_channel_has_a_name_of_its_own_and_its_limits_are_known_everywhere():
    modules = [
        importlib.import_module(f"bot.channels.{one.name}") for one in pkgutil.iter_modules(bot.channels.__path__)
    ]
    classes = {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type) and {"name", "limits"} <= vars(kind).keys()
    }
    names = [kind.name for kind in classes]
    assert sorted(names) == sorted(LIMITS) == sorted(WORLDS)
    assert {kind.name: kind.limits for kind in classes} == LIMITS
    assert {path: name for name, path in WEBHOOKS.items()} == webhooks.CHANNELS
    assert set(WEBHOOKS) == set(DISTANT)


@pytest.mark.parametrize("name", WORLDS)
def test_limits_are_sane(name):
    limits = LIMITS[name]
    assert limits.text >= 8
    assert limits.buttons >= 0
    assert limits.button_text >= 1
    assert limits.files >= 0
    assert limits.typing is None or limits.typing >= 0
    assert limits.window is None or limits.window > timedelta()


async def test_a_world_is_of_the_channel_that_it_says(world, request):
    name = request.node.callspec.params["world"]
    assert (world.channel.name, world.channel.limits) == (name, LIMITS[name])
    assert isinstance(world.channel, Messenger) == (name in DISTANT)


# --- sending ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", WORLDS)
@given(data=st.data())
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
async def test_any_text_arrives_complete_in_order_and_its_choices_can_be_chosen(name, store, data):
    limits = LIMITS[name]
    text, read = data.draw(texts(name))
    labels = data.draw(st.lists(SENTENCES, max_size=7, unique_by=letters))
    number = data.draw(st.integers(1, max(1, len(labels))))
    offered = tuple(Choice(f"7.{n}", label) for n, label in enumerate(labels, 1))
    pieces = fit(Outgoing(text, offered), limits)
    assert all(len(piece.text) <= limits.text for piece in pieces)
    async with WORLDS[name](store) as world:
        await world.says("Chào")
        await world.hears()
        sent_as = [await world.tell(piece) for piece in pieces]
        assert all(each is None or isinstance(each, str) for each in sent_as)
        seen = await world.seen()
        assert len(seen) == len(pieces)
        buttons = [label for message in seen for label, _ in message.buttons]
        numbered = "" if buttons else "".join(f"{n}.{label}" for n, label in enumerate(labels, 1))
        assert same("".join(message.text for message in seen), read + numbered)
        if labels:
            assert not buttons or same(buttons[number - 1], labels[number - 1])
            await (world.presses(number) if buttons else world.says(str(number)))
            (heard,) = await world.hears()
            assert heard.address == world.at
            assert (heard.token, heard.text) == ((offered[number - 1].token, "") if buttons else (None, str(number)))


@pytest.mark.parametrize("before", range(4))
async def test_what_looks_like_a_mark_only_since_the_text_was_cut_stays(world, before):
    limits = world.channel.limits
    text = "a" * before + " 5 > 3" * (limits.text // 6 + 2)
    await world.says("Chào")
    for piece in fit(Outgoing(text), limits):
        await world.tell(piece)
    assert same("".join(message.text for message in await world.seen()), text)


async def test_each_message_has_an_id_of_its_own_where_the_platform_gives_one(started):
    await started.says("Chào")
    sent = [await started.tell(Outgoing("Vâng.")) for _ in range(2)]
    assert len({*sent}) == 2
    assert all(sent)


async def test_a_text_that_cannot_be_written_down_is_no_defect_of_ours(started):
    """Half a character: the store keeps none, but nothing says that a message comes from there."""
    await started.says("Chào")
    assert isinstance(await outcome(started.tell(Outgoing("xin chào \ud83d"))), str | SendError)


@pytest.mark.parametrize("how", [*FAILURES, "blocked"])
async def test_what_goes_wrong_in_sending_says_what_to_do_and_nothing_secret(started, how):
    await started.says("Chào")
    started.fails(how)
    with pytest.raises(SendError) as failed:
        await started.tell(Outgoing(SAID))
    tells_nothing(failed.value, *started.secrets)
    match how, failed.value:
        case "busy", Retry(after=after):
            assert after is not None
            assert after > 0
        case (("broken" | "dropped"), Retry() as error):
            assert not isinstance(error, Halted)
        case "blocked", error:
            assert isinstance(error, Unreachable | Elsewhere)
        case "token", error:
            assert isinstance(error, Halted)
            assert VIETNAMESE.search(str(error))
            assert str(error)[0].isupper()
        case _, error:
            pytest.fail(f"{how}: {error!r}")
    started.recovers()
    assert how == "token" or await started.tell(Outgoing(SAID))


@pytest.mark.parametrize("how", FAILURES)
async def test_whatever_fails_is_a_send_error_without_a_secret_in_it(distant, how):
    await distant.channel.start(None)
    await distant.says("Chào")
    distant.sends_file(b"%PDF")
    (*_, said) = await distant.hears()
    distant.fails(how)
    for call in calls_of_all(distant.channel, distant.at, said.files[0], SAID):
        error = await outcome(call)
        if isinstance(error, SendError):
            tells_nothing(error, *distant.secrets)
    assert isinstance(await outcome(distant.tell(Outgoing("Chào"))), Retry)
    for call in quiet_of_all(distant.channel, distant.at):
        assert await call is None


@pytest.mark.parametrize("how", FAILURES)
async def test_a_first_start_that_fails_is_a_send_error_and_the_next_works(distant, how):
    distant.fails(how)
    error = await outcome(distant.channel.start(None))
    assert isinstance(error, Halted if how == "token" else Retry)
    tells_nothing(error, *distant.secrets)
    await outcome(distant.channel.start(None))
    distant.recovers()
    if how != "token":
        await distant.channel.start(None)
        await distant.channel.start(None)
        assert await distant.hears() == []


class Odd(Emulator):
    """Answers everything with the same words."""

    reply = Reply()

    def answer(self, call: Call) -> Reply:
        return self.reply


async def test_an_answer_of_any_shape_is_a_send_error_at_most(started):
    """A proxy, a page of maintenance, another version of the API: at every call, with every status."""
    await started.says("Chào")
    with running(Odd()) as odd:
        channel = started.at_server(odd.url)
        file = FileRef(f"{odd.url}/bao-cao.pdf", "báo cáo.pdf")
        for said in ANSWERS:
            for status in (200, 400, 404, 500):
                odd.reply = Reply(said, status)
                for call in calls_of_all(channel, started.at, file, SAID):
                    found = await outcome(call)
                    assert found is None or isinstance(found, str | bytes | SendError)
                    if isinstance(found, SendError):
                        tells_nothing(found, *started.secrets, "S3CRET-S3CRET")
                for quiet in quiet_of_all(channel, started.at):
                    assert await quiet is None
                assert all(finding.what for finding in await channel.check())


async def test_after_close_it_says_so_and_is_no_defect(started):
    """The worker may still be sending while the messengers are being closed."""
    await started.channel.close()
    await started.channel.close()
    starting, *calls = calls_of_all(started.channel, started.at, FileRef("https://a.zdn.vn/1", "1.jpg"), SAID)
    starting.close()  # a start opens what a close has closed, where the library can
    for call in calls:
        assert isinstance(await outcome(call), None | SendError)
    assert isinstance(await outcome(started.tell(Outgoing("Chào"))), Retry)
    for quiet in quiet_of_all(started.channel, started.at):
        assert await quiet is None
    assert not all(finding.good for finding in await started.channel.check())


# --- receiving -------------------------------------------------------------------------------------------------------


async def test_what_is_not_proven_is_refused_in_silence(started):
    event = await started.says(SAID)
    proven, body = started.sealed(event)
    ((header, proof),) = [(name, value) for name, value in proven.items() if name != "content-type"]
    forged, _ = started.sealed(event, proven=False)
    for headers in (forged, {}, {header: ""}, {header: proof[:-1]}, {header: f"{proof}é"}, {"x-other": proof}):
        with pytest.raises(Forged) as refused:
            started.channel.receive(headers, body)
        tells_nothing(refused.value, proof, SAID, *started.secrets)
    for other in (b"[", b"\xff", b"null", b'{"a":' * 20_000, body[:-1]):
        with pytest.raises(Forged):
            started.channel.receive(forged, other)
    (heard,) = started.channel.receive(proven, body)
    assert (heard.text, heard.address) == (SAID, started.at)


async def test_what_is_proven_and_cannot_be_read_is_malformed_and_repeated_to_nobody(started):
    """Of the Official Account the signature is over the body, so that a broken one is not proven."""
    headers, body = started.sealed(await started.says(SAID))
    for broken in (body[:-1], b"[]", b"17", b'"x"', b"[" * 50_000, b"\xff", body.replace(b"{", b"[")):
        with pytest.raises(ReceiveError) as refused:
            started.channel.receive(headers, broken)
        assert isinstance(refused.value, Malformed) or started.channel.name == "zalo_oa"
        tells_nothing(refused.value, *started.secrets)


async def test_the_same_message_has_the_same_id_however_often_and_however_it_comes(started):
    event = await started.says("Hạn nộp là ngày nào?")
    twice = [started.channel.receive(*started.sealed(event)) for _ in range(2)]
    asked = await started.hears()
    missed: list[Incoming] = []

    async def hear(each) -> None:
        missed.append(each)

    await started.channel.catch_up(hear, NOW - timedelta(days=900))
    ids = {heard.id for heard in chain(*twice, asked, missed)}
    assert len(ids) == 1
    await started.says("Hạn nộp là ngày nào?")
    assert not ids & {heard.id for heard in await started.hears()}


async def test_what_was_not_kept_is_told_again(started):
    if not started.channel.polling:
        pytest.skip(f"{started.channel.name} is not asked for news")
    for text in ("một", "hai", "ba"):
        await started.says(text)
    kept, failures = [], iter([False, True, True, False, True, False])

    async def hear(each) -> None:
        if each.text in {"hai", "ba"} and next(failures):
            raise OSError("the disk is full")
        kept.append(each.text)

    for _ in range(8):
        try:
            await started.channel.poll(hear)
        except OSError:
            continue
    assert kept == ["một", "hai", "ba"]
    assert await polled(started.channel) == []


# --- files -----------------------------------------------------------------------------------------------------------


async def file_of(world, content: bytes) -> FileRef:
    world.sends_file(content)
    (said,) = await world.hears()
    return said.files[0]


async def test_a_file_is_fetched_as_it_was_sent(started):
    content = bytes(range(256)) * 300
    assert await started.channel.fetch(await file_of(started, content)) == content


async def test_a_file_that_is_too_big_gone_or_none_is_rejected(started):
    large = await file_of(started, bytes(FILE_LIMIT + 1))
    with pytest.raises(Rejected, match="MB"):
        await started.channel.fetch(replace(large, size=0))
    with pytest.raises(Rejected, match="MB"):
        await started.channel.fetch(replace(large, size=FILE_LIMIT + 1))
    for nothing in ("", "khong-co", "file:///etc/passwd", "http://[::1", "http://127.0.0.1:99999/x", "//", "\0", "a b"):
        with pytest.raises(Rejected) as refused:
            await started.channel.fetch(FileRef(nothing, "báo cáo.pdf"))
        tells_nothing(refused.value, *started.secrets)
    small = await file_of(started, b"%PDF")
    started.loses_files()
    with pytest.raises(Rejected):
        await started.channel.fetch(small)


# --- the rest --------------------------------------------------------------------------------------------------------


async def test_a_check_finds_all_well_when_it_is(started):
    findings = await started.channel.check()
    assert findings
    assert all(VIETNAMESE.search(finding.what) for finding in findings)


async def test_a_check_never_raises_and_says_what_to_do(started):
    channels = [started.channel, started.at_server(NOWHERE)]
    for how in (*FAILURES, "nowhere"):
        if how != "nowhere":
            started.fails(how)
        for finding in await channels[how == "nowhere"].check():
            told = f"{finding.what} {finding.advice}"
            assert VIETNAMESE.search(finding.what)
            assert finding.good or VIETNAMESE.search(finding.advice)
            assert not [secret for secret in started.secrets if secret in told]
        started.recovers()


async def test_a_server_that_is_away_is_a_retry(started):
    channel = started.at_server(NOWHERE)
    error = await outcome(channel.send(started.at, Outgoing(SAID), key="k"))
    assert isinstance(error, Retry)
    assert not isinstance(error, Halted)
    tells_nothing(error, *started.secrets)


async def test_what_was_not_started_can_be_closed(distant):
    assert await distant.channel.close() is None
    assert await distant.channel.close() is None


async def test_a_channel_does_not_show_its_secrets(started):
    parts = [started.channel, *vars(started.channel).values()]
    told = " ".join(f"{part} {part!r}" for part in parts if not isinstance(part, str | int | float))
    assert not [secret for secret in started.secrets if secret in told]
