"""What families are called, and which there are for how many features."""

import numpy as np
import pytest

from mixtura import GaussianMixture
from mixtura.families import Family, find_family, list_families

WORDS = {
    "E": "univariate, equal variance",
    "V": "univariate, varying variance",
    "EII": "spherical, equal volume",
    "VII": "spherical, varying volume",
    "EEI": "diagonal, equal volume and shape",
    "VEI": "diagonal, varying volume, equal shape",
    "EVI": "diagonal, equal volume, varying shape",
    "VVI": "diagonal, varying volume and shape",
    "EEE": "ellipsoidal, equal volume, shape and orientation",
    "VEE": "ellipsoidal, varying volume, equal shape and orientation",
    "EVE": "ellipsoidal, equal volume and orientation, varying shape",
    "VVE": "ellipsoidal, varying volume and shape, equal orientation",
    "EEV": "ellipsoidal, equal volume and shape, varying orientation",
    "VEV": "ellipsoidal, varying volume and orientation, equal shape",
    "EVV": "ellipsoidal, equal volume, varying shape and orientation",
    "VVV": "ellipsoidal, varying volume, shape and orientation",
}


def test_every_family_says_itself_in_words():
    assert {code: find_family(code).description for code in WORDS} == WORDS
    assert [family.code for family in list_families(5)] == list(WORDS)[2:]
    assert [family.code for family in list_families(1)] == ["E", "V"]


def test_a_family_is_a_frozen_record():
    family = find_family("EVE")
    assert family == Family("EVE", WORDS["EVE"], "equal", "varying", "equal")
    with pytest.raises(AttributeError):
        family.code = "VVV"


def test_an_unknown_name_is_refused_with_those_that_are_known():
    with pytest.raises(ValueError, match=r"Got covariance_type='EEX', expected one of: full, tied, .*VVV, E, V\b"):
        find_family("EEX")


@pytest.mark.parametrize("code", WORDS)
def test_in_one_dimension_only_the_volume_is_left(code):
    X = np.random.default_rng(0).normal(size=(60, 1)) * np.repeat([[1.0], [4.0]], 30, axis=0)
    plain = "E" if code.startswith("E") else "V"
    gmm, one = (
        GaussianMixture(2, covariance_type=name, init_params=np.repeat([0, 1], 30), max_iter=20).fit(X)
        for name in (code, plain)
    )
    assert gmm.family_ == find_family(plain) == find_family(code, n_features=1)
    assert gmm.n_parameters_ == one.n_parameters_ == {"E": 4, "V": 5}[plain]
    np.testing.assert_allclose(gmm.score_samples(X), one.score_samples(X), rtol=1e-9)
    assert one.covariances_.shape == ({"E": 1, "V": 2}[plain],)


@pytest.mark.parametrize("code", ["E", "V"])
def test_a_family_of_variances_is_for_one_feature(code):
    message = f"covariance_type='{code}' for 2 features, expected one feature.*'{code}II' for balls or '{code * 3}'"
    with pytest.raises(ValueError, match=message):
        GaussianMixture(2, covariance_type=code).fit(np.eye(2))
    with pytest.raises(ValueError, match=message):
        GaussianMixture.from_parameters([1.0], [[0.0, 0.0]], [1.0], covariance_type=code)


def test_the_estimator_knows_its_family(blobs):
    gmm = GaussianMixture(3, covariance_type="tied", random_state=0)
    assert not hasattr(gmm, "family_")
    assert gmm.fit(blobs.X).family_ == find_family("EEE")
