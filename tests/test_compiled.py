"""The compiled functions beside the kernels, each against its twin in NumPy, and which of the two serves."""

import importlib
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score

from mixtura import GaussianMixture, Mixture, compiled
from mixtura.forms import Dense, NotPositiveDefiniteError
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, POOLED, TRACE
from mixtura.starts import agglomeration, lloyd, ward
from mixtura.structures import axes, volumes
from mixtura.structures.family import Family

built = pytest.mark.skipif(compiled.compiled() is None, reason="the compiled functions were not built")


@pytest.fixture
def fresh(monkeypatch):
    """Forget what was chosen before, and again afterwards."""
    monkeypatch.delenv("MIXTURA_KERNEL", raising=False)
    for choice in (compiled.compiled, compiled.instruction_set):
        choice.cache_clear()
    yield
    for choice in (compiled.compiled, compiled.instruction_set):
        choice.cache_clear()


def ellipsoids(seed, n_components, n_features):
    rng = np.random.default_rng(seed)
    roots = rng.normal(size=(n_components, n_features, n_features)) / np.sqrt(n_features)
    matrices = roots @ roots.swapaxes(1, 2) + 0.1 * np.eye(n_features)
    return rng.dirichlet(np.ones(n_components)), matrices * rng.lognormal(size=(n_components, 1, 1))


@built
@pytest.mark.parametrize("n_features", [1, 2, 5, 11])
@pytest.mark.parametrize("dense", [True, False])
def test_volumes_agree(n_features, dense):
    shares, within = ellipsoids(n_features, 4, n_features)
    shares[1] = 0.0  # a component without rows
    if not dense:
        within = np.ascontiguousarray(np.diagonal(within, axis1=1, axis2=2))
    begin = np.linspace(-1, 2, 4)
    assert_allclose(volumes.fit_volumes(shares, within, begin), volumes._fit(shares, within, begin), rtol=1e-9)


@built
@pytest.mark.parametrize("shape", [(2, 2), (2, 2, 2)])
def test_a_singular_shape_is_refused_by_both(shape):
    within = np.zeros(shape)
    within[(slice(None), *[0] * (len(shape) - 1))] = 1.0  # a variance along the first feature alone
    for fit in (volumes.fit_volumes, volumes._fit):
        with pytest.raises(NotPositiveDefiniteError):
            fit(np.array([0.5, 0.5]), within, np.zeros(2))


def previous_mixture(matrices):
    return Mixture(np.full(len(matrices), 1 / len(matrices)), np.zeros(matrices.shape[:2]), Dense(matrices))


@built
@pytest.mark.parametrize("code", ["VEE", "EVE", "VVE", "EEV", "VEV", "EVV"])
@pytest.mark.parametrize(("n_features", "seed"), [(1, 0), (2, 1), (3, 2), (5, 3), (7, 4)])
def test_ellipsoids_agree(code, n_features, seed):
    """Also from a mixture of another family, which has no axes in common, and on from what was found."""
    family = Family.of(code)
    shares, within = ellipsoids(seed, 4, n_features)
    portable = axes.AXES[family.shape, family.orientation]
    for previous in (previous_mixture(within[::-1]), previous_mixture(within)):
        ours = axes.fit_ellipsoids(family, shares, within, previous)
        theirs = portable(shares, within, previous, family.volume)
        assert loss(shares, within, ours) <= loss(shares, within, theirs) + 1e-8
        ours = axes.fit_ellipsoids(family, shares, within, previous_mixture(theirs))
        theirs = portable(shares, within, previous_mixture(theirs), family.volume)
        assert_allclose(ours, theirs, rtol=1e-5, atol=1e-6 * np.abs(theirs).max())
        assert_allclose(loss(shares, within, ours), loss(shares, within, theirs), rtol=1e-10)


def loss(shares, within, covariances):
    """Twice the negative expected log-likelihood of a row, but for constants."""
    traces = np.einsum("kde,ked->k", np.linalg.inv(covariances), within)
    return shares @ (np.linalg.slogdet(covariances)[1] + traces)


