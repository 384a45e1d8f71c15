"""What every structure owes: the tests walk the list."""

from itertools import product

import numpy as np
import pytest
from conftest import FAMILIES, random_mixture

from mixtura.engines.memory import Memory
from mixtura.families import find_family
from mixtura.forms import NotPositiveDefiniteError
from mixtura.mixture import Mixture
from mixtura.moments import Moments
from mixtura.needs import DIAGONAL, FULL, POOLED, TRACE
from mixtura.reference import MAXIMISATIONS, maximise
from mixtura.structures import STRUCTURES
from mixtura.structures.family import CODES

MCLUST = [name for name in FAMILIES if find_family(name).code in CODES]
every_family = pytest.mark.parametrize("name", FAMILIES)
FIRST = random_mixture(3, 3, "dense")


def moments_of(blobs, need, factor=1.0):
    X = blobs.X * factor
    n_components = blobs.shares.shape[1]
    return Memory(X, blobs.weights).gather(blobs.shares, need, np.stack([X.mean(axis=0)] * n_components))


KEPT = {
    FULL: lambda scatters: scatters,
    DIAGONAL: lambda scatters: np.diagonal(scatters, axis1=1, axis2=2),
    POOLED: lambda scatters: scatters.sum(axis=0),
    TRACE: lambda scatters: np.trace(scatters, axis1=1, axis2=2),
}


def narrowed(scatters, counts, need):
    """Moments about means with these scatters (K, D, D), as much of them as the need keeps."""
    nowhere = np.zeros(scatters.shape[:2])
    return Moments(need, nowhere, counts, nowhere, KEPT[need](scatters), np.zeros(()), counts.sum())


def matrices(form, n_components=3):
    return np.stack([form.matrix(k) for k in range(n_components)])


def best(name, scatters, counts, previous=FIRST):
    structure = STRUCTURES[name]
    return matrices(structure.update(narrowed(scatters, counts, structure.need), previous))


def expected_log_likelihood(scatters, counts, covariances):
    """Up to a constant: -½ Σ_k n_k log |Σ_k| + trace(Σ_k⁻¹ S_k)."""
    return -0.5 * sum(
        n * np.linalg.slogdet(c)[1] + np.trace(np.linalg.solve(c, s))
        for n, c, s in zip(counts, covariances, scatters, strict=True)
    )


def random_scatters(seed, k=3, d=3, apart=1.0):
    rng = np.random.default_rng(seed)
    roots = np.eye(d) + apart * rng.normal(size=(k, d, d))
    counts = rng.uniform(20, 200, size=k)
    return counts[:, None, None] * roots @ roots.transpose(0, 2, 1), counts


def test_the_table_and_the_oracle_know_the_same_families():
    assert set(STRUCTURES) == set(MAXIMISATIONS) == {*FAMILIES, *CODES}


def test_scikit_learns_names_are_codes():
    for name, code in {"full": "VVV", "tied": "EEE", "diag": "VVI", "spherical": "VII"}.items():
        assert STRUCTURES[name] is STRUCTURES[code]
    assert {find_family(name).code for name in MCLUST} == {code for code in CODES if len(code) == 3}


@every_family
def test_update_agrees_with_the_oracle(name, blobs):
    structure = STRUCTURES[name]
    form = structure.update(moments_of(blobs, structure.need), FIRST)
    _, _, covariances = maximise(blobs.X, blobs.shares, blobs.weights, name)
    majorised = name in ("EVE", "VVE")  # the oracle's short steps end where the likelihood no longer shows them
    np.testing.assert_allclose(matrices(form), covariances, rtol=1e-11, atol=1e-5 if majorised else 1e-11)


