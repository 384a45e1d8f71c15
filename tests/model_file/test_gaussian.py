"""Files of Gaussian mixtures: words and arrays that make no sense are refused."""

import numpy as np
import pytest

from mixtura.model_file import ModelFileError, load_model


def refuse(path, message):
    with pytest.raises(ModelFileError, match=message):
        load_model(path)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda header: header.pop("kind"), "a header without the field 'kind'"),
        (lambda header: header.pop("written_by"), "a header without the field 'written_by'"),
        (lambda header: header.pop("dtype"), "the header with the fields"),
        (lambda header: header.update(note=""), "the header with the fields .*'note'"),
        (lambda header: header.update(kind="KMeans"), r"got kind 'KMeans', expected one of \['GaussianMixture', 'Fac"),
        (lambda header: header.update(dtype="float16"), "got dtype 'float16'"),
        (lambda header: header.update(covariance_type="round"), "covariance_type='round', expected one of: full, tied"),
        (lambda header: header.update(covariance_type="full"), r"covariances of shape \(2, 3\), expected \(2, 3, 3\)"),
        (lambda header: header.update(covariance_type=1), "'covariance_type' of type int in the header, expected str"),
        (lambda header: header.update(feature_names=["a"]), "got 1 feature names, expected 3"),
        (lambda header: header.update(feature_names=["a", "b", 3]), "feature names that are not all strings"),
        (lambda header: header.update(settings=[]), "'settings' of type list in the header, expected dict"),
        (lambda header: header["settings"].pop("tol"), "'settings' with the fields"),
        (lambda header: header["settings"].update(n_components=4), "'settings' with the fields"),
        (lambda header: header["settings"].update(max_iter=True), "'max_iter' of type bool"),
        (lambda header: header["settings"].update(tol=-1), "The 'tol' parameter"),
        (lambda header: header["settings"].update(init_params="guess"), "The 'init_params' parameter"),
        (lambda header: header["settings"].update(random_state=-1), "The 'random_state' parameter"),
        (lambda header: header["fit"].update(outcome="FINE"), "got outcome 'FINE', expected one of"),
        (lambda header: header["fit"].update(n_iter=-1), "got -1 iterations"),
        (lambda header: header["fit"].update(lower_bound="low"), "'lower_bound' of type str in 'fit'"),
    ],
)
def test_each_field_is_checked(tmp_path, parts, change, message):
    change(parts.header)
    refuse(parts.write(tmp_path / "a.mix"), message)


def poke(array, value, place=0):
    changed = np.array(array, dtype=float)
    changed.flat[place] = value
    return changed


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("weights", [0.5, 0.6], "that sum to 1.1"),
        ("weights", [-0.5, 1.5], "expected non-negative weights"),
        ("weights", [np.nan, 1.0], "NaN"),
        ("weights", [1.0], r"weights of shape \(1,\) and means of shape \(2, 3\)"),
        ("weights", [[0.5, 0.5]], r"weights of shape \(1, 2\)"),
        ("means", poke(np.zeros((2, 3)), np.inf), "NaN or infinity"),
        ("means", np.zeros(2), r"means of shape \(2,\)"),
        ("means", np.zeros((2, 2)), r"covariances of shape \(2, 3\), expected \(2, 2\)"),
        ("means", np.zeros((0, 3)), r"means of shape \(0, 3\)"),
        ("covariances", poke(np.ones((2, 3)), 0.0, 4), r"not positive \(component 1\)"),
        ("covariances", poke(np.ones((2, 3)), -1.0), r"not positive \(component 0\)"),
        ("covariances", poke(np.ones((2, 3)), np.nan), "not positive"),
        ("covariances", np.ones((2, 3, 3)), r"covariances of shape \(2, 3, 3\)"),
        ("lower_bounds", np.zeros((2, 1)), r"lower_bounds of shape \(2, 1\)"),
    ],
)
def test_each_array_is_checked(tmp_path, parts, name, array, message):
    parts.set_array(name, np.array(array, dtype=float))
    refuse(parts.write(tmp_path / "a.mix"), message)


@pytest.mark.parametrize(
    "matrix",
    [
        [[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]],  # indefinite
        [[1.0, 1.0, 0.0], [1.0, 1.0, 0.0], [0.0, 0.0, 1.0]],  # singular
        [[1.0, 0.5, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],  # not symmetric
        [[1.0, 0.0, 0.0], [0.0, np.nan, 0.0], [0.0, 0.0, 1.0]],
    ],
)
@pytest.mark.parametrize("family", ["full", "tied"])
def test_a_matrix_must_be_a_covariance(tmp_path, parts, matrix, family):
    parts.header["covariance_type"] = family
    parts.set_array("covariances", np.array(matrix if family == "tied" else [np.eye(3), matrix]))
    refuse(parts.write(tmp_path / "a.mix"), "not symmetric, positive-definite")
