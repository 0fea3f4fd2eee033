"""What a session is told leaves whole, in order, and together."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send
from streamlit import config

from panorama.ui.web import LIFESPAN, AtOnce, _Together


class Written:
    """Takes the place of a transport: what was written to it, and when it was closed."""

    def __init__(self) -> None:
        self.writes: list[bytes] = []
        self.closed_after: int | None = None

    def write(self, data: bytes) -> None:
        self.writes.append(data)

    def close(self) -> None:
        self.closed_after = len(self.writes)

    def is_closing(self) -> bool:
        return self.closed_after is not None


def test_messages_of_one_breath_leave_together_and_in_order() -> None:
    async def told() -> Written:
        written = Written()
        together = _Together(written, asyncio.get_running_loop())
        for at in range(100):
            together.write(f"{at},".encode())
            # Streamlit gives way to others twice between two messages.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
        await asyncio.sleep(0.05)
        return written

    written = asyncio.run(told())
    assert b"".join(written.writes) == "".join(f"{at}," for at in range(100)).encode()
    assert len(written.writes) == 1


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_lost_or_turned_round_whatever_the_pauses(seed: int) -> None:
    pauses = Random(seed)

    async def told() -> Written:
        written = Written()
        together = _Together(written, asyncio.get_running_loop())
        for at in range(200):
            together.write(f"{at},".encode())
            for _ in range(pauses.randrange(12)):
                await asyncio.sleep(0)
        together.close()
        return written

    written = asyncio.run(told())
    assert b"".join(written.writes) == "".join(f"{at}," for at in range(200)).encode()
    assert written.closed_after == len(written.writes), "what was held is written before the end"


def test_a_lone_message_waits_for_nothing_but_a_few_turns() -> None:
    async def told() -> list[bytes]:
        written = Written()
        together = _Together(written, asyncio.get_running_loop())
        together.write(b"one")
        for _ in range(10):
            await asyncio.sleep(0)
        assert together.is_closing() is False
        return written.writes

    assert asyncio.run(told()) == [b"one"]


@pytest.fixture
def sections(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings as they were afterwards; and a store of its own for what starts with the server."""
    monkeypatch.setenv("PANORAMA_HOME", str(tmp_path))
    kept = config.get_options_for_section
    yield
    config.get_options_for_section = kept


@pytest.mark.usefixtures("sections")
def test_sections_of_the_settings_are_gathered_once_and_are_the_same() -> None:
    plain = config.get_options_for_section("theme")

    async def served() -> dict[str, object]:
        async with LIFESPAN(None):
            first = config.get_options_for_section("theme")
            assert config.get_options_for_section("theme") is first
            return first

    assert asyncio.run(served()) == plain


class Carrier(Written):
    """A transport over a real socket, and the protocol that holds it."""

    def __init__(self, carrier: socket.socket) -> None:
        super().__init__()
        self.carrier = carrier

    def get_extra_info(self, name: str) -> socket.socket:
        assert name == "socket"
        return self.carrier


class Protocol:
    def __init__(self, transport: Carrier) -> None:
        self.transport: Any = transport

    async def send(self, message: Message) -> None:
        self.transport.write(message["bytes"])


@pytest.mark.parametrize(("kind", "writes"), [("websocket", 1), ("http", 3)])
def test_what_a_session_is_told_is_gathered_and_answers_to_requests_are_not(kind: str, writes: int) -> None:
    async def app(_: Scope, __: Receive, send: Send) -> None:
        for word in (b"a", b"b", b"c"):
            await send({"type": "websocket.send", "bytes": word})

    async def receive() -> Message:
        raise AssertionError("nothing is asked for")

    async def told(protocol: Protocol) -> None:
        await AtOnce(app)({"type": kind}, receive, protocol.send)
        await asyncio.sleep(0.05)

    with socket.socket() as carrier:
        written = Carrier(carrier)
        asyncio.run(told(Protocol(written)))
        without_delay = carrier.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0
    assert b"".join(written.writes) == b"abc"
    assert len(written.writes) == writes
    assert without_delay is (kind == "websocket")