@every_family
def test_no_neighbour_in_the_family_is_better(name):
    """The optimality condition: the best for scatters nearby are the members nearby, and none of them gains."""
    scatters, counts = random_scatters(0)
    ours = best(name, scatters, counts)
    peak = expected_log_likelihood(scatters, counts, ours)
    for seed in range(20):
        other = best(name, scatters + 0.1 * random_scatters(seed + 1)[0], counts)
        assert expected_log_likelihood(scatters, counts, other) < peak
        assert not np.allclose(other, ours, rtol=1e-3)


@every_family
@pytest.mark.parametrize(("k", "d"), [(1, 3), (2, 2), (4, 5), (9, 5)])
def test_a_maximisation_never_falls_below_the_previous_member(name, k, d):
    structure = STRUCTURES[name]
    mixture = random_mixture(k, d, "dense")
    for seed in range(8):  # each begins where the last one ended
        scatters, counts = random_scatters(seed, k, d, apart=0.1 + seed / 4)
        moments = narrowed(scatters, counts, structure.need)
        form = structure.update(moments, mixture)
        if seed:
            before, after = (
                expected_log_likelihood(scatters, counts, matrices(f, k)) for f in (mixture.covariances, form)
            )
            assert after >= before - 1e-12 * abs(before)
        mixture = Mixture(moments.weights, moments.means, form)


def nested_pairs():
    order = {"I": 0, "E": 1, "V": 2}
    codes = [code for code in CODES if len(code) == 3]
    for small, large in product(codes, codes):
        if small != large and all(order[a] <= order[b] for a, b in zip(small, large, strict=True)):
            yield small, large


@pytest.mark.parametrize(("small", "large"), list(nested_pairs()))
def test_a_nested_family_never_beats_its_parent(small, large):
    for seed in range(5):
        scatters, counts = random_scatters(seed, apart=0.3 + seed / 5)
        low, high = (expected_log_likelihood(scatters, counts, best(name, scatters, counts)) for name in (small, large))
        assert low < high


def test_the_lattice_is_whole():
    """Of the letters of fourteen codes 61 pairs are nested; the simplest is below all, the freest above all."""
    pairs = set(nested_pairs())
    assert len(pairs) == 61
    assert sum(small == "EII" for small, _ in pairs) == sum(large == "VVV" for _, large in pairs) == 13


@pytest.mark.parametrize("name", MCLUST)
def test_members_have_what_their_family_says(name):
    family = find_family(name)
    covariances = best(name, *random_scatters(3))
    values, vectors = np.linalg.eigh(covariances)
    volumes = np.exp(np.log(values).mean(axis=1))
    assert np.allclose(volumes, volumes[0], rtol=1e-9) == (family.volume == "equal")
    shapes = values / volumes[:, None]
    axes = np.swapaxes(vectors, 1, 2) @ vectors[0]  # of each component in the first one's
    axes_alike = np.allclose(np.sort(np.abs(axes), axis=1)[:, -1], 1.0, atol=1e-8)
    spherical, aligned = np.allclose(shapes, 1.0), np.allclose(np.sort(np.abs(vectors), axis=1)[:, -1], 1.0)
    assert spherical == (family.shape == "identity")
    if not spherical:
        assert aligned == (family.orientation == "identity")
        assert axes_alike == (family.orientation != "varying")
        assert np.allclose(shapes, shapes[0]) == (family.shape == "equal")


@every_family
def test_the_number_of_parameters_is_the_dimension_of_the_family(name):
    """The rank of how the best members move with the scatters."""
    scatters, counts = random_scatters(1)
    columns = []
    for k, (i, j) in product(range(3), zip(*np.triu_indices(3), strict=True)):
        step = np.zeros_like(scatters)
        step[k, i, j] = step[k, j, i] = 1e-4 * scatters[k].max()
        columns.append((best(name, scatters + step, counts) - best(name, scatters - step, counts)).ravel())
    sizes = np.linalg.svd(np.array(columns), compute_uv=False)
    assert (sizes > 1e-5 * sizes[0]).sum() == STRUCTURES[name].n_parameters(3, 3)


