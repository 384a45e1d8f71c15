import json
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from mixtura import FactorMixture, GaussianMixture, GaussianMixtureSearch, MergedGaussianMixture
from mixtura.selection import bootstrap_parameters


@pytest.fixture(scope="module")
def fitted():
    rng = np.random.default_rng(4)
    X = np.concatenate([rng.normal(size=(70, 2)), [5, 1] + rng.normal(size=(50, 2)) @ [[1, 0.5], [0, 0.4]]])
    return GaussianMixture(2, random_state=0).fit(X), X


@dataclass
class Ends:
    weights: np.ndarray
    means: np.ndarray
    covariances: np.ndarray


class Replicates:
    """Intervals that reach a tenth to either side."""

    def __init__(self, gmm):
        self._gmm = gmm
        self.estimates = Ends(gmm.weights_, gmm.means_, gmm.covariances_)

    def intervals(self, level):
        parts = self._gmm.weights_, self._gmm.means_, self._gmm.covariances_
        return Ends(*(part - level / 10 for part in parts)), Ends(*(part + level / 10 for part in parts))


def test_the_numbers_are_the_models_own(fitted):
    gmm, X = fitted
    summary = gmm.summary(X)
    assert summary.log_likelihood == pytest.approx(gmm.score_samples(X).sum())
    assert (summary.bic, summary.icl, summary.aic) == pytest.approx((gmm.bic(X), gmm.icl(X), gmm.aic(X)))
    assert (summary.n_rows, summary.n_parameters, summary.n_components) == (120, gmm.n_parameters_, 2)
    np.testing.assert_array_equal(summary.cluster_sizes, np.bincount(gmm.predict(X)))
    assert (summary.n_clusters, summary.n_noise) == (2, 0)
    assert summary.outcome is gmm.outcome_


def test_it_reads_as_words(fitted):
    gmm, X = fitted
    page = str(gmm.summary(X))
    assert page.startswith(
        "Gaussian mixture VVV (ellipsoidal, varying volume, shape and orientation); 2 components\n"
        "The log-likelihood stopped changing."
    )
    assert f"{gmm.bic(X):.3f}" in page
    assert "(BIC and ICL: lower is better)" in page
    assert "Means" not in page
    assert all(line == line.rstrip() for line in page.splitlines())


def test_other_rows_are_summed_up_as_they_are(fitted):
    gmm, X = fitted
    assert gmm.summary(X[:10]).n_rows == 10
    assert gmm.summary(X[:10]).bic == pytest.approx(gmm.bic(X[:10]))


def test_parameters_on_request_with_the_names_of_a_data_frame(fitted):
    _, X = fitted
    frame = pd.DataFrame(X, columns=["length", "width"])
    gmm = GaussianMixture(2, random_state=0).fit(frame)
    summary = gmm.summary(frame, parameters=True)
    page = str(summary)
    np.testing.assert_array_equal(summary.covariances, gmm.covariances_)
    row = next(line for line in page.splitlines() if line.startswith("length"))
    assert row.split() == ["length", *(f"{mean:.4g}" for mean in gmm.means_[:, 0])]
    assert f"{gmm.covariances_[1, 0, 1]:.4g}" in page


def test_intervals_stand_beside_their_parameters(fitted):
    gmm, X = fitted
    summary = gmm.summary(X, intervals=Replicates(gmm), level=0.9)
    page = str(summary)
    for value in (gmm.weights_[0], gmm.means_[1, 0], gmm.covariances_[0, 1, 1]):
        assert f"{value:.4g} [{value - 0.09:.4g}, {value + 0.09:.4g}]" in page
    assert page.endswith("In brackets: intervals of probability 0.9.")
    document = summary.as_dict()
    assert document["intervals"]["level"] == 0.9
    np.testing.assert_allclose(document["intervals"]["upper"]["means"], gmm.means_ + 0.09)


def test_the_dict_is_ready_for_json(fitted):
    gmm, X = fitted
    document = json.loads(json.dumps(gmm.summary(X).as_dict()))
    assert document["code"] == "VVV"
    assert document["outcome"] == "CONVERGED"
    assert document["cluster_sizes"] == np.bincount(gmm.predict(X)).tolist()
    assert not {"means", "covariances", "intervals"} & set(document)
    assert np.shape(gmm.summary(X, parameters=True).as_dict()["covariances"]) == (2, 2, 2)


