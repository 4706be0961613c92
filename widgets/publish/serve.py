"""Serve the built site on this machine: `python -m widgets.publish.serve FOLDER PORT`."""

from __future__ import annotations

import functools
import http.server
import sys


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: object) -> None: ...


def main(folder: str, port: str) -> None:
    """Serve a folder to this machine only, until Ctrl+C. A taken port is named."""
    try:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(port)), functools.partial(_Quiet, directory=folder))
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}). Try another one: make serve PORT={int(port) + 1}")
    print(f"== The book is at http://localhost:{port}/ (Ctrl+C stops it)", flush=True)
    with server:
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    main(*sys.argv[1:])
