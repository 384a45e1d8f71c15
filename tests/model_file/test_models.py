"""Save, load, score: the same bits, or one clear error."""

import json
import os
import zipfile

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.mixture import GaussianMixture as TheirMixture

from mixtura import GaussianMixture
from mixtura.files import UnwritableError
from mixtura.model_file import ModelFileError, load_model, save_model

FAMILIES = ("full", "tied", "diag", "spherical")


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_same_bits(tmp_path, blobs, family, dtype):
    X = blobs.X.astype(dtype) * 1e3 + 1e5
    gmm = GaussianMixture(3, covariance_type=family, random_state=3, tol=1e-7, max_iter=500).fit(X)
    save_model(gmm, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    for rows in (X, blobs.X[:7] * 1e4):
        assert again.score(rows) == gmm.score(rows)
        assert (again.score_samples(rows) == gmm.score_samples(rows)).all()
        assert (again.predict_proba(rows) == gmm.predict_proba(rows)).all()
        assert (again.predict(rows) == gmm.predict(rows)).all()
        assert again.bic(rows) == gmm.bic(rows)
    assert (again.sample(9)[0] == gmm.sample(9)[0]).all()  # the seed is kept
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        assert getattr(again, name).dtype == dtype
        assert (getattr(again, name) == getattr(gmm, name)).all()
    for name in ("converged_", "outcome_", "n_iter_", "lower_bound_", "lower_bounds_", "n_features_in_"):
        assert getattr(again, name) == getattr(gmm, name), name
    assert again.get_params() == gmm.get_params()


def test_a_loaded_model_saves_to_the_same_bytes(tmp_path, blobs):
    gmm = GaussianMixture(2, random_state=0).fit(blobs.X)
    save_model(gmm, tmp_path / "a.mix")
    save_model(gmm, tmp_path / "b.mix")
    save_model(load_model(tmp_path / "a.mix"), tmp_path / "c.mix")
    first, second, third = ((tmp_path / name).read_bytes() for name in ("a.mix", "b.mix", "c.mix"))
    assert first == second == third


def test_names_of_features_are_kept(tmp_path, blobs):
    gmm = GaussianMixture(2, random_state=0).fit(blobs.X)
    save_model(gmm, tmp_path / "plain.mix")
    assert not hasattr(load_model(tmp_path / "plain.mix"), "feature_names_in_")
    gmm.feature_names_in_ = np.array(["größe", 'a "b"', ""], dtype=object)
    save_model(gmm, tmp_path / "named.mix")
    assert load_model(tmp_path / "named.mix").feature_names_in_.tolist() == ["größe", 'a "b"', ""]


def test_numpy_and_unzip_can_look_inside(tmp_path, blobs):
    gmm = GaussianMixture(2, random_state=0).fit(blobs.X)
    save_model(gmm, tmp_path / "a.mix")
    with np.load(tmp_path / "a.mix", allow_pickle=False) as inside:
        assert (inside["means"] == gmm.means_).all()
    with zipfile.ZipFile(tmp_path / "a.mix") as archive:
        header = json.loads(archive.read("header.json"))
    assert header["fit"]["outcome"] == "CONVERGED"
    assert header["arrays"]["means"]["shape"] == [2, 3]


def test_settings_that_only_python_holds_become_defaults(tmp_path, blobs):
    gmm = GaussianMixture(
        3,
        init_params=blobs.groups,
        random_state=np.random.RandomState(0),
        reg_covar=np.float32(0.5),
        n_init=np.int64(1),
    )
    save_model(gmm.fit(blobs.X), tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    assert again.init_params == "kmeans"
    assert again.random_state is None
    assert (again.reg_covar, again.n_init) == (0.5, 1)
    again.fit(blobs.X)


def test_a_mixture_without_a_fit(tmp_path):
    gmm = GaussianMixture.from_parameters([1.0], [[0.0]], [[2.0]], covariance_type="tied")
    save_model(gmm, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    assert again.score([[1.0]]) == gmm.score([[1.0]])
    assert (again.lower_bound_, again.lower_bounds_, again.n_iter_) == (-np.inf, [], 0)


def test_a_mixture_from_scikit_learn(tmp_path, blobs):
    gmm = GaussianMixture.from_sklearn(TheirMixture(2, random_state=0, covariance_type="tied").fit(blobs.X))
    save_model(gmm, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    assert again.score(blobs.X) == gmm.score(blobs.X)
    assert again.lower_bounds_ == gmm.lower_bounds_


def test_what_cannot_be_saved(tmp_path, blobs):
    theirs = TheirMixture(2, random_state=0).fit(blobs.X)
    with pytest.raises(TypeError, match=r"Got GaussianMixture, expected a fitted model of mixtura.*from_sklearn"):
        save_model(theirs, tmp_path / "a.mix")
    with pytest.raises(NotFittedError):
        save_model(GaussianMixture(2), tmp_path / "a.mix")
    with pytest.raises(ValueError, match="n_init"):
        save_model(GaussianMixture(1).fit(blobs.X).set_params(n_init=-1), tmp_path / "a.mix")
    assert os.listdir(tmp_path) == []
    with pytest.raises(UnwritableError, match="folder that exists"):
        save_model(GaussianMixture(1).fit(blobs.X), tmp_path / "nowhere" / "a.mix")


def test_what_is_no_file(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_model(tmp_path / "a.mix")
    with pytest.raises(IsADirectoryError):
        load_model(tmp_path)


def test_the_message_names_the_file(tmp_path):
    (tmp_path / "a.mix").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(ModelFileError, match=r"a\.mix: got a file that begins with b'a,b\\n', expected b'PK"):
        load_model(tmp_path / "a.mix")
