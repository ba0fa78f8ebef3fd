"""What a process in the sandbox begins with: `start.py tests|completion FOLDER...`, the folders of further packages."""

import sys

from importlib import import_module

role = import_module(sys.argv[1])
sys.path[:] = sys.path[1:] + sys.argv[2:]
sys.argv[:] = sys.argv[:1]
role.main()