# Of the linear maps, those that a family does not notice: any, those of each feature alone, or rotations.
LINEAR = ("tied", "full", "VEE", "EVV")
ALIGNED = (*LINEAR, "diag", "EEI", "VEI", "EVI")
TURNABLE = (*LINEAR, "EII", "spherical", "EVE", "VVE", "EEV", "VEV")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        *product(FAMILIES, ["unit"]),
        *product(LINEAR, ["any"]),
        *product(ALIGNED, ["features"]),
        *product(TURNABLE, ["rotation"]),
    ],
)
def test_update_is_equivariant(name, kind):
    rng = np.random.default_rng(0)
    maps = {
        "unit": 1e-6 * np.eye(3),
        "any": rng.normal(size=(3, 3)),
        "features": np.diag([1e-5, 1.0, 1e6]),
        "rotation": np.linalg.qr(rng.normal(size=(3, 3)))[0],
    }
    T = maps[kind]
    scatters, counts = random_scatters(2)
    once = best(name, scatters, counts)
    moved = best(name, T @ scatters @ T.T, counts)
    back = np.linalg.solve(T, np.linalg.solve(T, moved).transpose(0, 2, 1))
    np.testing.assert_allclose(back, once, rtol=1e-7, atol=1e-8)


@every_family
def test_public_shape_and_back(name, blobs):
    structure = STRUCTURES[name]
    form = structure.update(moments_of(blobs, structure.need), FIRST)
    published = structure.publish(form.stored)
    assert published.shape == structure.shape(3, 3)
    assert np.array_equal(structure.form(published, 3, 3).stored, form.stored)
    held = STRUCTURES[structure.holder]
    assert np.array_equal(matrices(held.form(held.publish(form.stored), 3, 3)), matrices(form))


@every_family
def test_a_component_without_rows_keeps_what_is_its_own(name):
    structure, family = STRUCTURES[name], find_family(name)
    scatters, counts = random_scatters(4)
    before = structure.update(narrowed(scatters, counts, structure.need), FIRST)
    scatters[1:], counts[1:] = 0.0, 0.0
    kept = matrices(before)
    after = best(name, scatters, counts, Mixture(np.full(3, 1 / 3), np.zeros((3, 3)), before))
    alone = best(name, np.stack([scatters[0]] * 3), np.full(3, counts[0]))[0]
    if family.volume == family.orientation == "varying" == family.shape or name in ("diag", "spherical"):
        np.testing.assert_array_equal(after[1:], kept[1:])
    np.testing.assert_allclose(after[0], alone, rtol=1e-7, atol=1e-9 * alone.max())
    if family.volume == "equal":
        np.testing.assert_allclose(np.linalg.det(after), np.linalg.det(after[0]), rtol=1e-9)


@every_family
def test_a_singular_maximiser_is_refused(name):
    structure = STRUCTURES[name]
    rows = np.ones((10, 3))
    moments = Memory(rows).gather(np.zeros(10, dtype=int), structure.need, np.zeros((1, 3)))
    with pytest.raises(NotPositiveDefiniteError):
        structure.update(moments, random_mixture(1, 3, "dense"))


@pytest.mark.parametrize("name", ["diag", "full", "EVI", "EVV", "EVE", "VVE", "VEI", "VEV", "VEE", "spherical"])
def test_a_component_without_volume_is_refused_by_its_number(name):
    """Where a volume or a shape is each component's own, one component on a point has none."""
    scatters, counts = random_scatters(5)
    scatters[1] = 0.0
    with pytest.raises(NotPositiveDefiniteError) as refused:
        best(name, scatters, counts)
    assert refused.value.component == 1


@pytest.mark.parametrize("name", ["tied", "EII", "EEI", "EEV"])
def test_a_common_volume_and_shape_survive_a_component_without_its_own(name):
    scatters, counts = random_scatters(5)
    scatters[1] = 0.0
    assert np.isfinite(best(name, scatters, counts)).all()
