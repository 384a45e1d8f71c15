"""Images: principal components and ``ImageMixture`` in files."""

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

import mixtura
from mixtura.arrays import FloatArray
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.fitted import restore_features, write_features
from mixtura.model_file.record import Record
from mixtura.model_file.words import (
    COUNT,
    NUMBER,
    TEXT,
    Types,
    check_fields,
    read_labels,
    read_settings,
    write_labels,
    write_settings,
)

if TYPE_CHECKING:
    from mixtura.images import ImageMixture, PrincipalComponents
    from mixtura.model_file.kinds import Kinds

__all__ = ["ImageKind", "PrincipalComponentsKind", "check_shares", "expect_shape", "read_image_shape"]

_BASIS_SETTINGS: dict[str, Types] = {"n_components": COUNT, "block_size": COUNT}
_BASIS_FIELDS: dict[str, Types] = {
    "feature_names": (list, type(None)),
    "settings": (dict,),
    "image_shape": (list, type(None)),
    "n_samples_seen": (int,),
}
_BASIS_ARRAYS = (
    "mean",
    "components",
    "singular_values",
    "explained_variance",
    "explained_variance_ratio",
    "residual_variance",
)
_SETTINGS: dict[str, Types] = {
    "n_basis": COUNT,
    "n_components": COUNT,
    "covariance_type": TEXT,
    "random_state": COUNT,
    "tol": NUMBER,
    "max_iter": COUNT,
    "reg_covar": (*NUMBER, str),
    "n_init": COUNT,
    "init_params": TEXT,
}
_FIELDS: dict[str, Types] = {"settings": (dict,), "image_shape": (list,), "classes": (dict, type(None))}


class PrincipalComponentsKind(Kind):
    """All that a fit found: mean, basis and variances."""

    @property
    def model_class(self) -> type[Any]:
        return mixtura.images.PrincipalComponents

    def take_apart(self, model: "PrincipalComponents") -> Record:
        check_is_fitted(model)
        words = {
            "feature_names": write_features(model),
            "settings": write_settings(model, _BASIS_SETTINGS),
            "image_shape": None if model.image_shape_ is None else list(model.image_shape_),
            "n_samples_seen": int(model.n_samples_seen_),
        }
        arrays = {name: np.asarray(getattr(model, f"{name}_"), dtype=np.float64) for name in _BASIS_ARRAYS}
        return Record(self.model_class.__name__, words, arrays)

    def put_together(self, record: Record) -> "PrincipalComponents":
        words, arrays = record.words, record.arrays
        check_fields(words, _BASIS_FIELDS, "the header of PrincipalComponents")
        record.expect(_BASIS_ARRAYS)
        basis = arrays["components"]
        if basis.ndim != 2 or not all(np.isfinite(array).all() for array in arrays.values()):
            raise ModelFileError("components that are no table of finite numbers", "shape (Q, D)")
        q, d = basis.shape
        expect_shape("mean", arrays["mean"], (d,))
        expect_shape("residual_variance", arrays["residual_variance"], ())
        for name in ("explained_variance", "explained_variance_ratio"):
            expect_shape(name, arrays[name], (q,))
        if arrays["singular_values"].ndim != 1:
            raise ModelFileError(f"singular_values of shape {arrays['singular_values'].shape}", "a row of them")
        if not np.allclose(basis @ basis.T, np.eye(q), atol=1e-6):
            raise ModelFileError("components that are not orthonormal", "orthonormal rows")
        model = mixtura.images.PrincipalComponents(**read_settings(words["settings"], _BASIS_SETTINGS))
        shape = words["image_shape"]
        model.image_shape_ = None if shape is None else read_image_shape(shape, d)
        model.n_samples_seen_ = words["n_samples_seen"]
        for name in _BASIS_ARRAYS[:-1]:
            setattr(model, f"{name}_", arrays[name])
        model.residual_variance_ = float(arrays["residual_variance"])
        restore_features(model, words["feature_names"], d)
        return model