def test_many_components_go_on_below():
    rng = np.random.default_rng(0)
    means = 100.0 * np.arange(31)[:, None]
    gmm = GaussianMixture.from_parameters(np.full(31, 1 / 31), means, np.ones((31, 1, 1)))
    page = str(gmm.summary(means.repeat(3, axis=0) + rng.normal(size=(93, 1)), parameters=True))
    heads = [line.split()[1:] for line in page.splitlines() if line.startswith("cluster")]
    assert len(heads) > 1
    assert [name for head in heads for name in head] == [str(k) for k in range(31)]
    assert max(map(len, page.splitlines())) <= 100
    assert "V (univariate, varying variance)" in page


def test_covariances_of_many_features_stay_in_the_record():
    X = np.random.default_rng(0).normal(size=(60, 12))
    summary = FactorMixture(1, 2).fit(X).summary(X, parameters=True)
    page = str(summary)
    assert "Gaussian mixture of factor analysers with 2 factors and diagonal noise; 1 component\n" in page
    assert "Covariances of 12 features are in the record" in page
    assert summary.covariances.shape == (1, 12, 12)


def test_clusters_of_merged_components(fitted):
    _, X = fitted
    merged = MergedGaussianMixture(2, n_components=3, random_state=0).fit(X)
    summary = merged.summary(X, parameters=True)
    shares = merged.predict_proba(X)
    assert summary.icl == pytest.approx(merged.estimator_.bic(X) - 2 * np.log(shares.max(axis=1)).sum())
    np.testing.assert_array_equal(summary.cluster_sizes, np.bincount(merged.predict(X)))
    page = str(summary)
    assert "; 3 components in 2 clusters\n" in page
    assert "Clusters: 2, as asked." in page
    components = next(line for line in page.splitlines() if line.startswith("components"))
    listed = [sorted(map(int, cell.split(","))) for cell in components.split()[1:]]
    assert listed == [np.flatnonzero(merged.cluster_of_component_ == cluster).tolist() for cluster in range(2)]


@pytest.mark.filterwarnings("ignore:The best number of components")
def test_a_search_names_what_came_next(fitted):
    _, X = fitted
    search = GaussianMixtureSearch((1, 2, 3), covariance_type=["EII", "VVV"], random_state=0).fit(X)
    note = search.summary(X).notes[0]
    order = np.argsort(search.results_["bic"], kind="stable")
    assert note.startswith("Best of 6 pairs by BIC: ")
    named = [
        f"{search.results_['covariance_type'][cell]}, {search.results_['n_components'][cell]}" for cell in order[:3]
    ]
    assert [part.partition(" (")[0] for part in note.removeprefix("Best of 6 pairs by BIC: ").split("; ")] == named


@pytest.mark.parametrize("estimator", [GaussianMixture(), MergedGaussianMixture(), GaussianMixtureSearch()])
def test_before_a_fit(estimator):
    with pytest.raises(NotFittedError):
        estimator.summary([[0.0], [1.0]])


def test_intervals_of_the_bootstrap_hold_the_estimates(fitted):
    gmm, X = fitted
    summary = gmm.summary(X, intervals=bootstrap_parameters(gmm, X, n_bootstrap=40, random_state=0))
    for name in ("weights", "means", "covariances"):
        estimate = getattr(summary, name)
        inside = (getattr(summary.lower, name) < estimate) & (estimate < getattr(summary.upper, name))
        assert inside.mean() > 0.8
    assert summary.level == 0.95


def test_the_share_of_noise_has_an_interval():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(150, 2)), rng.uniform(-8, 8, size=(50, 2))])
    gmm = GaussianMixture(1, noise="auto", random_state=0).fit(X)
    replicates = bootstrap_parameters(gmm, X, n_bootstrap=60, random_state=0)
    summary = gmm.summary(X, intervals=replicates, level=0.9)
    low, high = summary.lower.noise_share, summary.upper.noise_share
    assert low < gmm.noise_share_ < high
    theory = np.sqrt(gmm.noise_share_ * (1 - gmm.noise_share_) / len(X))  # were it known which rows are noise
    assert 0.9 * theory < replicates.standard_errors.noise_share < 2 * theory
    assert f"Share of noise: {gmm.noise_share_:.4g} [{low:.4g}, {high:.4g}]" in str(summary)
    ends = summary.as_dict()["intervals"]
    assert (ends["lower"]["noise_share"], ends["upper"]["noise_share"]) == (low, high)


