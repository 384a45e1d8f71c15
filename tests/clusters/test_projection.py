import numpy as np
import pytest
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture
from mixtura.clusters import project_clusters


def kernel(gmm, X, mean_share):
    """The definition, written out."""
    weights, means, covariances = gmm.weights_, gmm.means_, gmm.covariances_
    total, centre = np.cov(X.T, bias=True), X.mean(axis=0)
    inverse = np.linalg.inv(total)
    pooled = sum(w * c for w, c in zip(weights, covariances, strict=True))
    between = sum(w * np.outer(m - centre, m - centre) for w, m in zip(weights, means, strict=True))
    unlike = sum(w * (c - pooled) @ inverse @ (c - pooled) for w, c in zip(weights, covariances, strict=True))
    return 2 * mean_share * between @ inverse @ between + 2 * (1 - mean_share) * unlike, total


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(3)
    turns = rng.normal(size=(3, 5, 5)) / 2
    X = np.concatenate([rng.normal(size=(150, 5)) @ turn + rng.normal(size=5) * 3 for turn in turns])
    return GaussianMixture(3, random_state=0).fit(X), X


@pytest.mark.parametrize("mean_share", [1.0, 0.5, 0.2])
def test_every_direction_solves_the_eigenproblem(fitted, mean_share):
    gmm, X = fitted
    projection = project_clusters(gmm, X, mean_share)
    matrix, total = kernel(gmm, X, mean_share)
    directions = projection.directions
    np.testing.assert_allclose(
        matrix @ directions, projection.eigenvalues * (total @ directions), atol=1e-9 * np.abs(matrix).max()
    )
    assert (np.diff(projection.eigenvalues) <= 0).all()
    np.testing.assert_allclose(np.linalg.norm(directions, axis=0), 1)
    assert directions.shape[1] == (2 if mean_share == 1 else 5)
    assert projection.shares.sum() == pytest.approx(1)
    projected = projection.transform(X)
    np.testing.assert_allclose(np.cov(projected.T) - np.diag(np.var(projected, axis=0, ddof=1)), 0, atol=1e-9)


def test_of_means_alone_it_is_fishers(fitted):
    """With hard groups and their own covariances, λ = 1 spans linear discriminant analysis."""
    _, X = fitted
    groups = np.repeat([0, 1, 2], 150)
    parts = [X[groups == g] for g in range(3)]
    hard = GaussianMixture.from_parameters(
        np.full(3, 1 / 3), [part.mean(axis=0) for part in parts], [np.cov(part.T, bias=True) for part in parts]
    )
    ours = project_clusters(hard, X, mean_share=1).transform(X)
    theirs = LinearDiscriminantAnalysis(solver="eigen").fit(X, groups).transform(X)
    for place in range(2):
        assert abs(np.corrcoef(ours[:, place], theirs[:, place])[0, 1]) == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("factor", [1e-7, 1e6])
def test_units_do_not_matter(fitted, factor):
    gmm, X = fitted
    units = np.array([1, factor, 1, 1, 1])
    other = GaussianMixture.from_parameters(gmm.weights_, gmm.means_ * units, gmm.covariances_ * units * units[:, None])
    one, two = project_clusters(gmm, X), project_clusters(other, X * units)
    np.testing.assert_allclose(two.eigenvalues, one.eigenvalues, rtol=1e-6)
    correlations = [
        np.corrcoef(a, b)[0, 1] for a, b in zip(one.transform(X).T, two.transform(X * units).T, strict=True)
    ]
    np.testing.assert_allclose(np.abs(correlations), 1, atol=1e-6)


def test_a_constant_feature_shows_nothing(fitted):
    gmm, X = fitted
    wide = np.column_stack([X, np.full(len(X), 7.0)])
    covariances = np.zeros((3, 6, 6))
    covariances[:, :5, :5], covariances[:, 5, 5] = gmm.covariances_, 1e-9
    other = GaussianMixture.from_parameters(gmm.weights_, np.column_stack([gmm.means_, np.full(3, 7.0)]), covariances)
    projection = project_clusters(other, wide)
    np.testing.assert_allclose(projection.eigenvalues, project_clusters(gmm, X).eigenvalues, rtol=1e-6)
    assert not projection.directions[5].any()


def test_what_is_refused(fitted):
    gmm, X = fitted
    with pytest.raises(ValueError, match="Got mean_share=2, expected a number from 0"):
        project_clusters(gmm, X, 2)
    with pytest.raises(ValueError, match="X has 3 features, but GaussianMixture is expecting 5"):
        project_clusters(gmm, X[:, :3])
    with pytest.raises(ValueError, match="components do not differ"):
        project_clusters(GaussianMixture(1).fit(X), X)
    with pytest.raises(ValueError, match="Got 2 features, expected 5"):
        project_clusters(gmm, X).transform(X[:, :2])


def test_columns_in_another_order_are_refused(fitted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(fitted[1], columns=list("abcde"))
    named = GaussianMixture(2, random_state=0).fit(frame)
    assert project_clusters(named, frame).directions.shape[0] == 5
    with pytest.raises(ValueError, match="feature names should match"):
        project_clusters(named, frame[list("bacde")])


def test_only_a_fitted_mixture_of_this_package_is_projected(fitted):
    X = fitted[1]
    with pytest.raises(NotFittedError):
        project_clusters(GaussianMixture(2), X)
    for other in (TheirMixture(2, random_state=0).fit(X), TheirMixture(2), LinearDiscriminantAnalysis(), "gmm"):
        with pytest.raises(TypeError, match=f"Got a {type(other).__name__}, expected a fitted mixture of mixtura"):
            project_clusters(other, X)
