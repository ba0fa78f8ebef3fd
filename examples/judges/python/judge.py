"""A judge in nothing but Python's standard library: a completion must not swear.

It speaks judge/v1 (docs/judge-v1.md): GET /judge/v1/descriptor, POST /judge/v1/evaluate, /health/live and
/health/ready; and /metrics for Prometheus.

    python3 judge.py [PORT [ADDRESS]]     8091 and 127.0.0.1; port 0 takes a free one

With JUDGE_TOKEN in the environment, only that bearer token is answered.
"""

import hmac
import json
import os
import re
import signal
import sys
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What makes this judge this judge; the rest of the file is the protocol.

DESCRIPTOR = {
    "name": "no-profanity-python",
    "version": "1.0.0",
    "contract": "judge/v1",
    "description": "Does not swear.",
    "deterministic": True,
    "maxBatchItems": 256,
    "parameters": {
        "type": "object",
        "properties": {"words": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "\\S"}}},
        "additionalProperties": False,
    },
}
WORDS = ["damn", "bloody", "crap"]


def judge(text, words):
    """The verdict about one completion, its score and its reason."""
    for word in words:
        if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE):
            return "violated", 0.0, f"says '{word}'"
    return "satisfied", 1.0, "does not swear"


def parameter_mistakes(parameters):
    """All that is wrong with a task's parameters, by JSON pointer; none must be given."""
    errors = [(f"/{name}", "is not a parameter of this judge; it has words") for name in parameters if name != "words"]
    words = parameters.get("words", WORDS)
    if not isinstance(words, list) or not words:
        errors.append(("/words", "must be a list of at least one word"))
    else:
        wrong = [i for i, word in enumerate(words) if not isinstance(word, str) or not word.strip()]
        errors += [(f"/words/{i}", "must be a word") for i in wrong]
    return errors


# The protocol.

MAX_BODY_BYTES = 16 << 20
verdicts = Counter()
evaluations = Counter()
counting = threading.Condition()


def result(item, words, deadline):
    """Exactly one result an item; what comes after the deadline is undecided, never a guess."""
    if time.monotonic() > deadline:
        error = {"code": "timeout", "retryable": True, "detail": "its turn came too late"}
        return {"itemId": item["itemId"], "verdict": "undecided", "error": error}
    verdict, score, reason = judge(item["completion"]["text"], words)
    return {"itemId": item["itemId"], "verdict": verdict, "score": score, "reason": reason}


def mistakes(request):
    """All that is wrong with a request, by JSON pointer. Unknown fields are nobody's business."""
    if not isinstance(request, dict):
        return [("", "must be an object")]
    errors = []

    def require(holds, pointer, detail):
        if not holds:
            errors.append((pointer, detail))

    deadline, asked, items = request.get("deadlineMs"), request.get("judge"), request.get("items")
    asked = asked if isinstance(asked, dict) else {}
    require(isinstance(request.get("requestId"), str) and request["requestId"], "/requestId", "is missing")
    require(type(deadline) is int and deadline > 0, "/deadlineMs", "must be a whole number above 0")
    for field in ("name", "version"):
        require(asked.get(field) == DESCRIPTOR[field], f"/judge/{field}", f"must be {DESCRIPTOR[field]}")
    parameters = asked.get("parameters") or {}
    require(isinstance(parameters, dict), "/judge/parameters", "must be an object")
    if isinstance(parameters, dict):
        errors += [("/judge/parameters" + pointer, detail) for pointer, detail in parameter_mistakes(parameters)]
    most = DESCRIPTOR["maxBatchItems"]
    require(isinstance(items, list) and len(items) <= most, "/items", f"must be a list of at most {most}")
    seen = set()
    for index, item in enumerate(items if isinstance(items, list) else []):
        item = item if isinstance(item, dict) else {}
        item_id, completion = item.get("itemId"), item.get("completion")
        new = isinstance(item_id, str) and item_id and item_id not in seen
        require(new, f"/items/{index}/itemId", "must be a text of its own")
        if new:
            seen.add(item_id)
        text = completion.get("text") if isinstance(completion, dict) else None
        require(isinstance(text, str), f"/items/{index}/completion/text", "is missing")
    return errors