@built
def test_axes_that_are_common_are_found_exactly():
    rng = np.random.default_rng(0)
    common = np.linalg.qr(rng.normal(size=(5, 5)))[0]
    within = (common * rng.lognormal(size=(3, 1, 5))) @ common.T
    found = axes.fit_ellipsoids(Family.of("VVE"), np.full(3, 1 / 3), within, previous_mixture(within))
    assert_allclose(found, within, rtol=1e-10, atol=1e-12)


@built
@pytest.mark.parametrize("code", ["VEE", "VVE", "VEV", "EVV"])
def test_a_component_without_volume_is_refused_by_both(code):
    family = Family.of(code)
    within = np.stack([np.eye(2), np.zeros((2, 2))])
    for fit in (
        lambda *given: axes.fit_ellipsoids(family, *given),
        lambda *given: axes.AXES[family.shape, family.orientation](*given, family.volume),
    ):
        with pytest.raises(NotPositiveDefiniteError, match="component 1"):
            fit(np.full(2, 0.5), within, previous_mixture(np.stack([np.eye(2)] * 2)))


@built
@pytest.mark.parametrize("criterion", ["EII", "VII", "VVV"])
def test_hierarchies_agree(criterion, monkeypatch):
    rng = np.random.default_rng(4)
    rows = rng.normal(size=(60, 3)) + 4 * rng.integers(3, size=(60, 1))
    labels = np.repeat(np.arange(20), 3)
    groups = agglomeration.Groups.of(rows, rng.integers(1, 3, size=60).astype(float), labels)
    ours = agglomeration.agglomerate(groups, agglomeration.CRITERIA[criterion])
    monkeypatch.setattr(agglomeration, "compiled", lambda: None)
    assert_array_equal(ours, agglomeration.agglomerate(groups, agglomeration.CRITERIA[criterion]))


@built
@pytest.mark.parametrize("need", [TRACE, DIAGONAL, POOLED, FULL])
def test_moments_about_means_agree(need):
    rng = np.random.default_rng(2)
    counts = np.array([3.0, 0.0, 5.0])  # a component without rows stays where it is
    first = rng.normal(size=(3, 2)) * counts[:, None]
    second = need.displaced(counts, first) + need.noise(counts, np.ones(2))
    totals = np.zeros(()), np.ones(())
    ours = Moments(need, np.zeros((3, 2)), counts, first, second, *totals)
    theirs = Moments(need, np.zeros((3, 2)), counts, first, second, *totals)
    worst = theirs.cancellation
    assert not ours.cancels(1.001 * worst)
    assert ours.cancels(0.999 * worst)
    assert_allclose(ours.shifts, theirs.shifts, rtol=1e-15)
    assert_allclose(ours.scatter, theirs.scatter, rtol=1e-12, atol=1e-14)


@built
@pytest.mark.parametrize("n_features", [1, 3, 16])
def test_factors_agree(n_features):
    _, matrices = ellipsoids(0, 3, n_features)
    form = Dense(matrices)
    assert_allclose(form.factors, form._factorise(), rtol=1e-12, atol=1e-14)
    unity = form.whiteners.swapaxes(1, 2) @ form.matrices @ form.whiteners
    assert_allclose(unity, np.broadcast_to(np.eye(n_features), unity.shape), atol=1e-10)
    assert_allclose(form.half_log_determinants, np.linalg.slogdet(matrices)[1] / 2, rtol=1e-12, atol=1e-12)


@built
@pytest.mark.parametrize(
    "broken",
    [[[1.0, 2.0], [2.0, 1.0]], [[1.0, 0.0], [0.5, 1.0]], [[1.0, 1.0], [1.0, 1.0]], [[np.nan, 0.0], [0.0, 1.0]]],
    ids=["indefinite", "asymmetric", "singular", "nan"],
)
def test_what_is_no_covariance_is_refused_with_its_place(broken, monkeypatch):
    for portable in (False, True):
        if portable:
            monkeypatch.setattr("mixtura.forms.compiled_for", lambda n_features: None)
        with pytest.raises(NotPositiveDefiniteError, match="component 1"):
            Dense(np.stack([np.eye(2), np.array(broken)]))


