"""A provider on loopback that refuses some models, and quotes in its refusal all that it was asked."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

_SAID = {
    "head": "Thought: hm\nAction: refused\nAction Input: please",
    "judge": '{"reason": "no", "score": 0.1}',
}


@contextmanager
def echoing(status: int, headers: dict[str, str] | None = None) -> Iterator[str]:
    """The address of one that answers the model `refused` with `status`, and any other as it should."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = " ".join(message["content"] for message in body["messages"])
            if body["model"] == "refused":
                self._send(status, {"error": {"message": f"refused: {asked}"}}, headers or {})
            else:
                message = {"role": "assistant", "content": _SAID.get(body["model"], "Answer: A")}
                choice = {"index": 0, "finish_reason": "stop", "message": message}
                self._send(200, {"choices": [choice], "usage": {"prompt_tokens": 9, "completion_tokens": 3}}, {})

        def _send(self, code, value, more):
            data = json.dumps(value).encode()
            self.send_response(code)
            for name, said in (more | {"Content-Type": "application/json", "Content-Length": str(len(data))}).items():
                self.send_header(name, said)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_said):
            """Says nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        finally:
            server.shutdown()
            thread.join()
