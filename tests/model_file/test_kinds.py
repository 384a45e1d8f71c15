"""Every kind of model: the same bits after a file, a file of the same bytes, and no file that lies."""

import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from conftest import make_blobs
from numpy.testing import assert_array_equal
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import load_digits

from mixtura import FactorMixture, GaussianMixture, GaussianMixtureSearch, MergedGaussianMixture
from mixtura.images import CopulaImageMixture, ImageMixture, MatchedImageMixture, PrincipalComponents
from mixtura.images.copula.class_density import ClassDensity
from mixtura.model_file import ModelFileError, load_model, save_model
from mixtura.model_file.kinds import KINDS

from .conftest import Parts

X = make_blobs().X
DIGITS = load_digits()
BYTES = (DIGITS.images[:300, 1:7, 1:7] * 15.9375).astype("uint8")
NAMES = np.array(["zero", "one", "two"])[DIGITS.target[:300] % 3]


def search(**changes):
    return GaussianMixtureSearch((1, 2, 3, 4), covariance_type=["diag", "VVV"], random_state=0, **changes)


def merged(**changes):
    return MergedGaussianMixture(**({"n_components": 4, "random_state": 0} | changes))


MODELS = {
    "gaussian": lambda: GaussianMixture(3, covariance_type="VEV", noise="auto", random_state=0).fit(X),
    "factors": lambda: FactorMixture(2, 1, rank="bic", random_state=0).fit(X),
    "factors of one noise": lambda: FactorMixture(2, 2, noise="isotropic", random_state=0).fit(X.astype("f4")),
    "search": lambda: search().fit(X),
    "search by held-out rows": lambda: search(criterion="held_out", cv=2).fit(X),
    "merged": lambda: merged(n_clusters=2).fit(X),
    "merged with noise": lambda: merged(n_components=[2, 3, 5], noise="auto").fit(X),
    "merged search": lambda: merged(estimator=search()).fit(X),
    "basis of images": lambda: PrincipalComponents(5).fit(BYTES),
    "basis of rows": lambda: PrincipalComponents(2).fit(X),
    "images": lambda: ImageMixture(5, 2, random_state=0).fit(BYTES),
    "images of classes": lambda: ImageMixture(36, 1, "diag", random_state=0).fit(BYTES, NAMES),
    "matched images": lambda: MatchedImageMixture(5, 2, random_state=0).fit(BYTES, DIGITS.target[:300] % 2),
    "bytes": lambda: CopulaImageMixture(1, shrinkage=100, n_iter=1, random_state=0).fit(BYTES),
    "bytes of classes": lambda: CopulaImageMixture(1, n_factors=2, n_iter=1, random_state=0).fit(
        BYTES, DIGITS.target[:300] % 2
    ),
}


@pytest.fixture(scope="module")
def models():
    fitted = {}

    def model(name):
        if name not in fitted:
            fitted[name] = MODELS[name]()
        return fitted[name]

    return model


def take_apart(path):
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    return Parts(json.loads(contents.pop("header.json")), contents)


def alike(one, other):
    """Whether two values of attributes say the same, models and tables included."""
    assert type(one) is type(other) or {type(one), type(other)} <= {list, tuple, int, np.int64}
    if isinstance(one, np.ndarray):
        assert one.dtype.kind == other.dtype.kind
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, dict):
        assert list(one) == list(other)
        for key in one:
            alike(one[key], other[key])
    elif isinstance(one, tuple | list):
        assert len(one) == len(other)
        for mine, theirs in zip(one, other, strict=True):
            alike(mine, theirs)
    elif hasattr(one, "__dict__") and not hasattr(one, "value"):
        held = {name for name in vars(one) if not name.startswith("_") and name in vars(other)}
        fields = {name for name in vars(one) if name.endswith("_")} - {"feature_names_in_"}
        assert fields <= held
        for name in held:
            alike(getattr(one, name), getattr(other, name))
    else:
        assert one == other


def test_every_kind_is_walked(models):
    kinds = {type(models(name)).__name__ for name in MODELS}
    assert kinds == set(KINDS.table)
    for name, kind in KINDS.table.items():
        assert kind.model_class.__name__ == name


def test_scales_stay_a_tuple(models, tmp_path):
    save_model(models("bytes"), tmp_path / "a.mix")
    assert load_model(tmp_path / "a.mix").get_params() == models("bytes").get_params()


