"""``mixtura fit``."""

import os

import numpy as np
import pandas as pd
import pytest

from mixtura import GaussianMixture
from mixtura.model_file import load_model


def test_it_fits_what_the_estimator_fits(run, flowers):
    ran = run("fit", "plain.csv", "-k", 2, "-o", "a.mix", "--seed", 5)
    assert ran.code == 0
    assert ran.err == ""
    fitted, expected = load_model("a.mix"), GaussianMixture(2, random_state=5).fit(flowers[0])
    assert (fitted.means_ == expected.means_).all()
    assert fitted.feature_names_in_.tolist() == ["width", "length"]
    assert fitted.score(pd.DataFrame(flowers[0], columns=["width", "length"])) == expected.score(flowers[0])
    assert "a.mix: 2 components in 2 dimensions, covariance 'full', 11 free parameters" in ran.out
    assert "converged after" in ran.out
    assert ran.out.splitlines()[4].split() == ["component", "weight", "width", "length"]


def test_every_option_reaches_the_estimator(run, data):
    arguments = ["--covariance", "diag", "--seed", 3, "--n-init", 2, "--tol", 0.5, "--max-iter", 50]
    assert run("fit", "plain.csv", "-k", 3, "-o", "a.mix", *arguments, "--reg-covar", "0.25").code == 0
    expected = {"n_components": 3, "covariance_type": "diag", "random_state": 3, "n_init": 2, "tol": 0.5}
    found = load_model("a.mix").get_params()
    assert expected | {"max_iter": 50, "reg_covar": 0.25} == {
        key: found[key] for key in (*expected, "max_iter", "reg_covar")
    }
    assert run("fit", "plain.csv", "-k", 1, "-o", "a.mix").code == 0
    assert load_model("a.mix").reg_covar == "auto"


def test_json_is_one_document_and_says_all(run):
    ran = run("fit", "plain.csv", "-k", 2, "-o", "a.mix", "--seed", 0, "--json")
    model = load_model("a.mix")
    assert ran.document["converged"] is True
    assert ran.document["rows"] == 60
    assert ran.document["n_iter"] == model.n_iter_
    assert ran.document["log_likelihood"] == model.lower_bound_
    assert ran.document["means"] == model.means_.tolist()
    assert ran.document["feature_names"] == ["width", "length"]
    assert ran.document["plot"] is None


@pytest.mark.parametrize("ending", ["parquet", "npy"])
def test_other_files_give_the_same_model(run, flowers, ending):
    pd.DataFrame(flowers[0], columns=["width", "length"]).to_parquet("flowers.parquet")
    run("fit", "plain.csv", "-k", 2, "-o", "a.mix", "--seed", 0)
    run("fit", f"flowers.{ending}", "-k", 2, "-o", "b.mix", "--seed", 0)
    assert (load_model("a.mix").means_ == load_model("b.mix").means_).all()
    assert hasattr(load_model("b.mix"), "feature_names_in_") == (ending == "parquet")


def test_columns_are_chosen(run):
    assert run("fit", "flowers.csv", "-k", 2, "-o", "a.mix", "--columns", "length, width").code == 0
    assert load_model("a.mix").feature_names_in_.tolist() == ["length", "width"]
    assert run("fit", "flowers.npy", "-k", 2, "-o", "a.mix", "--columns", "1").code == 0
    assert load_model("a.mix").n_features_in_ == 1


def test_weights_come_from_a_column(run, flowers):
    X = flowers[0]
    weights = np.arange(len(X)) % 3
    pd.DataFrame({"a": X[:, 0], "heavy": weights, "b": X[:, 1]}).to_csv("w.csv", index=False)
    assert run("fit", "w.csv", "-k", 2, "-o", "a.mix", "--weights", "heavy", "--seed", 0).code == 0
    expected = GaussianMixture(2, random_state=0).fit(X, sample_weight=weights)
    assert load_model("a.mix").feature_names_in_.tolist() == ["a", "b"]
    assert (load_model("a.mix").means_ == expected.means_).all()


def test_float32_stays_float32(run, flowers):
    np.save("single.npy", flowers[0].astype(np.float32))
    assert run("fit", "single.npy", "-k", 2, "-o", "a.mix").code == 0
    assert load_model("a.mix").means_.dtype == np.float32


@pytest.mark.parametrize("columns", ["width,length", "width"])
def test_a_picture_besides(run, columns):
    ran = run("fit", "flowers.csv", "-k", 2, "-o", "a.mix", "--columns", columns, "--plot", "a.png", "--json")
    assert ran.document["plot"] == "a.png"
    with open("a.png", "rb") as file:
        assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    assert not [name for name in os.listdir() if name.startswith(".")]


