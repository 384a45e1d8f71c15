"""Commands on models that are no GaussianMixture: clusters, factors, searches, and images, which take no table."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

from mixtura import FactorMixture, GaussianMixtureSearch, MergedGaussianMixture
from mixtura.cli.exits import ExitCode
from mixtura.images import ImageMixture
from mixtura.model_file import save_model

MODELS = {
    "clusters": MergedGaussianMixture(2, n_components=4, random_state=0),
    "factors": FactorMixture(2, 1, random_state=0),
    "search": GaussianMixtureSearch((1, 2, 3), covariance_type=["VVI", "VVV"], random_state=0),
}


@pytest.fixture(params=MODELS)
def kind(request, flowers, run):
    X, _ = flowers
    model = MODELS[request.param].fit(X)
    save_model(model, "kind.mix")
    model.feature_names_in_ = np.array(["width", "length"], dtype=object)
    save_model(model, "named.mix")
    del model.feature_names_in_
    return model, X


def test_the_commands_take_it(run, kind):
    model, X = kind
    for name in ("kind.mix", "named.mix"):
        labels = run("predict", name, "plain.csv", "--json").document
        assert labels["values"] == model.predict(X).tolist()
        assert labels["columns"] == ["cluster" if hasattr(model, "n_clusters_") else "component"]
        shares = run("predict", name, "plain.csv", "--proba", "--json").document
        assert len(shares["columns"]) == len(shares["values"][0]) == model.predict_proba(X).shape[1]
        figures = run("score", name, "plain.csv", "--json").document
        assert figures["mean_log_likelihood"] == pytest.approx(model.score(X), rel=1e-12)
        assert figures["icl"] == pytest.approx(model.summary(X).icl)
        assert run("summary", name, "plain.csv").out.startswith("Gaussian mixture ")
        assert run("sample", name, "-n", 3, "--seed", 1, "--json").code == 0
        assert run("plot", name, "plain.csv", "-o", f"{name}.png").code == 0


def test_info_tells_what_it_is(run, kind):
    model, _ = kind
    document = run("info", "kind.mix", "--json").document
    assert document["kind"] == type(model).__name__
    assert document["n_components"] == model.mixture_.n_components
    out = run("info", "named.mix").out
    assert "length" in out
    assert ("joined to 2 clusters: components " in out) == hasattr(model, "n_clusters_")


def test_images_take_no_table(run, refuse):
    digits = load_digits()
    save_model(ImageMixture(4, 1, random_state=0).fit(digits.images / 16, digits.target % 2), "images.mix")
    assert run("info", "images.mix", "--json").document["image_shape"] == [8, 8]
    assert "ImageMixture, a model of images" in run("info", "images.mix").out
    refuse(ExitCode.UNUSABLE, "expected a mixture of rows", "predict", "images.mix", "plain.csv")
