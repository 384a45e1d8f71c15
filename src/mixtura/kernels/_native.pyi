"""What the compiled module offers; native/src/bindings.cpp says the rest."""

import numpy as np
from numpy.typing import NDArray

from mixtura.arrays import Array

BoolArray = NDArray[np.bool_]

def instruction_sets() -> list[str]: ...
def suffices_in_floats(
    means: Array, variances: Array, whiteners: Array, log_scales: Array, dense: bool, shared: bool
) -> bool: ...
def sweep(
    set: str,
    rows: Array,
    weights: Array | None,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    dense: bool,
    shared: bool,
    narrow: bool,
    need: int,
    centres: Array,
    counts: Array,
    first: Array,
    second: Array,
    log_likelihood: Array,
    weight: Array,
    bounds: Array,
    n_threads: int,
    wanted: BoolArray | None,
) -> None: ...
def gather(
    set: str,
    rows: Array,
    weights: Array | None,
    labels: Array,
    need: int,
    centres: Array,
    counts: Array,
    first: Array,
    second: Array,
    log_likelihood: Array,
    weight: Array,
    wanted: BoolArray | None,
) -> None: ...
def assign(
    set: str,
    rows: Array,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    dense: bool,
    shared: bool,
    densities: Array,
    labels: Array,
    confidences: Array,
    wanted: BoolArray | None,
) -> None: ...
def responsibilities(
    set: str,
    rows: Array,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    dense: bool,
    shared: bool,
    out: Array,
    wanted: BoolArray | None,
) -> None: ...
def low_rank_sweep(
    set: str,
    rows: Array,
    weights: Array | None,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    centre: Array,
    leading: Array,
    lead_means: Array,
    lead_roots: Array,
    directions: Array,
    centres: Array,
    counts: Array,
    first: Array,
    second: Array,
    log_likelihood: Array,
    weight: Array,
    wanted: BoolArray | None,
) -> None: ...
def projected_gather(
    set: str,
    rows: Array,
    weights: Array | None,
    labels: Array,
    directions: Array,
    centres: Array,
    counts: Array,
    first: Array,
    second: Array,
    log_likelihood: Array,
    weight: Array,
    wanted: BoolArray | None,
) -> None: ...
def low_rank_assign(
    set: str,
    rows: Array,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    centre: Array,
    leading: Array,
    lead_means: Array,
    lead_roots: Array,
    densities: Array,
    labels: Array,
    confidences: Array,
    wanted: BoolArray | None,
) -> None: ...
def low_rank_responsibilities(
    set: str,
    rows: Array,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    centre: Array,
    leading: Array,
    lead_means: Array,
    lead_roots: Array,
    out: Array,
    wanted: BoolArray | None,
) -> None: ...
def factorise(matrices: Array, factors: Array, whiteners: Array, half_logs: Array) -> tuple[int, bool]: ...
def fit_volumes(shares: Array, within: Array, begin: Array, out: Array) -> bool: ...
def k_means(set: str, rows: Array, weights: Array, draws: Array, most: int, centres: Array, labels: Array) -> None: ...
def fit_ellipsoids(
    equal_volume: bool,
    equal_shape: bool,
    equal_orientation: bool,
    shares: Array,
    within: Array,
    before: Array,
    log_volumes: Array,
    out: Array,
) -> int: ...
def agglomerate(
    criterion: int, alpha: float, counts: Array, sizes: Array, means: Array, scatters: Array, pairs: Array
) -> None: ...
def ward(set: str, rows: Array, cells: int, labels: Array) -> None: ...
def centre(
    need: int, limit: float, counts: Array, first: Array, second: Array, shifts: Array, scatter: Array
) -> bool: ...