class ImageKind(Kind):
    """The basis and the mixture of each class, each as a file of its own would keep it."""

    def __init__(self, kinds: "Kinds") -> None:
        self._kinds = kinds

    @property
    def model_class(self) -> type[Any]:
        return mixtura.images.ImageMixture

    def take_apart(self, model: "ImageMixture") -> Record:
        check_is_fitted(model)
        words = {
            "settings": write_settings(model, _SETTINGS),
            "image_shape": list(model.image_shape_),
            "classes": write_labels(model.classes_),
        }
        arrays = {
            "class_weights": model.class_weights_,
            "residual_variance": np.asarray(model.residual_variance_, dtype=np.float64),
        }
        parts = {"principal_components": self._kinds.take_apart(model.principal_components_)}
        parts |= {f"mixture{c}": self._kinds.take_apart(mixture) for c, mixture in enumerate(model.mixtures_)}
        return Record(self.model_class.__name__, words, arrays, parts)

    def put_together(self, record: Record) -> "ImageMixture":
        words, arrays = record.words, record.arrays
        check_fields(words, _FIELDS, "the header of an ImageMixture")
        settings = read_settings(words["settings"], _SETTINGS)
        n_classes = len(record.parts) - 1
        names = [f"mixture{c}" for c in range(n_classes)]
        record.expect(("class_weights", "residual_variance"), ["principal_components", *names])
        basis = self._kinds.put_together(record.parts["principal_components"], ["PrincipalComponents"])
        mixtures = tuple(self._kinds.put_together(record.parts[name], ["GaussianMixture"]) for name in names)
        check_shares(arrays["class_weights"], n_classes)
        expect_shape("residual_variance", arrays["residual_variance"], ())
        residual_variance = float(arrays["residual_variance"])
        q, d = basis.components_.shape
        if not (math.isfinite(residual_variance) and residual_variance >= 0 and (residual_variance or q == d)):
            raise ModelFileError(f"a residual variance of {residual_variance}", "one above 0")
        if {mixture.n_features_in_ for mixture in mixtures} != {q}:
            raise ModelFileError("mixtures of other coefficients", f"{q}, as there are components of the basis")
        model = mixtura.images.ImageMixture(**settings)
        model.principal_components_, model.mixtures_ = basis, mixtures
        model.residual_variance_ = residual_variance
        model.classes_ = read_labels(words["classes"], n_classes)
        model.class_weights_ = arrays["class_weights"]
        sizes = [len(mixture.weights_) for mixture in mixtures]
        model.component_labels_ = None if model.classes_ is None else np.repeat(model.classes_, sizes)
        model.component_weights_ = np.concatenate(
            [share * mixture.weights_ for share, mixture in zip(model.class_weights_, mixtures, strict=True)]
        )
        model.image_shape_ = read_image_shape(words["image_shape"], d)
        model.n_features_in_ = d
        return model


def read_image_shape(found: list[Any], n_pixels: int) -> tuple[int, ...]:
    """Return the height and width of images, and their channels if there are any."""
    if not all(type(size) is int and size > 0 for size in found) or len(found) not in (2, 3):
        raise ModelFileError(f"the image_shape {found!r}", "two or three numbers above 0")
    if math.prod(found) != n_pixels:
        raise ModelFileError(f"images of shape {found}", f"{n_pixels} pixels")
    return tuple(found)


def check_shares(shares: FloatArray, n_classes: int) -> None:
    """Raise where the weights of classes (C,) are no distribution."""
    expect_shape("class_weights", shares, (n_classes,))
    if not (np.isfinite(shares).all() and (shares > 0).all() and abs(shares.sum() - 1) < 1e-6):
        raise ModelFileError("weights of classes that are no distribution", "numbers above 0 that sum to one")


def expect_shape(name: str, array: FloatArray, shape: tuple[int, ...]) -> None:
    """Raise where an array has another shape."""
    if array.shape != shape:
        raise ModelFileError(f"{name} of shape {array.shape}", f"{shape}")
