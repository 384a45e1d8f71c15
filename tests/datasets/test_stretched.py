"""Long parallel groups: as long, as far apart and as large as asked."""

import numpy as np
import pytest

from mixtura.datasets import parallel_clusters


@pytest.mark.parametrize(("d", "n_long"), [(1, 0), (2, None), (5, 2), (8, 7)])
def test_groups_have_the_length_and_gap_that_were_asked(d, n_long):
    X, labels = parallel_clusters(20_000, d, 2, length=20.0, gap=6.0, n_long=n_long, random_state=0)
    assert X.shape == (20_000, d)
    n_long = d - 1 if n_long is None else n_long
    for k in (0, 1):
        deviations = np.sqrt(np.linalg.eigvalsh(np.cov(X[labels == k].T).reshape(d, d)))
        np.testing.assert_allclose(deviations, np.r_[np.ones(d - n_long), np.full(n_long, 20.0)], rtol=0.05)
    within = np.mean([np.cov(X[labels == k].T).reshape(d, d) for k in (0, 1)], axis=0)
    apart = X[labels == 1].mean(axis=0) - X[labels == 0].mean(axis=0)
    assert np.sqrt(apart @ np.linalg.solve(within, apart)) == pytest.approx(6.0, rel=0.03)


def test_shares_and_seeds_are_honoured():
    X, labels = parallel_clusters(5000, n_clusters=3, shares=[6, 3, 1], random_state=1)
    np.testing.assert_allclose(np.bincount(labels) / 5000, [0.6, 0.3, 0.1], atol=0.02)
    assert np.array_equal(X, parallel_clusters(5000, n_clusters=3, shares=[6, 3, 1], random_state=1)[0])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [({"n_long": 2}, "Got n_long=2 with 2 features, expected 0 to 1"), ({"shares": [1]}, "Got 1 shares")],
)
def test_what_cannot_be_is_refused(wrong, message):
    with pytest.raises(ValueError, match=message):
        parallel_clusters(**wrong)
