"""Debian's package of the data, fetched with apt-get and unpacked without root.

The system is only read: where its package lists are missing or stale, fresh ones are kept in the temporary
folder and thrown away with it, which needs no rights and leaves nothing behind.
"""

import os
import shutil
import subprocess
from pathlib import Path

from mixtura.datasets.contract import SourceError

PACKAGE = "dataset-fashion-mnist"
INSTALLED = Path("/usr/share/datasets/fashion-mnist")  # where the installed package has the files
_TOOLS = ("apt-get", "dpkg-deb")
_SECONDS = 300  # for one command; 31 MB at 1 Mbit/s take 250
_PATIENCE = (
    "-o",
    "Acquire::http::Timeout=10",
    "-o",
    "Acquire::https::Timeout=10",
    "-o",
    "Acquire::Retries=1",
)


def obstacle() -> str:
    """Say why packages cannot be fetched on this machine; empty where there is no reason."""
    missing = [tool for tool in _TOOLS if shutil.which(tool) is None]
    return f"no {' and no '.join(missing)} on this machine, so it is not of Debian's kin" if missing else ""


def fetch(folder: Path) -> Path:
    """Fetch the package and unpack it.

    Parameters
    ----------
    folder : Path
        An empty folder to work in.

    Returns
    -------
    Path
        The folder below it where the files lie.

    Raises
    ------
    SourceError
        Where the package cannot be fetched or unpacked, with what the tools said.
    """
    download = (*_PATIENCE, "download", PACKAGE)
    complaint = _run(folder, "apt-get", *download)
    if complaint:
        lists = folder / "lists"
        (lists / "partial").mkdir(parents=True)
        private = ("-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={folder}")
        refresh = _run(folder, "apt-get", *private, *_PATIENCE, "update")
        again = _run(folder, "apt-get", *private, *download)
        if again:
            complaints = dict.fromkeys(filter(None, (complaint, refresh, again)))
            raise SourceError(f"apt-get download {PACKAGE}: {'; '.join(complaints)}")
    unpacked = folder / "unpacked"
    for package in folder.glob("*.deb"):
        if complaint := _run(folder, "dpkg-deb", "-x", str(package), str(unpacked)):
            raise SourceError(f"dpkg-deb -x {package.name}: {complaint}")
    return unpacked / INSTALLED.relative_to("/")


def _run(folder: Path, *command: str) -> str:
    """Run a tool in a folder; return what it complained of, empty where all went well."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no end after {_SECONDS} seconds"
    # A refresh that reaches no mirror ends with success and a warning.
    failures = [line for line in done.stderr.splitlines() if line.startswith("W: Failed to fetch")]
    if done.returncode == 0:
        return failures[-1] if failures else ""
    errors = [line for line in done.stderr.splitlines() if line.strip()]
    return errors[-1] if errors else f"exit status {done.returncode}"
