"""Description: what there is to say of a fitted mixture, for machines and for people."""

import math
from pathlib import Path
from typing import Any

from mixtura.cli.output import print_columns

__all__ = ["describe", "print_description"]

_MOST_SHOWN = 5


def describe(model: Any, path: Path) -> dict[str, Any]:
    """Return all that a model file says, ready for JSON; of clusters and searches what lies below them too."""
    document: dict[str, Any] = {"model": str(path), "kind": type(model).__name__}
    if not hasattr(model, "mixture_"):
        return document | _describe_images(model)
    fitted = _below(model)
    for name in ("n_clusters_", "cluster_of_component_", "best_params_", "best_score_"):
        document |= {name.removesuffix("_"): getattr(model, name)} if hasattr(model, name) else {}
    document |= {
        "n_components": fitted.mixture_.n_components,
        "n_features": fitted.n_features_in_,
        "feature_names": getattr(model, "feature_names_in_", None),
    }
    if hasattr(fitted, "family_"):
        document["family"] = {"code": fitted.family_.code, "description": fitted.family_.description}
    document |= {
        "n_parameters": fitted.n_parameters_,
        "outcome": fitted.outcome_.name,
        "converged": fitted.converged_,
        "n_iter": fitted.n_iter_,
        "log_likelihood": fitted.lower_bound_,
        "noise_share": fitted.noise_share_,
    }
    return document | {name: value for name, value in fitted.to_parameters().items() if name not in ("noise", "dtype")}


def _below(model: Any) -> Any:
    """Return the mixture that clusters are made of, or the best of a search."""
    return _below(model.estimator_) if hasattr(model, "estimator_") else getattr(model, "best_estimator_", model)


def _describe_images(model: Any) -> dict[str, Any]:
    """Return what there is to say of a model of images."""
    names = ("image_shape_", "n_features_in_", "classes_", "class_weights_")
    return {name.removesuffix("_"): getattr(model, name) for name in names if hasattr(model, name)}


def print_description(model: Any, path: Path) -> None:
    """Print what matters of a model: its shape, how its fit went, and its components."""
    if not hasattr(model, "mixture_"):
        shown = [[name.replace("_", " "), str(value)] for name, value in _describe_images(model).items()]
        print(f"{path}: {type(model).__name__}, a model of images")
        print_columns(shown)
        return
    top, model = model, _below(model)
    mixture = model.mixture_
    if hasattr(model, "family_"):
        covariance = f"covariance {model.to_parameters()['covariance_type']!r}"
        words = f"{model.family_.code}: {model.family_.description}"
    else:
        covariance, words = _count(model.n_factors, "factor"), f"factor analysers with {model.noise} noise"
    print(
        f"{path}: {_count(mixture.n_components, 'component')} in {_count(mixture.n_features, 'dimension')}, "
        f"{covariance}, {_count(model.n_parameters_, 'free parameter')}\n{words}"
    )
    if hasattr(top, "n_clusters_"):
        members = "; ".join(",".join(map(str, group)) for group in top.merge_tree_.members(top.n_clusters_))
        print(f"joined to {_count(top.n_clusters_, 'cluster')}: components {members}")
    known = math.isfinite(model.lower_bound_)
    bound = f"; mean log-likelihood of the training rows {model.lower_bound_:.6g} nats" if known else ""
    print(f"{model.outcome_.name.lower()} after {_count(model.n_iter_, 'iteration')}{bound}\n")
    n_shown = min(mixture.n_features, _MOST_SHOWN)
    names = getattr(top, "feature_names_in_", [f"x{place}" for place in range(n_shown)])
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
