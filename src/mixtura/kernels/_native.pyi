"""What the compiled module offers; native/src/bindings.cpp says the rest."""

from mixtura.arrays import Array

def instruction_sets() -> list[str]: ...
def sweep(
    set: str,
    rows: Array,
    weights: Array | None,
    means: Array,
    whiteners: Array,
    log_scales: Array,
    dense: bool,
    shared: bool,
    need: int,
    centres: Array,
    counts: Array,
    first: Array,
    second: Array,
    log_likelihood: Array,
    weight: Array,
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
) -> None: ...