def test_what_are_no_intervals_is_refused(fitted):
    gmm, X = fitted
    for given in (5, "bootstrap", bootstrap_parameters(gmm, X, n_bootstrap=2, random_state=0).intervals()):
        with pytest.raises(TypeError, match=r"Got intervals of type \w+, expected what mixtura.selection.bootstrap"):
            gmm.summary(X, intervals=given)


def test_intervals_of_another_model_are_refused(fitted):
    gmm, X = fitted
    others = {
        "other weights": GaussianMixture(2, random_state=0, max_iter=1, tol=0.5).fit(X[:100]),
        "weights of shape \\(3,\\) where this one's have shape \\(2,\\)": GaussianMixture(3, random_state=0).fit(X),
    }
    for found, other in others.items():
        with pytest.raises(ValueError, match=f"Got intervals of another model: {found}.*bootstrap_parameters"):
            gmm.summary(X, intervals=Replicates(other))
    means = Replicates(gmm)
    means.estimates.means = 1.001 * gmm.means_
    with pytest.raises(ValueError, match="other means where this one's have the same numbers"):
        gmm.summary(X, intervals=means)


@pytest.mark.filterwarnings("ignore:The best number of components")
@pytest.mark.parametrize(
    "estimator",
    [
        GaussianMixture(2, noise="auto", random_state=0),
        FactorMixture(2, 1, random_state=0),
        GaussianMixtureSearch((1, 2), random_state=0),
        MergedGaussianMixture(2, n_components=3, random_state=0),
    ],
)
def test_weights_are_repeated_rows(fitted, estimator):
    _, X = fitted
    weights = np.arange(120) % 3
    rows = np.repeat(X, weights, axis=0)
    model = estimator.fit(X, sample_weight=weights)
    for name in ("bic", "aic", "icl"):
        if hasattr(model, name):
            ask = getattr(model, name)
            assert ask(X, sample_weight=weights) == pytest.approx(ask(rows), rel=1e-12)
            assert ask(X, sample_weight=weights) != pytest.approx(ask(X), rel=1e-6)
    ours, theirs = model.summary(X, sample_weight=weights), model.summary(rows)
    assert ours.n_rows == len(rows)
    assert (ours.log_likelihood, ours.bic, ours.icl, ours.aic) == pytest.approx(
        (theirs.log_likelihood, theirs.bic, theirs.icl, theirs.aic), rel=1e-12
    )
    np.testing.assert_array_equal(ours.cluster_sizes, theirs.cluster_sizes)
    assert ours.n_noise == theirs.n_noise
    assert str(ours) == str(theirs)


@pytest.mark.filterwarnings("ignore:The best number of components")
@pytest.mark.parametrize("criterion", ["bic", "aic", "icl"])
def test_the_best_score_of_a_weighted_search_is_its_weighted_criterion(fitted, criterion):
    _, X = fitted
    weights = np.random.default_rng(0).uniform(0, 3, len(X))
    search = GaussianMixtureSearch((1, 2), criterion=criterion, random_state=0).fit(X, sample_weight=weights)
    assert getattr(search, criterion)(X, sample_weight=weights) == pytest.approx(search.best_score_, rel=1e-9)
    summary = search.summary(X, sample_weight=weights)
    assert getattr(summary, criterion) == pytest.approx(search.best_score_, rel=1e-9)
    assert summary.n_rows == pytest.approx(weights.sum())
    assert f"{summary.cluster_sizes[0]:.1f}" in str(summary)


def test_weights_that_are_none_are_refused(fitted):
    gmm, X = fitted
    for ask in (gmm.bic, gmm.aic, gmm.icl, gmm.summary):
        with pytest.raises(ValueError, match="Got sample_weight of shape"):
            ask(X, sample_weight=np.ones(3))


def test_it_says_where_nothing_was_joined(fitted):
    _, X = fitted
    merged = MergedGaussianMixture(2, n_components=2, random_state=0).fit(X)
    page = str(merged.summary(X))
    assert (
        f"No components were joined; the entropy of the memberships is {merged.merge_tree_.entropies[-1]:.3g}" in page
    )
    assert "fell" not in page
