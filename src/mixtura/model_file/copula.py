"""Copula: ``CopulaImageMixture`` in files."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

import mixtura
from mixtura.arrays import FloatArray
from mixtura.model_file.archive import ModelFileError
from mixtura.model_file.contract import Kind
from mixtura.model_file.images import check_shares, expect_shape, read_image_shape
from mixtura.model_file.record import Record
from mixtura.model_file.words import (
    COUNT,
    NUMBER,
    SEVERAL,
    Types,
    check_fields,
    read_labels,
    read_settings,
    whole_numbers,
    write_labels,
    write_settings,
)

if TYPE_CHECKING:
    from mixtura.images import CopulaImageMixture
    from mixtura.images.copula.contract import Density

__all__ = ["CopulaKind"]

_SETTINGS: dict[str, Types] = {
    "n_components": COUNT,
    "n_factors": COUNT,
    "scales": (*SEVERAL, type(None)),
    "shrinkage": (*NUMBER, str),
    "n_iter": COUNT,
    "n_jobs": COUNT,
    "random_state": COUNT,
}
_FIELDS: dict[str, Types] = {
    "settings": (dict,),
    "image_shape": (list,),
    "classes": (dict, type(None)),
    "shrinkage": (float, int),
}
_COMMON = ("order", "thresholds", "weights", "means")
_OWN = {"ClassDensity": ("factors", "scales"), "FactorDensity": ("loadings", "noise")}
"""What densities of each class hold beside what all hold; the parts of a file are called as they are."""


class CopulaKind(Kind):
    """The density of each class: its margins, and its shapes at their scales."""

    @property
    def model_class(self) -> type[Any]:
        return mixtura.images.CopulaImageMixture

    def take_apart(self, model: "CopulaImageMixture") -> Record:
        check_is_fitted(model)
        words = {
            "settings": write_settings(model, _SETTINGS),
            "image_shape": list(model.image_shape_),
            "classes": write_labels(model.classes_),
            "shrinkage": float(model.shrinkage_),
        }
        parts = {f"class{c}": _density_record(density) for c, density in enumerate(model.densities_)}
        return Record(self.model_class.__name__, words, {"class_weights": model.class_weights_}, parts)

    def put_together(self, record: Record) -> "CopulaImageMixture":
        words = record.words
        check_fields(words, _FIELDS, "the header of a CopulaImageMixture")
        settings = read_settings(words["settings"], _SETTINGS)
        if "scales" in settings:
            settings["scales"] = tuple(settings["scales"])  # as the default is; JSON knows no tuples
        n_classes = max(len(record.parts), 1)
        record.expect(["class_weights"], [f"class{c}" for c in range(n_classes)])
        check_shares(record.arrays["class_weights"], n_classes)
        densities = tuple(_read_density(part) for part in record.parts.values())
        n_pixels = len(densities[0].order)
        if any(len(density.order) != n_pixels for density in densities):
            raise ModelFileError("classes of unlike images", f"{n_pixels} pixels in each")
        model = mixtura.images.CopulaImageMixture(**settings)
        model.densities_, model.shrinkage_ = densities, float(words["shrinkage"])
        model.classes_ = read_labels(words["classes"], n_classes)
        model.class_weights_ = record.arrays["class_weights"]
        model.image_shape_ = read_image_shape(words["image_shape"], n_pixels)
        model.n_features_in_ = n_pixels
        return model


def _density_record(density: "Density") -> Record:
    kind = type(density).__name__
    arrays = {name: getattr(density, name) for name in ("weights", "means", *_OWN[kind])}
    order = density.order.astype(np.float64)
    return Record(kind, {}, {"order": order, "thresholds": density.margins.thresholds, **arrays})


def _read_density(record: Record) -> "Density":
    """Return the density of a class, once its arrays fit together and make a distribution."""
    from mixtura.images.copula.class_density import ClassDensity
    from mixtura.images.copula.factor_density import FactorDensity
    from mixtura.images.copula.margins import Margins

    if record.kind not in _OWN or record.words:
        raise ModelFileError(
            f"a part of kind {record.kind!r} with {sorted(record.words)}", f"one of {list(_OWN)} alone"
        )
    record.expect([*_COMMON, *_OWN[record.kind]])
    order = whole_numbers("order", record.arrays["order"])
    arrays = {name: array for name, array in record.arrays.items() if name != "order"}
    if order.ndim != 1 or (np.sort(order) != np.arange(order.size)).any():
        raise ModelFileError("an order that is none", "each pixel once")
    d = order.size
    thresholds, weights = arrays.pop("thresholds"), arrays["weights"]
    expect_shape("thresholds", thresholds, (d, 257))
    rising = not np.isnan(thresholds).any() and (thresholds[:, 1:] >= thresholds[:, :-1]).all()
    if not (rising and np.isneginf(thresholds[:, 0]).all() and np.isposinf(thresholds[:, -1]).all()):
        raise ModelFileError("thresholds that do not rise", "numbers that rise from minus to plus infinity")
    if weights.ndim != 2:
        raise ModelFileError(f"weights of shape {weights.shape}", "(K, J), of shapes and scales")
    expect_shape("means", arrays["means"], (len(weights), d))
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ModelFileError("a class with NaN or infinity", "finite numbers")
    if not ((weights > 0).all() and abs(weights.sum() - 1) < 1e-6):
        raise ModelFileError("weights that are not positive", "weights above 0 that sum to one")
    if record.kind == "FactorDensity":
        _check_analysers(arrays, d)
        return FactorDensity(order, Margins(thresholds), **arrays)
    _check_covariances(arrays, d)
    return ClassDensity(order, Margins(thresholds), **arrays)


def _check_covariances(arrays: Mapping[str, FloatArray], d: int) -> None:
    k, j = arrays["weights"].shape
    expect_shape("factors", arrays["factors"], (k, d, d))
    expect_shape("scales", arrays["scales"], (j,))
    if (arrays["scales"] <= 0).any():
        raise ModelFileError("scales that are not positive", "numbers above 0")
    diagonals = np.diagonal(arrays["factors"], axis1=1, axis2=2)
    if (diagonals <= 0).any() or any(np.triu(factor, 1).any() for factor in arrays["factors"]):
        raise ModelFileError("factors that are no roots of covariances", "lower triangular, positive on the diagonal")


def _check_analysers(arrays: Mapping[str, FloatArray], d: int) -> None:
    k = len(arrays["weights"])
    expect_shape("weights", arrays["weights"], (k, 1))
    expect_shape("noise", arrays["noise"], (k, d))
    if arrays["loadings"].ndim != 3:
        raise ModelFileError(f"loadings of shape {arrays['loadings'].shape}", "(K, Q, D)")
    expect_shape("loadings", arrays["loadings"], (k, arrays["loadings"].shape[1], d))
    if (arrays["noise"] < np.finfo(np.float64).tiny).any():
        raise ModelFileError("noise variances that are not positive", "numbers above 0")