@built
@pytest.mark.parametrize(("n_rows", "n_features", "n_clusters"), [(500, 2, 3), (300, 5, 9), (40, 3, 1), (1, 2, 1)])
def test_k_means_is_that_of_scikit_learn(n_rows, n_features, n_clusters):
    rng = np.random.default_rng(n_rows)
    rows = rng.normal(size=(n_rows, n_features)) + 5 * rng.integers(3, size=(n_rows, 1)) + 1e3
    weights = rng.integers(1, 4, size=n_rows) / 3.0
    ours, theirs = np.random.RandomState(3), np.random.RandomState(3)
    centres, labels = lloyd.find_centres(rows, weights, n_clusters, 20, ours)
    model = KMeans(n_clusters, n_init=1, max_iter=20, random_state=theirs).fit(rows, sample_weight=weights)
    expected, expected_labels = model.cluster_centers_, model.labels_
    assert_allclose(centres, expected, rtol=1e-9)
    assert_array_equal(labels, expected_labels)
    assert ours.random_sample() == theirs.random_sample()  # as many numbers were drawn


@built
def test_a_centre_without_rows_goes_to_the_farthest():
    rows = np.array([[0.0], [0.0], [0.0], [10.0]])
    centres, labels = lloyd.find_centres(rows, np.ones(4), 2, 10, np.random.RandomState(0))
    assert_allclose(np.sort(centres[:, 0]), [0.0, 10.0])
    assert len(set(labels[:3])) == 1
    assert labels[3] != labels[0]
    three, _ = lloyd.find_centres(rows, np.ones(4), 3, 10, np.random.RandomState(0))  # more than distinct rows
    assert set(three[:, 0]) == {0.0, 10.0}


@built
@pytest.mark.parametrize(("n_rows", "n_features", "n_cells"), [(400, 2, 30), (330, 12, 200), (50, 1, 50), (20, 3, 1)])
def test_cells_are_those_of_scipy(n_rows, n_features, n_cells, monkeypatch):
    rows = np.random.default_rng(n_rows).normal(size=(n_rows, n_features))
    ours = ward.ward_groups(rows, n_cells)
    assert set(ours) == set(range(n_cells))
    monkeypatch.setattr(ward, "compiled", lambda: None)
    assert adjusted_rand_score(ours, ward.ward_groups(rows, n_cells)) == 1.0


@built
@pytest.mark.parametrize("family", ["VEI", "VEE", "EVE", "VVE", "VEV", "VVV"])
def test_fits_agree(family, monkeypatch):
    rng = np.random.default_rng(1)
    X = rng.normal(size=(300, 3)) @ rng.normal(size=(3, 3)) + 4 * rng.integers(3, size=(300, 1))
    one = GaussianMixture(3, covariance_type=family, tol=1e-8, max_iter=50, random_state=0).fit(X)
    for place in ("mixtura.forms", "mixtura.moments", "mixtura.structures.volumes", "mixtura.structures.axes"):
        monkeypatch.setattr(f"{place}.compiled_for", lambda n_features, most=0: None)
    monkeypatch.setattr("mixtura.starts.lloyd.compiled", lambda: None)
    other = GaussianMixture(3, covariance_type=family, tol=1e-8, max_iter=50, random_state=0).fit(X)
    assert other.n_iter_ == one.n_iter_
    assert_allclose(other.lower_bounds_, one.lower_bounds_, rtol=1e-10)


def test_the_portable_one_serves_where_it_is_asked_for(fresh, monkeypatch):
    monkeypatch.setenv("MIXTURA_KERNEL", "portable")
    assert compiled.compiled() is None
    assert compiled.compiled_for(2) is None


def test_the_portable_one_serves_where_nothing_was_built(fresh, monkeypatch):
    monkeypatch.setitem(sys.modules, "mixtura.kernels._native", None)
    monkeypatch.delattr(importlib.import_module("mixtura.kernels"), "_native", raising=False)
    assert compiled.compiled() is None
    assert compiled.instruction_set() == ""


@built
def test_large_matrices_are_left_to_lapack(fresh):
    assert compiled.compiled_for(16) is compiled.compiled()
    assert compiled.compiled_for(17) is None


@built
def test_the_instruction_set_is_the_widest_or_that_which_is_asked_for(fresh, monkeypatch):
    assert compiled.instruction_set() == compiled.compiled().instruction_sets()[-1]
    compiled.instruction_set.cache_clear()
    monkeypatch.setenv("MIXTURA_KERNEL", "plain")
    assert compiled.instruction_set() == "plain"
