"""Gaussian: ``GaussianMixture`` in files."""

from typing import TYPE_CHECKING, Any

import numpy as np

import mixtura
from mixtura.model_file.contract import Kind
from mixtura.model_file.fitted import FITTED, read_dtype, rebuild, write_features, write_fit
from mixtura.model_file.record import Record
from mixtura.model_file.words import (
    BOOL,
    COUNT,
    NUMBER,
    TEXT,
    Types,
    check_fields,
    read_settings,
    write_settings,
)

if TYPE_CHECKING:
    from mixtura import GaussianMixture

__all__ = ["GaussianKind"]

_SETTINGS: dict[str, Types] = {
    "tol": NUMBER,
    "reg_covar": (*NUMBER, str),
    "max_iter": COUNT,
    "n_init": COUNT,
    "init_params": TEXT,
    "noise": (*NUMBER, str),
    "random_state": COUNT,
    "warm_start": BOOL,
}
_ARRAYS = ("weights", "means", "covariances", "lower_bounds")
_NOISE = {f"noise_{field}": field for field in ("share", "centre", "half_widths", "axes")}
"""Arrays of a noise component, which come after the others, and the fields that they hold."""


class GaussianKind(Kind):
    """Its exact parameters, its covariance type, and the settings that matter if it is fitted again."""

    @property
    def model_class(self) -> type[Any]:
        return mixtura.GaussianMixture

    def take_apart(self, model: "GaussianMixture") -> Record:
        parameters = model.to_parameters()
        model._validate_params()  # what is saved must load
        words = {
            "covariance_type": parameters["covariance_type"],
            "dtype": parameters["dtype"].name,
            "feature_names": write_features(model),
            "settings": write_settings(model, _SETTINGS),
            "fit": write_fit(model),
        }
        arrays = {name: parameters[name] for name in _ARRAYS[:3]}
        arrays["lower_bounds"] = np.array(model.lower_bounds_, dtype=np.float64)
        if "noise" in parameters:
            arrays |= {name: np.asarray(getattr(parameters["noise"], field)) for name, field in _NOISE.items()}
        return Record(self.model_class.__name__, words, arrays)

    def put_together(self, record: Record) -> "GaussianMixture":
        words = record.words
        arrays: dict[str, Any] = dict(record.arrays)
        check_fields(words, {"covariance_type": (str,), **FITTED}, "the header")
        record.expect((*_ARRAYS, *_NOISE) if any(name in arrays for name in _NOISE) else _ARRAYS)
        settings = read_settings({"noise": None} | words["settings"], _SETTINGS)  # once there was no noise
        lower_bounds = arrays.pop("lower_bounds")
        box: dict[str, Any] = {field: arrays.pop(name) for name, field in _NOISE.items() if name in arrays}

        def make() -> "GaussianMixture":
            noise: dict[str, Any] = (
                {"noise": mixtura.UniformNoise(**box | {"share": float(box["share"])})} if box else {}
            )
            return mixtura.GaussianMixture.from_parameters(
                **arrays, **noise, covariance_type=words["covariance_type"], dtype=read_dtype(words["dtype"])
            )

        mixture: GaussianMixture = rebuild(make, settings, words, lower_bounds)
        return mixture
