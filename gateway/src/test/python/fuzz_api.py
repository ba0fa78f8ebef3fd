"""Holds a running platform against its own OpenAPI document, and a client that is generated from it against both.

    python3 -m venv venv && venv/bin/pip install schemathesis==4.* openapi-python-client==0.*
    venv/bin/python gateway/src/test/python/fuzz_api.py                          # starts a platform on a home of its own
    venv/bin/python gateway/src/test/python/fuzz_api.py --url URL --token TOKEN  # asks one that runs

Schemathesis sends every operation what the document allows and what it does not: no answer may be a 5xx or one that the
document does not have. It registers judges and reward models and creates
runs, so the platform should be one that nobody needs. Ends with 1 if there is a finding.

Two checks of Schemathesis are left out. That everything the document allows is accepted: a spec names files and judges,
and no schema says which there are. And that everything else is refused: a null counts as a field that is left out, which
would make every type in the document a union.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

PROJECT = pathlib.Path(__file__).resolve().parents[4]
BIN = pathlib.Path(sys.executable).parent
CLIENT = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import tribunal_client
modules = list(pkgutil.walk_packages(tribunal_client.__path__, "tribunal_client."))
for module in modules:
    importlib.import_module(module.name)
from tribunal_client.api.runs import runs_list
client = tribunal_client.AuthenticatedClient(base_url=sys.argv[2], token=sys.argv[3])
answer = runs_list.sync_detailed(client=client)
assert answer.status_code == 200, answer
print(f"client: {len(modules)} modules import, the platform has {len(answer.parsed.data)} run(s)")
"""


def start(home):
    process = subprocess.Popen([PROJECT / "tribunal", "up", "--port", "0", "--home", home], stderr=subprocess.STDOUT,
                               stdout=open(os.path.join(home, "up.log"), "w"), start_new_session=True)
    address = pathlib.Path(home, "platform.json")
    while not address.exists():
        if process.poll() is not None:
            sys.exit(pathlib.Path(home, "up.log").read_text())
        time.sleep(0.5)
    running = json.loads(address.read_text())
    return process, running["url"], running["token"]


def generated_client(url, token, folder):
    document = pathlib.Path(folder, "openapi.json")
    with urllib.request.urlopen(url + "/v1/openapi.json") as answer:
        document.write_bytes(answer.read())
    made = subprocess.run([BIN / "openapi-python-client", "generate", "--path", document, "--output-path",
                           pathlib.Path(folder, "client"), "--overwrite"], capture_output=True, text=True)
    out = made.stdout + made.stderr
    if made.returncode or re.search(r"Unable|Attempted|ERROR", out):
        print(out)
        return False
    return subprocess.run([sys.executable, "-c", CLIENT, pathlib.Path(folder, "client"), url, token]).returncode == 0


def fuzz(url, token, options):
    command = [BIN / "schemathesis", "run", url + "/v1/openapi.json", "--url", url,
               "--header", f"Authorization: Bearer {token}", "--checks", "all",
               "--exclude-checks", "positive_data_acceptance,negative_data_rejection", "--max-examples", str(options.examples),
               "--seed", str(options.seed), "--workers", "1", "--request-timeout", "60", "--continue-on-failure",
               "--generation-database", "none", "--phases", "examples,coverage,fuzzing"]
    return subprocess.run(command + options.more).returncode == 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--url")
    parser.add_argument("--token")
    parser.add_argument("--examples", type=int, default=50, help="of each operation and phase")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("more", nargs="*", help="after --: further options of schemathesis run")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        process = None
        url, token = options.url, options.token
        try:
            if url is None:
                process, url, token = start(folder)
            results = [generated_client(url, token, folder), fuzz(url, token, options)]
        finally:
            if process:
                process.send_signal(signal.SIGTERM)
                process.wait()
    sys.exit(0 if all(results) else 1)


if __name__ == "__main__":
    main()
