"""``mixtura doctor``: what is installed on this machine, what is missing, and what to type for it."""

import platform
import re
from importlib import metadata
from typing import Any

import mixtura
from mixtura.cli.exits import ExitCode
from mixtura.cli.options import Json

__all__ = ["doctor"]

_CORE = ("numpy", "scipy", "scikit-learn", "threadpoolctl")
_NOT_FOR_USERS = ("dev", "all")


def doctor(as_json: Json = False) -> int:
    """Say what is installed here, what is missing, and whether the core works."""
    from mixtura.cli.output import print_json

    findings = _examine()
    print_json(findings) if as_json else _print(findings)
    return ExitCode.DONE if findings["core_works"] else ExitCode.FAILED


def _examine() -> dict[str, Any]:
    """Return all findings, ready for JSON."""
    works, detail = _try_core()
    from mixtura.diagnostics import explain_choice, n_threads

    return {
        "mixtura": mixtura.__version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "core": {name: _version(name) for name in _CORE},
        "core_works": works,
        "core_detail": detail,
        "kernel": explain_choice(),
        "threads": n_threads(),
        "blas": _blas(),
        "extras": _extras(),
        "fashion_mnist": _fashion_mnist(),
    }


def _try_core() -> tuple[bool, str]:
    """Fit a mixture whose answer is known."""
    rows = [[0.0], [1.0], [10.0], [11.0]]
    try:
        means = sorted(mixtura.GaussianMixture(2, random_state=0).fit(rows).means_[:, 0])
    except Exception as error:  # whatever ails the core is the finding
        return False, f"fitting failed: {type(error).__name__}: {error}"
    right = max(abs(means[0] - 0.5), abs(means[1] - 10.5)) < 1e-6
    return right, "a fit of known answer is right" if right else f"a fit found means {means}, expected 0.5 and 10.5"


def _version(distribution: str) -> str | None:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _blas() -> list[dict[str, Any]]:
    from threadpoolctl import threadpool_info

    pools = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return [{key: pool[key] for key in ("internal_api", "version", "num_threads")} for pool in pools]


def _extras() -> dict[str, dict[str, Any]]:
    """Return, of each extra that this package declares, the libraries with their versions and how to install it."""
    try:
        declared = metadata.requires("mixtura") or []
    except metadata.PackageNotFoundError:  # run from its source folder
        return {}
    libraries: dict[str, dict[str, str | None]] = {}
    for line in declared:
        extra = re.search(r"extra\s*==\s*['\"]([\w-]+)", line)
        name = re.match(r"[\w.-]+", line)
        if extra and name and name[0] != "mixtura" and extra[1] not in _NOT_FOR_USERS:
            libraries.setdefault(extra[1], {})[name[0]] = _version(name[0])
    return {
        extra: {
            "installed": None not in found.values(),
            "libraries": found,
            "install": f"pip install 'mixtura[{extra}]'",
        }
        for extra, found in libraries.items()
    }


def _fashion_mnist() -> dict[str, Any]:
    for source in mixtura.datasets.fashion_mnist_sources():
        if source.has_data:
            return {"found": True, "source": source.name, "folder": source.place}
    return {"found": False, "fetch": "mixtura data"}


def _print(findings: dict[str, Any]) -> None:
    from mixtura.cli.output import print_columns

    rows = [
        ["mixtura", findings["mixtura"]],
        ["python", f"{findings['python']} on {findings['platform']}"],
        *([name, version or "missing: pip install mixtura"] for name, version in findings["core"].items()),
        ["core", ("works: " if findings["core_works"] else "fails: ") + findings["core_detail"]],
        ["kernel", findings["kernel"]],
        ["threads", str(findings["threads"])],
        *(
            ["blas", f"{pool['internal_api']} {pool['version']}, {pool['num_threads']} threads"]
            for pool in findings["blas"]
        ),
    ]
    for extra, state in findings["extras"].items():
        missing = [name for name, version in state["libraries"].items() if version is None]
        there = ", ".join(f"{name} {version}" for name, version in state["libraries"].items() if version)
        lack = f"missing {', '.join(missing)}: {state['install']}"
        rows.append([f"extra {extra}", lack if missing else there])
    data = findings["fashion_mnist"]
    found = f"{data['source']}, in {data['folder']}" if data["found"] else f"not here yet; get it: {data['fetch']}"
    print_columns([*rows, ["Fashion-MNIST", found]])
