"""A judge in nothing but Python's standard library: a completion must not swear.

It speaks judge/v1: GET /judge/v1/descriptor, POST /judge/v1/evaluate, /health/live and /health/ready.
"""

import json
import re
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME, VERSION, MAX_BATCH_ITEMS = "no-profanity-python", "1.0.0", 256
MAX_BODY_BYTES = 16 << 20
PROFANITY = re.compile(r"\b(damn|bloody|crap)\b", re.IGNORECASE)


def judge(text):
    """The verdict about one completion, its score and its reason."""
    found = PROFANITY.search(text)
    if found:
        return "violated", 0.0, f"says '{found.group()}'"
    return "satisfied", 1.0, "does not swear"


def result(item, deadline):
    """Exactly one result an item; what comes after the deadline is undecided, never a guess."""
    if time.monotonic() > deadline:
        error = {"code": "timeout", "retryable": True, "detail": "its turn came too late"}
        return {"itemId": item["itemId"], "verdict": "undecided", "error": error}
    verdict, score, reason = judge(item["completion"]["text"])
    return {"itemId": item["itemId"], "verdict": verdict, "score": score, "reason": reason}


def mistakes(request):
    """All that is wrong with a request, by JSON pointer. Unknown fields are nobody's business."""
    if not isinstance(request, dict):
        return [{"pointer": "", "detail": "must be an object"}]
    errors = []

    def require(holds, pointer, detail):
        if not holds:
            errors.append({"pointer": pointer, "detail": detail})

    deadline, asked, items = request.get("deadlineMs"), request.get("judge"), request.get("items")
    require(isinstance(request.get("requestId"), str) and request["requestId"], "/requestId", "is missing")
    require(type(deadline) is int and deadline > 0, "/deadlineMs", "must be a whole number above 0")
    require(
        isinstance(asked, dict) and (asked.get("name"), asked.get("version")) == (NAME, VERSION),
        "/judge",
        f"must be {NAME}@{VERSION}",
    )
    require(isinstance(items, list) and len(items) <= MAX_BATCH_ITEMS, "/items", f"must be at most {MAX_BATCH_ITEMS}")
    seen = set()
    for index, item in enumerate(items if isinstance(items, list) else []):
        item = item if isinstance(item, dict) else {}
        item_id, completion = item.get("itemId"), item.get("completion")
        require(
            isinstance(item_id, str) and item_id and item_id not in seen,
            f"/items/{index}/itemId",
            "must be a text of its own",
        )
        if isinstance(item_id, str):
            seen.add(item_id)
        require(
            isinstance(completion, dict) and isinstance(completion.get("text"), str),
            f"/items/{index}/completion/text",
            "is missing",
        )
    return errors


class Judge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self):
        if self.path == "/judge/v1/descriptor":
            self.answer(
                200,
                {
                    "name": NAME,
                    "version": VERSION,
                    "contract": "judge/v1",
                    "description": "Does not swear.",
                    "deterministic": True,
                    "maxBatchItems": MAX_BATCH_ITEMS,
                },
            )
        elif self.path in ("/health/live", "/health/ready"):
            self.answer(200, {"status": "UP"})
        else:
            self.problem(404, "not_found", "there is nothing here")

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True
            return self.problem(413, "payload_too_large", f"send at most {MAX_BODY_BYTES} bytes, and their number")
        body = self.rfile.read(int(length))
        if self.path != "/judge/v1/evaluate":
            return self.problem(404, "not_found", "there is nothing here")
        received = time.monotonic()
        try:
            request = json.loads(body)
        except ValueError as error:
            return self.problem(400, "malformed_request", f"the body is not JSON: {error}")
        errors = mistakes(request)
        if errors:
            return self.problem(422, "invalid_request", f"the request has {len(errors)} mistake(s)", errors)
        deadline = received + request["deadlineMs"] / 1000
        self.answer(
            200,
            {
                "requestId": request["requestId"],
                "judge": {"name": NAME, "version": VERSION},
                "results": [result(item, deadline) for item in request["items"]],
            },
        )

    def problem(self, status, code, detail, errors=()):
        problem = {"status": status, "code": code, "detail": detail, "errors": list(errors)}
        self.answer(status, problem, "application/problem+json")

    def answer(self, status, body, content_type="application/json"):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Quiet; a real judge would log its requests' traceparent."""


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8091
    host = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    server = ThreadingHTTPServer((host, port), Judge)
    print(f"judging on port {server.server_port}", flush=True)
    server.serve_forever()
