"""Collects the rows that the benchmarks measure and writes them to RESULTS.md when all have run."""

import platform
from dataclasses import dataclass
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import pytest

from mixtura.engines.threads import n_threads
from mixtura.kernels.choice import explain_choice

RESULTS = Path(__file__).with_name("RESULTS.md")


@dataclass(frozen=True)
class Measured:
    """One row of the table: milliseconds per EM iteration, median of several, and ratios of paired runs."""

    name: str
    ours: float
    theirs: float
    ratio: float
    wanted: float
    oneapi_ratio: float | None
    share_of_peak: float
    memory: float


def pytest_configure(config):
    config.measured = []


@pytest.fixture
def measured(request):
    """The list that a benchmark adds its row to."""
    return request.config.measured


def _version(name):
    try:
        return f"{name} {version(name)}"
    except PackageNotFoundError:
        return f"{name} not installed"


def pytest_sessionfinish(session, exitstatus):
    rows = session.config.measured
    if exitstatus or not rows:
        return
    lines = [
        "# Milliseconds per EM iteration",
        "",
        f"Measured on {date.today()}: {n_threads()} threads, {platform.machine()}, kernel {explain_choice()};",
        ", ".join(_version(name) for name in ("mixtura", "scikit-learn", "daal4py", "numpy", "scipy")) + ".",
        "Same data, same start, float64. Each row ran both sides in turn, A B A B; the ratio is the median of",
        "paired ratios, the times are medians. An iteration's time is the slope between a short and a long run, so",
        "neither side's start or checks count. Log-likelihoods agree to 1e-10 relative after the same iterations,",
        "or the row fails. The share of peak counts N K D (D + 1) fused operations for full covariances and",
        "4 N K D otherwise against 106 GF/s; what skips pairs that cannot matter may pass 100 %. Memory is the",
        "peak above the data.",
        "",
        "| N, D, K, type | scikit-learn | Mixtura | times faster | wanted | than oneDAL | share of peak | memory |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        oneapi = "not measured" if row.oneapi_ratio is None else f"{row.oneapi_ratio:.1f}x"
        lines.append(
            f"| {row.name} | {row.theirs:.1f} | {row.ours:.2f} | {row.ratio:.1f}x | {row.wanted:g}x | {oneapi} "
            f"| {row.share_of_peak:.0%} | {row.memory:.0f} MiB |"
        )
    RESULTS.write_text("\n".join(lines) + "\n")
