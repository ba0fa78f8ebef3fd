#!/usr/bin/env python3
"""runc for an engine that may not raise limits: lowers those that a process asks for to those of this one.

Podman asks for its own limits of open files and processes, as root without a look at what root may. Where the
capability to raise them is missing (CAP_SYS_RESOURCE, as in some virtual machines), no container would start.
"""

import json
import os
import resource
import sys
from pathlib import Path


def lower(process: dict) -> None:
    for limit in process.get("rlimits", []):
        _, most = resource.getrlimit(getattr(resource, limit["type"]))
        if most != resource.RLIM_INFINITY:
            limit["hard"] = min(limit["hard"], most)
            limit["soft"] = min(limit["soft"], most)


def main() -> None:
    arguments = sys.argv[1:]
    for name, value in zip(arguments, arguments[1:]):
        file = {"--bundle": Path(value, "config.json"), "-b": Path(value, "config.json"), "--process": Path(value)}.get(name)
        if file:
            config = json.loads(file.read_text())
            lower(config.get("process", config))
            file.write_text(json.dumps(config))
    os.execvp("runc", ["runc", *arguments])


if __name__ == "__main__":
    main()
