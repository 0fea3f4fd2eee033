"""A browser's conversation with the server without a browser: opens a session, asks for a page, waits for its end."""

from __future__ import annotations

import time
from types import TracebackType

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect


class Session:
    """One session on one server. `visit` returns milliseconds from asking to the last message of the page."""

    def __init__(self, port: int) -> None:
        self.socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],
            max_size=None,
            compression=None,
            additional_headers={"Origin": f"http://127.0.0.1:{port}"},
        )

    def __enter__(self) -> Session:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.socket.close()

    def visit(self, page: str, query: str = "", seconds: float = 60.0) -> tuple[float, int]:
        """Milliseconds and bytes of one run of a page. Raises RuntimeError when the page shows an exception."""
        ask = BackMsg()
        ask.rerun_script.page_name = page
        ask.rerun_script.query_string = query
        ask.rerun_script.context_info.locale = "zh-CN"
        ask.rerun_script.context_info.timezone = "Asia/Shanghai"
        start = time.perf_counter()
        self.socket.send(ask.SerializeToString())
        size = 0
        while True:
            raw = self.socket.recv(timeout=seconds)
            size += len(raw)
            message = ForwardMsg.FromString(raw if isinstance(raw, bytes) else raw.encode())
            kind = message.WhichOneof("type")
            if kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
                raise RuntimeError(f"{page}: {message.delta.new_element.exception.message}")
            if kind == "script_finished":
                return (time.perf_counter() - start) * 1000, size