def test_a_noise_that_is_set_after_the_fit_is_not_that_of_the_fit(tmp_path):
    model = FactorMixture(2, 1, random_state=0).fit(X)
    model.set_params(noise="isotropic")
    save_model(model, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    assert again.noise == "diagonal"
    assert again.n_parameters_ == model.n_parameters_


@pytest.mark.parametrize("name", MODELS)
def test_the_same_model(models, tmp_path, name):
    """Every fitted attribute and every parameter, and a file of the same bytes."""
    model = models(name)
    save_model(model, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    alike(model, again)
    save_model(again, tmp_path / "b.mix")
    assert (tmp_path / "a.mix").read_bytes() == (tmp_path / "b.mix").read_bytes()
    if hasattr(model, "sample"):
        drawn, drawn_again = (each.sample(5, random_state=1) for each in (model, again))
        alike(drawn, drawn_again)
    given = BYTES if hasattr(model, "image_shape_") and model.image_shape_ else X
    if hasattr(model, "score_samples"):
        np.testing.assert_array_equal(model.score_samples(given), again.score_samples(given))
    if hasattr(model, "predict"):
        np.testing.assert_array_equal(model.predict(X), again.predict(X))
        np.testing.assert_array_equal(model.predict_proba(X), again.predict_proba(X))
        assert str(model.summary(X)) == str(again.summary(X))
    if hasattr(model, "transform"):
        np.testing.assert_array_equal(model.transform(given), again.transform(given))


@pytest.mark.parametrize("name", ["factors", "search", "merged", "merged search", "images of classes"])
def test_a_loaded_model_can_be_fitted_again(models, tmp_path, name):
    model = models(name)
    save_model(model, tmp_path / "a.mix")
    again = load_model(tmp_path / "a.mix")
    again = again.fit(BYTES, NAMES) if name.startswith("images") else again.fit(X)
    drawn, drawn_again = (each.sample(3, random_state=1) for each in (model, again))
    alike(drawn, drawn_again)


def test_a_file_from_before_there_was_noise():
    """Written by the version that had no noise, and kept: files of that time load."""
    gmm = load_model(Path(__file__).parent / "files" / "before_noise.mix")
    assert gmm.noise is None
    assert gmm.feature_names_in_.tolist() == ["width", "length"]
    del gmm.feature_names_in_
    np.testing.assert_allclose(gmm.score_samples(np.zeros((1, 2))), -2.16807912, rtol=1e-8)
    assert gmm.noise_share_ == 0


def test_analysers_that_lie_in_a_file_as_full_covariances_are_read(models, tmp_path):
    """So did files of models with ``n_factors`` before their shapes were kept as loadings and noise."""
    model = clone(models("bytes of classes"))
    model.__dict__.update(vars(models("bytes of classes")))
    model.densities_ = tuple(
        ClassDensity(
            one.order,
            one.margins,
            one.weights,
            one.means,
            np.stack([np.linalg.cholesky(a.T @ a + np.diag(b)) for a, b in zip(one.loadings, one.noise, strict=True)]),
            np.ones(1),
        )
        for one in models("bytes of classes").densities_
    )
    save_model(model, tmp_path / "a.mix")
    read = load_model(tmp_path / "a.mix")
    assert_array_equal(read.score_samples(BYTES, 0), model.score_samples(BYTES, 0))
    assert np.load(tmp_path / "a.mix")["class0.factors"].shape == (1, 36, 36)


def test_what_is_not_supported(tmp_path):
    with pytest.raises(TypeError, match=r"Got KMeans, expected .*: GaussianMixture, FactorMixture, .*"):
        save_model(KMeans(), tmp_path / "a.mix")


def _set(header, *path, value):
    for key in path[:-1]:
        header = header[key]
    header[path[-1]] = value


@pytest.mark.parametrize(
    ("name", "path", "value", "message"),
    [
        ("factors", ("settings", "noise"), "loud", "Got noise='loud'"),
        ("factors", ("settings", "n_factors"), "1", "'n_factors' of type str"),
        ("factors", ("parts",), {"more": {"kind": "GaussianMixture"}}, r"got the parts \['more'\]"),
        ("search", ("best_index",), 99, "best_index 99, expected 0 to 7"),
        ("search", ("settings", "criterion"), "luck", "'criterion' parameter"),
        ("search", ("settings", "n_components"), [[1]], "a list of numbers or of strings"),
        ("search", ("columns", "outcome"), ["CONVERGED"], "a table with the columns"),
        ("search", ("columns", "outcome"), [1] * 8, "expected strings"),
        ("search", ("columns", "n_iter"), "whole", "kind of the column 'n_iter': 'whole'"),
        ("search", ("parts", "best_estimator", "kind"), "FactorMixture", r"expected one of \['GaussianMixture'\]"),
        ("search", ("parts",), 3, "parts of type int"),
        ("merged", ("n_clusters",), 9, "n_clusters=9, expected 1 to 4"),
        ("merged", ("settings", "elbow"), "knee", "'elbow' parameter"),
        ("merged", ("parts", "estimator", "kind"), "MergedGaussianMixture", "got kind 'MergedGaussianMixture'"),
        ("images", ("image_shape",), [5, 6], "images of shape"),
        ("images", ("image_shape",), [36], "two or three numbers"),
        ("images of classes", ("classes", "names"), ["a", "a", "b"], "different ones"),
        ("images of classes", ("classes", "names"), [1, 2, 3], "expected strings"),
        ("images of classes", ("classes",), None, "3 classes without names"),
        ("bytes of classes", ("classes", "names"), [2**70, 1], "names of classes"),
        ("bytes of classes", ("classes", "type"), "complex128", "type of labels 'complex128'"),
        ("matched images", ("parts", "class0", "kind"), "Class", "a part of kind 'Class'"),
        ("matched images", ("parts", "model", "kind"), "FactorMixture", r"expected one of \['ImageMixture'\]"),
        ("bytes", ("parts", "class0", "kind"), "Density", "a part of kind 'Density'"),
        ("basis of rows", ("n_samples_seen",), None, "'n_samples_seen' of type NoneType"),
    ],
)
def test_words_that_make_no_sense(models, tmp_path, name, path, value, message):
    save_model(models(name), tmp_path / "a.mix")
    parts = take_apart(tmp_path / "a.mix")
    _set(parts.header, *path, value=value)
    with pytest.raises(ModelFileError, match=message):
        load_model(parts.write(tmp_path / "b.mix"))


def test_models_within_models_without_end(models, tmp_path):
    save_model(models("factors"), tmp_path / "a.mix")
    parts = take_apart(tmp_path / "a.mix")
    inner = {"kind": "FactorMixture"}
    for _ in range(200):
        inner = {"kind": "FactorMixture", "parts": {"part": inner}}
    parts.header["parts"] = {"part": inner}
    with pytest.raises(ModelFileError, match="models within models without end"):
        load_model(parts.write(tmp_path / "b.mix"))


def _poke(place, value):
    def change(array):
        array.flat[place] = value
        return array

    return change


@pytest.mark.parametrize(
    ("name", "array", "change", "message"),
    [
        ("factors", "noise_variances", _poke(0, 0.0), "not positive"),
        ("factors", "loadings", lambda array: array[:, :, :2], r"expected \(2, Q, 3\)"),
        ("factors", "loadings", lambda array: array[0], "expected .K, D., .K, Q, D. and .K, D."),
        ("factors", "lower_bounds", lambda array: array[:, None], "one number for each iteration"),
        ("search", "results.rank", _poke(0, 1.5), "rank that are not all whole numbers"),
        ("search", "results.bic", lambda array: array[:-1], "of one length"),
        ("search", "results.bic", lambda array: array[:, None], "a number for each pair"),
        ("merged", "pairs", _poke(0, 3.0), "joins"),
        ("merged", "pairs", lambda array: array[:1], "pairs of shape"),
        ("merged", "entropies", _poke(0, np.nan), "NaN or infinity"),
        ("merged", "entropies", lambda array: array[:1], "clusters that make no sense"),
        ("merged", "labels", _poke(0, 2.0), "labels out of range"),
        ("basis of rows", "components", _poke(0, 2.0), "not orthonormal"),
        ("basis of rows", "components", _poke(0, np.inf), "no table of finite numbers"),
        ("basis of rows", "mean", lambda array: array[:1], "mean of shape"),
        ("basis of rows", "singular_values", lambda array: array[:, None], "a row of them"),
        ("images", "class_weights", _poke(0, 0.5), "no distribution"),
        ("images", "residual_variance", _poke(0, 0.0), "a residual variance of 0.0"),
        ("matched images", "class1.own", _poke(0, 2.0), "outside of 0 to 1"),
        ("matched images", "class1.drawn", _poke(0, 9.0), "quantiles that fall"),
        ("matched images", "class1.shared", lambda array: array[1:], "arrays of the shapes"),
        ("bytes", "class0.order", _poke(0, 3.0), "an order that is none"),
        ("bytes", "class0.thresholds", _poke(0, 0.0), "do not rise"),
        ("bytes", "class0.weights", _poke(0, 0.0), "not positive"),
        ("bytes", "class0.weights", lambda array: array[0], "weights of shape"),
        ("bytes", "class0.means", _poke(0, np.nan), "a class with NaN"),
        ("bytes", "class0.factors", _poke(0, -1.0), "no roots of covariances"),
        ("bytes", "class0.factors", _poke(1, 1.0), "lower triangular"),
        ("bytes", "class0.scales", lambda array: array[1:], "scales of shape"),
        ("bytes", "class0.scales", _poke(0, 0.0), "scales that are not positive"),
        ("bytes of classes", "class1.weights", lambda array: np.full((1, 2), 0.5), "weights of shape"),
        ("bytes of classes", "class1.loadings", lambda array: array[0], "loadings of shape"),
        ("bytes of classes", "class1.loadings", lambda array: array[..., 1:], "loadings of shape"),
        ("bytes of classes", "class1.noise", _poke(0, 0.0), "noise variances that are not positive"),
        ("bytes of classes", "class1.noise", lambda array: array[:, 1:], "noise of shape"),
    ],
)
def test_arrays_that_make_no_sense(models, tmp_path, name, array, change, message):
    save_model(models(name), tmp_path / "a.mix")
    parts = take_apart(tmp_path / "a.mix")
    with np.load(tmp_path / "a.mix") as inside:
        parts.set_array(array, np.array(change(inside[array].copy()), order="C"))
    with pytest.raises(ModelFileError, match=message):
        load_model(parts.write(tmp_path / "b.mix"))
