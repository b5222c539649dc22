"""Receives alerts from Spanwarden and prints them, after verifying their signature. Standard library only, Python 3.9 or newer.

    WEBHOOK_SECRET=<secret of the destination> PORT=8090 python3 examples/webhook_receiver.py
"""

import hashlib
import hmac
import json
import os
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def is_genuine(body: bytes, header: str, secret: str, now: float) -> bool:
    """Whether Spanwarden made this body within the last five minutes. `header` is X-Spanwarden-Signature."""
    match = re.fullmatch(r"t=([0-9]{1,12}),v1=([0-9a-f]{64})", header)
    if match is None or abs(now - int(match[1])) > 300:
        return False
    expected = hmac.new(secret.encode(), match[1].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(match[2], expected)


MOST_BYTES = 1_000_000
SECRET = os.environ["WEBHOOK_SECRET"]
# A delivery comes again when its answer was lost; keep these ids in your database.
TAKEN = set()


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", "0"))
        if length > MOST_BYTES:
            return self.answer(413)
        body = self.rfile.read(length)
        if not is_genuine(body, self.headers.get("X-Spanwarden-Signature", ""), SECRET, time.time()):
            return self.answer(401)
        delivery = json.loads(body)
        if delivery["delivery_id"] not in TAKEN:
            line = [delivery[name] for name in ("event", "severity", "rule_id", "title")]
            print(*line, f"({delivery['id']})", flush=True)
            TAKEN.add(delivery["delivery_id"])
        self.answer(204)

    def answer(self, status: int) -> None:
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "8090"))), Receiver)
    print(f"listening on {server.server_port}", flush=True)
    server.serve_forever()
