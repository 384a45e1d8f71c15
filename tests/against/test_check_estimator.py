"""scikit-learn's check_estimator: the conventions that every estimator keeps, with no expected failure."""

from conftest import FAMILIES
from sklearn.utils.estimator_checks import parametrize_with_checks

from mixtura import GaussianMixture

ESTIMATORS = [
    GaussianMixture(),
    *(GaussianMixture(n_components=2, covariance_type=name, random_state=0) for name in FAMILIES),
    GaussianMixture(n_components=2, reg_covar=1e-6, init_params="k-means++", n_init=2, random_state=0),
    *(GaussianMixture(n_components=2, init_params=name, random_state=0) for name in ("auto", "hierarchical")),
]


@parametrize_with_checks(ESTIMATORS)
def test_conventions_of_scikit_learn(estimator, check):
    check(estimator)
