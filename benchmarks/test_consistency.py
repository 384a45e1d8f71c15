"""How often BIC finds the true family and number: 50 simulations of n = 1000 for each of the fourteen families.

Run alone with ``python -m pytest benchmarks/test_consistency.py``; writes CONSISTENCY.md.
"""

from collections import Counter
from datetime import date
from importlib.metadata import version
from pathlib import Path

import pytest
from simulation import simulate_family

from mixtura import GaussianMixtureSearch
from mixtura.families import list_families

RESULTS = Path(__file__).with_name("CONSISTENCY.md")
FAMILIES = [family.code for family in list_families()]
SEEDS = range(50)


@pytest.fixture(scope="module")
def rows():
    """Lines of the table, written when all families are counted."""
    lines = []
    yield lines
    if len(lines) == len(FAMILIES):
        head = [
            "# How often the search finds the truth",
            "",
            f"Measured on {date.today()} with mixtura {version('mixtura')}: three groups far apart in three",
            "dimensions, n = 1000, all fourteen families, 1 to 5 components, BIC; 50 seeds for each true family",
            "(`tests/simulation.py`).",
            "",
            "| true family | family and number found | number found | chosen instead |",
            "|---|---|---|---|",
        ]
        RESULTS.write_text("\n".join(head + lines) + "\n")


@pytest.mark.parametrize("code", FAMILIES)
def test_the_truth_wins_nine_times_in_ten(code, rows):
    found = Counter()
    for seed in SEEDS:
        search = GaussianMixtureSearch(range(1, 6), random_state=seed).fit(simulate_family(code, seed=seed))
        found[search.best_params_["covariance_type"], search.best_params_["n_components"]] += 1
    right = found.pop((code, 3), 0)
    number = right + sum(count for (_, k), count in found.items() if k == 3)
    others = ", ".join(f"{family} {k}: {count}" for (family, k), count in found.most_common()) or "none"
    rows.append(f"| {code}, 3 | {right} of {len(SEEDS)} | {number} of {len(SEEDS)} | {others} |")
    assert right >= 0.9 * len(SEEDS), found
