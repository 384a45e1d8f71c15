"""Description: what there is to say of a fitted mixture, for machines and for people."""

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mixtura.cli.output import print_columns

if TYPE_CHECKING:
    from mixtura import GaussianMixture

__all__ = ["describe", "print_description"]

_MOST_SHOWN = 5


def describe(model: "GaussianMixture", path: Path) -> dict[str, Any]:
    """Return all that a model file says, ready for JSON."""
    names = getattr(model, "feature_names_in_", None)
    parameters = model.to_parameters()
    return {
        "model": str(path),
        "n_components": len(parameters["weights"]),
        "n_features": model.n_features_in_,
        "feature_names": names,
        "covariance_type": parameters["covariance_type"],
        "family": {"code": model.family_.code, "description": model.family_.description},
        "n_parameters": model.n_parameters_,
        "outcome": model.outcome_.name,
        "converged": model.converged_,
        "n_iter": model.n_iter_,
        "log_likelihood": model.lower_bound_,
        "weights": parameters["weights"],
        "means": parameters["means"],
        "covariances": parameters["covariances"],
        "noise_share": model.noise_share_,
    }


def print_description(model: "GaussianMixture", path: Path) -> None:
    """Print what matters of a model: its shape, how its fit went, and its components."""
    mixture = model.mixture_
    print(
        f"{path}: {_count(mixture.n_components, 'component')} in {_count(mixture.n_features, 'dimension')}, "
        f"covariance {model.to_parameters()['covariance_type']!r}, {_count(model.n_parameters_, 'free parameter')}\n"
        f"{model.family_.code}: {model.family_.description}"
    )
    known = math.isfinite(model.lower_bound_)
    bound = f"; mean log-likelihood of the training rows {model.lower_bound_:.6g} nats" if known else ""
    print(f"{model.outcome_.name.lower()} after {_count(model.n_iter_, 'iteration')}{bound}\n")
    n_shown = min(mixture.n_features, _MOST_SHOWN)
    names = getattr(model, "feature_names_in_", [f"x{place}" for place in range(n_shown)])
    deviations = [mixture.covariances.matrix(k).diagonal() ** 0.5 for k in range(mixture.n_components)]
    rows = [["component", "weight", *(str(name) for name in names[:n_shown])]]
    for k, (mean, deviation) in enumerate(zip(mixture.means, deviations, strict=True)):
        cells = [f"{mean[place]:.4g} ± {deviation[place]:.3g}" for place in range(n_shown)]
        rows.append([str(k), f"{mixture.weights[k]:.4f}", *cells])
    print_columns(rows, right=range(1, 2 + n_shown))
    if mixture.noise is not None:
        print(f"\nnoise  {mixture.noise.share:.4f} of the rows, over a volume of {mixture.noise.volume:.4g}")
    print("\nEach cell is mean ± standard deviation.", end="")
    more = mixture.n_features - n_shown
    print(f" {_count(more, 'more feature')}: see --json." if more else "")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
