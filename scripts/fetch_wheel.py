"""Download one wheel from pip's own index, continuing where an earlier attempt stopped.

usage: python3 fetch_wheel.py NAME VERSION SHA256 FILE

What has arrived is kept in FILE.part; FILE appears only when its SHA-256 is right.
pip has no command that continues a broken download, so this borrows pip's finder and session: its
index, credentials, proxy and certificates apply as for `pip download`. Those are internals of pip:
where a pip has moved them, plain `pip download` does the work, from the start each time.
"""

import hashlib
import logging
import os
import subprocess
import sys
import tempfile
import time

ATTEMPTS = 5


class FetchError(Exception):
    """Why there is no wheel, as a sentence for the user."""


class Progress:
    """Megabytes on standard error, a few times a second, where that is a terminal."""

    def __init__(self, total):
        self.total = total
        self.shown_at = 0.0
        self.visible = sys.stderr.isatty()

    def show(self, done):
        now = time.monotonic()
        if not self.visible or (now - self.shown_at < 0.2 and done != self.total):
            return
        self.shown_at = now
        share = f" of {self.total / 1e6:.1f}" if self.total else ""
        print(f"\r  {done / 1e6:.1f}{share} MB ", end="", file=sys.stderr, flush=True)

    def end(self):
        if self.visible and self.shown_at:
            print(file=sys.stderr)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def size(path):
    return os.path.getsize(path) if os.path.exists(path) else 0


def open_index(name, version):
    """pip's session, and the address of the wheel at the index that pip is configured for."""
    from pip._internal.commands import create_command
    from pip._vendor.packaging.specifiers import SpecifierSet

    command = create_command("download")
    options, _ = command.parse_args(["--no-cache-dir", "--only-binary=:all:"])
    with command.main_context():
        session = command._build_session(options)
        finder = command._build_package_finder(options, session)
        found = finder.find_best_candidate(name, SpecifierSet(f"=={version}")).best_candidate
    if found is None:
        raise FetchError(
            f"no wheel of {name} {version} at pip's package index "
            "(see 'pip config list')"
        )
    return session, found.link.url_without_fragment


def fetch_rest(session, url, partial):
    """Append to `partial` what it lacks; True when the server's last byte has arrived."""
    from pip._internal.network.utils import response_chunks

    start = size(partial)
    headers = {"Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
    with session.get(url, headers=headers, stream=True) as response:
        if response.status_code == 416:  # nothing lies beyond `start`: the hash will tell
            return True
        if 400 <= response.status_code < 500:
            raise FetchError(f"the package index answers {response.status_code} {response.reason}")
        response.raise_for_status()
        if response.status_code != 206:  # the whole file, whatever was asked for
            start = 0
        length = response.headers.get("Content-Length")
        total = start + int(length) if length else None
        progress = Progress(total)
        with open(partial, "ab" if start else "wb") as file:
            for chunk in response_chunks(response):
                file.write(chunk)
                progress.show(file.tell())
            done = file.tell()
        progress.end()
    return total is None or done == total


def fetch_in_parts(name, version, partial):
    from pip._vendor.requests import RequestException
    from pip._vendor.urllib3.exceptions import HTTPError

    session, url = open_index(name, version)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            if fetch_rest(session, url, partial):
                return
            reason = "the connection closed early"
        except (RequestException, HTTPError) as error:
            reason = str(error)
        print(f"  attempt {attempt} of {ATTEMPTS}: {reason}", file=sys.stderr)
        time.sleep(attempt)
    raise FetchError(f"download stopped after {ATTEMPTS} attempts; run again to continue it")


def fetch_at_once(name, version, partial):
    with tempfile.TemporaryDirectory(dir=os.path.dirname(partial)) as folder:
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir"]
        command += ["--only-binary=:all:", "--dest", folder, f"{name}=={version}"]
        if subprocess.run(command, stdout=sys.stderr).returncode != 0:
            raise FetchError(f"pip could not download {name} {version}")
        (wheel,) = os.listdir(folder)
        os.replace(os.path.join(folder, wheel), partial)


def fetch(name, version, partial):
    try:
        fetch_in_parts(name, version, partial)
    except (ImportError, AttributeError, TypeError) as error:
        print(f"  this pip cannot continue downloads ({error})", file=sys.stderr)
        fetch_at_once(name, version, partial)


def main(name, version, expected, path):
    partial = path + ".part"
    resumed = size(partial) > 0
    if resumed:
        print(f"  continuing after {size(partial) / 1e6:.1f} MB", file=sys.stderr)
    fetch(name, version, partial)
    found = sha256(partial)
    if found != expected and resumed:
        print("  the part kept from earlier was damaged: starting again", file=sys.stderr)
        os.remove(partial)
        fetch(name, version, partial)
        found = sha256(partial)
    if found != expected:
        os.remove(partial)
        raise FetchError(f"{name} {version} has SHA-256 {found}, expected {expected}")
    os.replace(partial, path)


if __name__ == "__main__":
    logging.basicConfig(format="  %(message)s")  # pip's own warnings: why an index does not answer
    if len(sys.argv) != 5:
        sys.exit("usage: fetch_wheel.py NAME VERSION SHA256 FILE")
    try:
        main(*sys.argv[1:])
    except (FetchError, OSError) as error:
        sys.exit(f"fetch_wheel: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
