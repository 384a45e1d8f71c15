"""hierarchical_labels: the start's own groups by default, mclust's in other coordinates (see tests/against)."""

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture
from mixtura.starts import hierarchical_labels
from mixtura.starts.agglomeration import CRITERIA
from mixtura.starts.transformations import TRANSFORMATIONS


@pytest.mark.parametrize("n_rows", [250, 2500])
def test_by_default_they_are_where_the_hierarchical_start_begins(n_rows):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(n_rows, 2)) @ [[1, 0.6], [0, 0.5]] + 4 * rng.integers(3, size=(n_rows, 1))
    named = GaussianMixture(3, init_params="hierarchical", max_iter=0).fit(X)
    given = GaussianMixture(3, init_params=hierarchical_labels(X, 3), max_iter=0).fit(X)
    np.testing.assert_array_equal(given.means_, named.means_)
    np.testing.assert_array_equal(given.covariances_, named.covariances_)


def test_every_choice_has_its_effect():
    """On features of unlike units, and groups of unlike size and form; turning rows alone changes nothing."""
    rng = np.random.default_rng(3)
    wide = rng.normal(size=(60, 3)) @ rng.normal(size=(3, 3))
    X = np.concatenate([wide, 0.2 * rng.normal(size=(60, 3)) + [1, 1, 0]]) * [1, 10, 0.3]
    found = {name: tuple(hierarchical_labels(X, 4, transformation=name)) for name in TRANSFORMATIONS}
    white = {name: tuple(hierarchical_labels(X, 4, transformation="SPH", family=name)) for name in CRITERIA}
    assert all(set(labels) == {0, 1, 2, 3} for labels in [*found.values(), *white.values()])
    assert (found["VARS"], found["STD"]) == (found["PCS"], found["PCR"])
    assert len(set(found.values())) == 4
    assert len(set(white.values())) == 3


def test_features_themselves_count_without_a_bound():
    """The two groups differ in the last of 40 features alone."""
    rng = np.random.default_rng(2)
    groups = np.repeat([0, 1], 40)
    X = np.column_stack([0.1 * rng.normal(size=(80, 39)), 5.0 * groups + 0.1 * rng.normal(size=80)])
    labels = hierarchical_labels(X, 2, transformation="VARS", family="EII")
    assert adjusted_rand_score(groups, labels) == 1.0


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"transformation": "svd"}, "Got transformation='svd', expected one of: VARS, STD, SPH, PCS, PCR, SVD"),
        ({"family": "EEE"}, "Got family='EEE', expected one of: EII, VII, VVV"),
        ({"n_clusters": 0}, "Got n_clusters=0, expected a whole number of at least 1"),
        ({"n_clusters": 4}, "Got n_clusters=4, expected at most 3: .* Ask for fewer"),
        ({"X": [[0.0], [np.nan]]}, "NaN"),
    ],
)
def test_what_is_refused(given, message):
    with pytest.raises(ValueError, match=message):
        hierarchical_labels(**({"X": [[0.0], [1.0], [3.0], [3.0]], "n_clusters": 2} | given))