@pytest.mark.filterwarnings("default")
def test_no_convergence_has_a_code_of_its_own_and_the_model_is_there(run):
    ran = run("fit", "plain.csv", "-k", 4, "-o", "a.mix", "--tol", 0, "--max-iter", 1, "--json")
    assert ran.code == 4
    assert ran.document["outcome"] == "UNFINISHED"
    assert ran.err.startswith("mixtura: warning: Best performing initialization did not converge.")
    assert ran.err.count("\n") == 1
    assert load_model("a.mix").n_iter_ == 1


def test_a_start_that_was_asked_for_is_done(run):
    ran = run("fit", "plain.csv", "-k", 2, "-o", "a.mix", "--max-iter", 0)
    assert ran.code == 0
    assert "started after 0 iterations" in ran.out


@pytest.mark.filterwarnings("default")
def test_a_constant_column_is_told(run):
    with open("c.csv", "w") as file:
        file.write("a,b\n1,5\n2,5\n3,5\n4,5\n")
    ran = run("fit", "c.csv", "-k", 1, "-o", "a.mix")
    assert ran.code == 0
    assert "mixtura: warning: Got constant features (columns 1)" in ran.err


@pytest.mark.parametrize(
    ("code", "message", "arguments"),
    [
        (3, "got 'rose' in line 2, column 'kind'", ["flowers.csv", "-k", 2]),
        (3, "--columns, such as width,length.", ["flowers.csv", "-k", 2]),
        (3, "has no column 'height', expected one; its", ["plain.csv", "-k", 2, "--columns", "height"]),
        (3, "has no column 'heavy'", ["plain.csv", "-k", 2, "--weights", "heavy"]),
        (3, "cannot be both data and weights", ["plain.csv", "-k", 2, "--weights", "width", "--columns", "width"]),
        (3, "nowhere.csv: No such file or directory. Check the path.", ["nowhere.csv", "-k", 2]),
        (3, "expected one of .csv, .npy, .parquet", ["flowers.xlsx", "-k", 2]),
        (3, "n_samples = 60 (rows of weight 0 do not count). Use fewer components", ["plain.csv", "-k", 61]),
        (2, "'--components'", ["plain.csv", "-k", 0]),
        (2, "'covariance_type' parameter", ["nowhere.csv", "-k", 2, "--covariance", "round"]),
        (3, "Got covariance_type='V' for 2 features, expected one", ["plain.csv", "-k", 2, "--covariance", "V"]),
        (2, "Got 'lots', expected 'auto' or a number of at least 0", ["plain.csv", "-k", 2, "--reg-covar", "lots"]),
        (2, "'reg_covar' parameter", ["plain.csv", "-k", 2, "--reg-covar", "-1"]),
        (2, "'tol' parameter", ["plain.csv", "-k", 2, "--tol", "inf"]),
        (3, "expected one of .png, .svg, .pdf, .jpg", ["plain.csv", "-k", 2, "--plot", "a.gif"]),
        (3, "Name a file in a folder that exists", ["plain.csv", "-k", 2, "--plot", "nowhere/a.png"]),
    ],
)  # fmt: skip
def test_what_cannot_be_done_leaves_nothing(refuse, data, code, message, arguments):
    before = sorted(os.listdir(data))
    refuse(code, message, "fit", *arguments, "-o", "a.mix")
    assert sorted(os.listdir(data)) == before


def test_a_picture_of_nine_columns_is_refused_before_the_fit(refuse, data):
    np.save("nine.npy", np.zeros((2, 9)))
    message = "Got 9 columns, expected at most 8 for a picture. Fit on some of them with --columns"
    refuse(3, message, "fit", "nine.npy", "-k", 1, "-o", "a.mix", "--plot", "a.png")
    assert "a.mix" not in os.listdir(data)


def test_the_model_cannot_be_written(refuse):
    message = "Cannot write nowhere/a.mix: No such file or directory"
    refuse(3, message, "fit", "nowhere.csv", "-k", 2, "-o", "nowhere/a.mix")  # before the data is looked at


def test_noise(run, tmp_path):
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(size=(100, 2)), rng.uniform(-20, 20, size=(20, 2))])
    np.save(tmp_path / "wild.npy", X)
    ran = run("fit", "wild.npy", "-k", "1", "-o", "noisy.mix", "--noise", "auto", "--seed", "0")
    assert ran.code == 0
    assert "noise  0.1" in ran.out
    shares = run("predict", "noisy.mix", "wild.npy", "--proba", "--json").document
    assert shares["columns"] == ["component_0", "noise"]
    labels = run("predict", "noisy.mix", "wild.npy", "--json").document["values"]
    assert set(labels) == {-1, 0}
    document = run("fit", "wild.npy", "-k", "1", "-o", "b.mix", "--noise", "1600", "--seed", "0", "--json").document
    assert 0.1 < document["noise_share"] < 0.2
    ran = run("fit", "wild.npy", "-k", "1", "-o", "c.mix", "--noise", "loud")
    assert ran.code == 2
    assert "expected 'auto' or the volume of noise" in ran.err
