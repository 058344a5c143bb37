"""The tiny model behind llama.cpp's own OpenAI-compatible server, in a process of its own: ``with running() as base_url``.

``python -m tiny_llm.serve`` in the folder ``tests`` prints the base URL once the server takes requests, and stops on SIGTERM
or Ctrl-C.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tiny_llm.model import write_model

if TYPE_CHECKING:
    import xllamacpp  # the extra `live`, which whoever collects the tests need not have

MODEL = "tiny-random"
"""What the model is called; the server answers to any name."""
_FOLDER = Path(__file__).resolve().parent.parent
_LONGEST_START = 60.0  # seconds; it takes half of one


@contextmanager
def running(*options: str) -> Iterator[str]:
    """The base URL of a server that runs as long as the ``with`` does; ``options`` are those of the command line."""
    command = [sys.executable, "-m", "tiny_llm.serve", *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=_FOLDER)
    assert process.stdout is not None
    watchdog = threading.Timer(_LONGEST_START, process.kill)
    watchdog.start()
    try:
        base_url = process.stdout.readline().strip()
        watchdog.cancel()
        assert base_url, f"the server did not start: exit status {process.wait()}"
        yield base_url
    finally:
        watchdog.cancel()
        process.kill()  # it has nothing to save
        process.wait()
        process.stdout.close()


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes one that is free")
    parser.add_argument("--slots", type=int, default=4, help="requests that are answered at the same time")
    parser.add_argument("--context", type=int, default=32768, help="tokens per slot; most tokens are one byte")
    parser.add_argument("--api-key", default="", help="the key to ask for; empty = none")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server = _started(Path(folder, "tiny-random.gguf"), options)
    for number in (signal.SIGINT, signal.SIGTERM):  # the server has handlers of its own, and nothing to save
        signal.signal(number, lambda *_: os._exit(0))
    sys.stdout.write(f"{server.listening_address}/v1\n")
    sys.stdout.flush()
    while True:
        signal.pause()


def _started(path: Path, options: argparse.Namespace) -> xllamacpp.Server:
    """A server that has loaded the model; it runs in threads of its own as long as somebody holds it."""
    import xllamacpp

    write_model(path)
    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {MODEL}
    params.hostnames = ["127.0.0.1"]
    params.port = options.port
    params.n_parallel = options.slots
    params.n_ctx = options.context * options.slots
    params.api_keys = [options.api_key] if options.api_key else []
    params.cpuparams.n_threads = 1
    params.n_threads_http = 64  # a connection that is kept open holds a thread
    params.cache_ram_mib = 0
    params.ui = False
    params.verbosity = 1
    return xllamacpp.Server(params)


if __name__ == "__main__":
    main()