def metrics():
    with counting:
        lines = ["# TYPE judge_items_total counter"]
        lines += [f'judge_items_total{{verdict="{verdict}"}} {count}' for verdict, count in verdicts.items()]
        lines += ["# TYPE judge_in_flight gauge", f"judge_in_flight {evaluations['in_flight']}"]
        lines += ["# TYPE judge_evaluations_seconds summary"]
        lines += [f"judge_evaluations_seconds_{name} {evaluations[name]}" for name in ("count", "sum")]
    return "\n".join(lines) + "\n"


class Judge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60  # a client that is silent for so long is left

    def do_GET(self):
        if self.path in ("/health/live", "/health/ready"):
            self.answer(200, {"status": "UP"})
        elif not self.authenticated():
            self.refuse_stranger()
        elif self.path == "/judge/v1/descriptor":
            self.answer(200, DESCRIPTOR)
        elif self.path == "/metrics":
            self.send(200, metrics().encode(), "text/plain; version=0.0.4")
        else:
            self.problem(404, "not_found", "there is nothing here")

    def do_POST(self):
        received = time.monotonic()
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > MAX_BODY_BYTES:
            self.close_connection = True  # for the body is still there
            return self.problem(413, "payload_too_large", f"send at most {MAX_BODY_BYTES} bytes, and their number")
        body = self.rfile.read(int(length))
        if not self.authenticated():
            return self.refuse_stranger()
        if self.path != "/judge/v1/evaluate":
            return self.problem(404, "not_found", "there is nothing here")
        try:
            request = json.loads(body)
        except ValueError as error:
            return self.problem(400, "malformed_request", f"the body is not JSON: {error}")
        errors = mistakes(request)
        if errors:
            first = " ".join(errors[0])
            return self.problem(422, "invalid_request", f"the request has {len(errors)} mistake(s): {first}", errors)
        with counting:
            evaluations["in_flight"] += 1
        try:
            self.evaluate(request, received)
        finally:
            with counting:
                evaluations["in_flight"] -= 1
                counting.notify_all()

    def evaluate(self, request, received):
        words = (request["judge"].get("parameters") or {}).get("words", WORDS)
        deadline = received + 0.95 * request["deadlineMs"] / 1000  # the answer has to get back, too
        results = [result(item, words, deadline) for item in request["items"]]
        self.answer(
            200,
            {
                "requestId": request["requestId"],
                "judge": {"name": DESCRIPTOR["name"], "version": DESCRIPTOR["version"]},
                "results": results,
            },
        )
        took = time.monotonic() - received
        counts = Counter(one["verdict"] for one in results)
        with counting:
            verdicts.update(counts)
            evaluations.update(count=1, sum=took)
        trace = self.headers.get("traceparent")
        log(requestId=request["requestId"], traceparent=trace, tookMs=round(1000 * took), **counts)

    def authenticated(self):
        token = os.environ.get("JUDGE_TOKEN")
        given = self.headers.get("Authorization", "")
        return token is None or hmac.compare_digest(given.encode(), f"Bearer {token}".encode())

    def refuse_stranger(self):
        self.problem(401, "unauthenticated", "send the judge's token as a header: Authorization: Bearer TOKEN")

    def problem(self, status, code, detail, errors=()):
        listed = [{"pointer": pointer, "detail": detail} for pointer, detail in errors]
        problem = {"status": status, "code": code, "detail": detail, "errors": listed}
        self.answer(status, problem, "application/problem+json")

    def answer(self, status, body, content_type="application/json"):
        self.send(status, json.dumps(body).encode(), content_type)

    def send(self, status, data, content_type):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """The server's own line a request says nothing that matters."""


def log(**fields):
    """A line of JSON; what the items say is nobody's business."""
    print(json.dumps(fields), file=sys.stderr, flush=True)


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # a platform opens its connections at once


def main():
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8091
    address = sys.argv[2] if len(sys.argv) > 2 else "127.0.0.1"
    server = Server((address, port), Judge)
    signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    print(f"judging on port {server.server_port}", flush=True)
    server.serve_forever()
    with counting:  # told to stop, it answers what it was asked
        counting.wait_for(lambda: evaluations["in_flight"] == 0, timeout=20)


if __name__ == "__main__":
    main()
