"""The page that the benchmarks of iterations and fits write together."""

from pathlib import Path

import pytest
from page import Page, Table
from problems import PROBLEMS

RESULTS = Path(__file__).with_name("RESULTS.md")
NAMES = [problem.name for problem in PROBLEMS]
TABLES = {
    "iteration": Table(
        "An EM iteration, in milliseconds",
        """
Same data, same start, float64, A B A B; ratios are medians of paired ratios, times are medians. The time of an
iteration is the difference between a run of four iterations (three, where scikit-learn takes seconds) and a run of one,
over that of their numbers: the same iterations on all sides, and no start or check counts. Ours are short, so a round
takes the median of several such pairs. After the same iterations the log-likelihoods of both agree to 1e-10 relative,
or the row fails. GF/s counts N K D (D + 1) multiplications and additions in each step where covariances are full and
4 N K D otherwise; the share is that of 106 GF/s, which two cores of the machine of the wanted ratios reach. A kernel
that skips pairs which cannot matter may pass it; the last column says how many matter after the last iteration timed.
""",
        [
            "N, D, K, type",
            "scikit-learn",
            "oneDAL",
            "Mixtura",
            "against scikit-learn",
            "against oneDAL",
            "float32",
            "GF/s",
            "pairs that matter",
        ],
        NAMES,
    ),
    "fit": Table(
        "A whole fit with default settings, in seconds",
        """
Start, checks and all, on both sides, A B A B, over two seeds where a fit takes no more than seconds; medians. The
starts differ, so likelihoods differ by local maximum, and by up to the tolerance of 1e-3 where both find the same: the
mean log-likelihood of ours less theirs, in nats, median and range over the seeds. Memory is the peak of a fresh process
while it fits, less what it held before, its data included.
""",
        ["N, D, K, type", "scikit-learn", "Mixtura", "times faster", "iterations", "log-likelihood", "seeds", "memory"],
        NAMES,
    ),
    "small": Table(
        "Small things",
        "Medians of many, in milliseconds.",
        ["what", "scikit-learn", "Mixtura", "ratio"],
        ["500 points in the plane, 3 components", "500 points in the plane, 5 components", "import mixtura"],
    ),
}


def pytest_addoption(parser):
    parser.addoption(
        "--share", type=float, default=1.0, help="look at a share of the rows only, and write no RESULTS.md"
    )


def pytest_configure(config):
    share = config.getoption("--share")
    config.page = Page(TABLES, RESULTS if share == 1 else None)
    for problem in PROBLEMS if share < 1 else []:
        object.__setattr__(problem, "n_rows", int(problem.n_rows * share))


@pytest.fixture(scope="session")
def page(request):
    """Where a benchmark adds its row."""
    return request.config.page


@pytest.fixture(params=PROBLEMS, ids=NAMES, scope="module")
def problem(request):
    """One after another, its data made once for all that is measured of it."""
    yield request.param
    request.param.forget()


def pytest_terminal_summary(terminalreporter, config):
    if any(table.rows for table in config.page.tables.values()):
        terminalreporter.write_line("\n".join(config.page.lines()))
