# %% [markdown]
# # Gaussian mixtures, from two blobs to new images
#
# A Gaussian mixture says that every point was drawn in two steps: first choose one of $K$ components, component $k$
# with probability $w_k$; then draw from that component's Gaussian. The density of a point is therefore
#
# $$p(\boldsymbol{x}) = \sum_{k=1}^{K} w_k \, \mathcal{N}(\boldsymbol{x} \mid \boldsymbol{\mu}_k, \Sigma_k),
# \qquad w_k \ge 0, \quad \sum_{k=1}^{K} w_k = 1.$$
#
# Here you fit mixtures to points in the plane, see where they succeed and where k-means fails, and end with a mixture
# that draws pictures of clothes that nobody ever made.
#
# **How to work.** A cell with `# YOUR CODE HERE` is a blank: replace the `raise` line by your own. The cell after it
# checks what you wrote; if it stays silent, go on. Where it says *YOUR ANSWER HERE*, write a sentence or two.
#
# **What you need.** `pip install 'mixtura[notebooks]'`, and about one gigabyte of memory for the images. On two cores
# all cells together take about a minute.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import multivariate_normal
from sklearn.cluster import AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

from mixtura import GaussianMixture, MergedGaussianMixture
from mixtura.datasets import (
    DatasetNotFoundError,
    load_digits_images,
    load_fashion_mnist,
    mapped_blobs,
    two_blobs,
    two_moons,
)
from mixtura.images import ImageMixture, PrincipalComponents
from mixtura.plots import (
    plot_criterion,
    plot_decision_boundary,
    plot_gmm,
    plot_image_grid,
    plot_kmeans,
    plot_reconstructions,
    plot_responsibilities,
    plot_singular_values,
)

SEED = 1  # all that is random starts here: change it, and see which findings stay

# %% [markdown]
# ## Activity 1: two compact blobs
#
# `two_blobs` draws 250 points around $(-2, 0)$ and 250 around $(2, 0)$, all with a standard deviation of 0.25. A
# mixture of two components is fitted to them. It is told neither where the blobs are nor which point is from which.

# %%
X1, truth1 = two_blobs(sizes=(250, 250), centres=((-2, 0), (2, 0)), spreads=(0.25, 0.25), random_state=SEED)
gmm1 = GaussianMixture(n_components=2, random_state=SEED).fit(X1)

figure, ax = plt.subplots(figsize=(6, 4))
ax.scatter(X1[:, 0], X1[:, 1], s=15, color="0.3")
ax.set_aspect("equal")
plt.show()

# %% [markdown]
# **Before you look:** which weights, which means and which covariance matrices do you expect in `gmm1`? How close to
# them will the fit come, given that it has 250 points for each blob?

# %% [markdown] written="expectations" points=2
# **Answer.** Half of the points are in each blob, so both weights should be 0.5. The means should be $(-2, 0)$ and
# $(2, 0)$. Both covariances should be $0.25^2 = 0.0625$ on the diagonal and 0 off it: the blobs are round.
#
# No fit can be closer than its data. The mean of 250 points has a standard error of $0.25 / \sqrt{250} = 0.016$,
# their standard deviation one of about $0.25 / \sqrt{500} = 0.011$.

# %% [markdown]
# Now compare. The order of the components is arbitrary, so sort them from left to right. Make
#
# - `weights1`, shape (2,), and `means1`, shape (2, 2), from `gmm1.weights_` and `gmm1.means_`;
# - `deviations1`, shape (2, 2): the standard deviation of each component along both axes, from `gmm1.covariances_`.

# %% answer="two-blobs"
order = gmm1.means_[:, 0].argsort()  # left blob first
### BEGIN SOLUTION
weights1 = gmm1.weights_[order]
means1 = gmm1.means_[order]
deviations1 = np.sqrt(gmm1.covariances_[order].diagonal(axis1=1, axis2=2))
for name, found, expected in [
    ("weights", weights1, [0.5, 0.5]),
    ("means", means1, [[-2.0, 0.0], [2.0, 0.0]]),
    ("deviations", deviations1, [[0.25, 0.25], [0.25, 0.25]]),
]:
    print(f"{name}: {found.round(3).tolist()}, largest error {np.abs(found - expected).max():.3f}")
### END SOLUTION

# %% check="two-blobs" points=2
assert np.allclose(weights1, [0.5, 0.5], atol=0.02), "each blob has half of the points"
assert np.allclose(means1, [[-2, 0], [2, 0]], atol=0.1), "sort the means from left to right"
assert np.shape(deviations1) == (2, 2), "one row for each component, one column for each axis"
assert np.allclose(deviations1, 0.25, atol=0.05), "the diagonal of a covariance holds variances, not deviations"

# %% [markdown]
# ## Activity 2: a wide blob and a tight one
#
# Two blobs alike are an easy case. Now let them differ: 450 points around $(-2, 0)$ with a standard deviation of 1,
# and 50 points around $(2, 0)$ with one of 0.25. Draw them with `two_blobs` as `X2` and `truth2`, using
# `random_state=SEED`; then fit two components as `gmm2`.

# %% answer="wide-and-tight"
### BEGIN SOLUTION
X2, truth2 = two_blobs(sizes=(450, 50), centres=((-2, 0), (2, 0)), spreads=(1.0, 0.25), random_state=SEED)
gmm2 = GaussianMixture(n_components=2, random_state=SEED).fit(X2)
print("weights:", gmm2.weights_.round(3))
print("points put with the other blob:", min(np.sum(gmm2.predict(X2) == truth2), np.sum(gmm2.predict(X2) != truth2)))
### END SOLUTION

# %% check="wide-and-tight" points=2
assert X2.shape == (500, 2), "450 points and 50"
assert np.allclose(np.sort(gmm2.weights_), [0.1, 0.9], atol=0.03), "the weights are the shares of the blobs"
assert adjusted_rand_score(truth2, gmm2.predict(X2)) > 0.9, "fit two components to X2"

# %%
plot_gmm(gmm2, X2)
plt.show()

# %% [markdown]
# The colours come from `gmm2.predict`, which gives each point to its most probable component. **Some points of the
# wide blob lie close to the tight one. Which of the two gets them, and why?**

# %% [markdown] written="hard-assignment" points=1
# **Answer.** The tight one, if they lie within a few of its standard deviations: its density there is far higher,
# although its weight is only a tenth. `predict` compares $w_k \mathcal{N}(\boldsymbol{x} \mid \boldsymbol{\mu}_k,
# \Sigma_k)$, not distances to the means, and it hides that such a point is doubtful. The next activity looks at the
# doubt itself.

# %% [markdown]
# ## Activity 3: who answers for which place?
#
# How far component $k$ is responsible for a place $\boldsymbol{x}$ is the probability that a point there came from
# it:
#
# $$\gamma_k(\boldsymbol{x}) = \frac{w_k \, \mathcal{N}(\boldsymbol{x} \mid \boldsymbol{\mu}_k, \Sigma_k)}
# {\sum_{j} w_j \, \mathcal{N}(\boldsymbol{x} \mid \boldsymbol{\mu}_j, \Sigma_j)}.$$
#
# Write this down as a function. Work with logarithms (`multivariate_normal(...).logpdf`), and subtract the largest of
# a row before you take the exponential: far from both means the densities themselves are too small for a float, and
# 0 / 0 is no answer.


# %% answer="responsibilities"
def responsibilities(gmm, X):
    """Return the responsibility (n, K) of each component for each row of X (n, 2)."""
    ### BEGIN SOLUTION
    joint = np.stack(
        [
            np.log(weight) + multivariate_normal(mean, covariance).logpdf(X)
            for weight, mean, covariance in zip(gmm.weights_, gmm.means_, gmm.covariances_, strict=True)
        ],
        axis=1,
    )  # (n, K)
    shares = np.exp(joint - joint.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)
    ### END SOLUTION


side = np.linspace(-6, 6, 200)
plane = np.stack(np.meshgrid(side, side), axis=-1).reshape(-1, 2)  # (40000, 2): all of [-6, 6] x [-6, 6]
on_plane = responsibilities(gmm2, plane)  # (40000, 2)

# %% check="responsibilities" points=2
assert on_plane.shape == (40000, 2), "one row for each place, one column for each component"
assert np.allclose(on_plane.sum(axis=1), 1), "one of the components it must have been"
assert np.allclose(on_plane, gmm2.predict_proba(plane)), "predict_proba does the same"
assert np.isfinite(responsibilities(gmm2, np.array([[1000.0, 0.0], [0.0, -1000.0]]))).all(), "stay in logarithms"

# %%
wide, tight = gmm2.weights_.argsort()[::-1]
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="tight")
plot_responsibilities(gmm2, component=tight, X=X2, extent=(-6, 6, -6, 6), ax=left)
plot_decision_boundary(gmm2, X2, extent=(-6, 6, -6, 6), ax=right)
plt.show()

# %% [markdown]
# The boundary is a closed curve around the tight blob. So what happens far away, even to the right, where the tight
# blob's mean is nearer? Make `share_of_wide`, shape (360,): the responsibility of the wide component on a circle of
# radius 50 around the origin, one place for each degree.

# %% answer="far-away"
### BEGIN SOLUTION
angles = np.deg2rad(np.arange(360))
circle = 50 * np.column_stack([np.cos(angles), np.sin(angles)])
share_of_wide = responsibilities(gmm2, circle)[:, wide]
print(f"the wide component's share, at 50 from the origin: {share_of_wide.min():.6f} or more")
### END SOLUTION

# %% check="far-away" points=1
assert np.shape(share_of_wide) == (360,), "one place for each degree"
assert np.all(share_of_wide > 0.999), "far away the answer is the same in every direction"

# %% [markdown]
# **Explain it.** Would a larger weight of the tight component change it? And a point that far out belongs to the wide
# component almost surely: does that make it a likely point?

# %% [markdown] written="far-away-why" points=2
# **Answer.** The logarithm of a Gaussian density falls with the squared distance, divided by the variance. The wide
# component has the larger variance in every direction, so its density falls more slowly in every direction, and far
# enough out it is the larger one, however small. A weight only adds a constant to the logarithm: it moves the
# boundary, but the squared distance wins in the end. The place where the two are equal is where one quadratic equals
# another: here an ellipse.
#
# It is not a likely point at all. Responsibilities compare the components with one another and say nothing of how
# probable a place is under any of them; that is what the density, `score_samples`, is for.

# %% [markdown]
# ## Activity 4: blobs of any shape
#
# Draw three round blobs, then send each through a random linear map of its own. A linear map makes an ellipse of a
# circle, and of a Gaussian another Gaussian.

# %%
before, X3, truth3 = mapped_blobs(n_blobs=3, n_per_blob=100, random_state=SEED)

figure, panels = plt.subplots(1, 2, figsize=(12, 5), layout="tight")
for ax, points, title in zip(panels, [before, X3], ["before the maps", "after: X3"], strict=True):
    ax.scatter(points[:, 0], points[:, 1], s=15, color="0.3")
    ax.set(title=title, aspect="equal")
plt.show()

# %% [markdown]
# Fit three components to `X3` as `gmm3`, from five starts (`n_init=5`). Cluster the same points with scikit-learn's
# `KMeans`. Then score both against the truth with `adjusted_rand_score`, which is 1 for the right groups under any
# names and 0 on average for groups made by chance: `score_mixture` and `score_kmeans`.

# %% answer="mapped-blobs"
### BEGIN SOLUTION
gmm3 = GaussianMixture(n_components=3, n_init=5, random_state=SEED).fit(X3)
kmeans3 = KMeans(n_clusters=3, n_init=10, random_state=SEED).fit(X3)
score_mixture = adjusted_rand_score(truth3, gmm3.predict(X3))
score_kmeans = adjusted_rand_score(truth3, kmeans3.labels_)
print(f"mixture {score_mixture:.3f}, k-means {score_kmeans:.3f}")
### END SOLUTION

# %% check="mapped-blobs" points=2
assert gmm3.n_components == 3, "three blobs, three components"
assert score_mixture > 0.95, "compare gmm3.predict(X3) with truth3"
assert score_kmeans <= score_mixture, "compare the labels of k-means with truth3"

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="tight")
plot_gmm(gmm3, X3, ax=left)
plot_kmeans(X3, n_clusters=3, ax=right)
plt.show()

# %% [markdown]
# **What does k-means get wrong, and why?** Change `SEED` and run this activity again: when do both do well?

# %% [markdown] written="kmeans" points=1
# **Answer.** K-means knows distances to means and nothing else: its clusters are as round and as wide as each other,
# whatever the points look like. So it cuts an elongated blob where another mean is nearer, and gives its end away. A
# mixture with full covariances learns the shape of each blob. Where the blobs lie far apart compared with their
# length, no end is nearer to a foreign mean, and both find the truth.

# %% [markdown]
# ## Activity 5: two moons
#
# No Gaussian looks like an arc. But several Gaussians, one after the other, may.

# %%
X4, truth4 = two_moons(n_samples=200, noise=0.05, random_state=SEED)
plot_gmm(GaussianMixture(n_components=2, random_state=SEED).fit(X4), X4)
plt.show()

# %% [markdown]
# Two components cut across both arcs. How many should there be? The likelihood of the training points cannot tell:
# more components can always follow them more closely. A criterion takes off a penalty for every free parameter. Fit 1
# to 12 components, with `n_init=5` and `random_state=SEED`, keep the fitted mixtures in the list `candidates`, and
# collect `bic(X4)`, `aic(X4)` and `icl(X4)` of each in `criteria`, a dictionary of three lists named `"BIC"`, `"AIC"`
# and `"ICL"`. All are smaller for a better model. (Some books and R's `mclust` turn the sign around: read the axis
# first.)

# %% answer="criteria"
counts = range(1, 13)
### BEGIN SOLUTION
candidates = [GaussianMixture(n_components=k, n_init=5, random_state=SEED).fit(X4) for k in counts]
criteria = {
    "BIC": [gmm.bic(X4) for gmm in candidates],
    "AIC": [gmm.aic(X4) for gmm in candidates],
    "ICL": [gmm.icl(X4) for gmm in candidates],
}
### END SOLUTION
plot_criterion(counts, criteria)
plt.show()

# %% check="criteria" points=2
assert [gmm.n_components for gmm in candidates] == list(counts), "one mixture for each number of components"
assert {name: len(values) for name, values in criteria.items()} == {"BIC": 12, "AIC": 12, "ICL": 12}
assert np.argmin(criteria["BIC"]) + 1 > 3, "an arc needs several components"
assert all(icl >= bic for icl, bic in zip(criteria["ICL"], criteria["BIC"], strict=True)), "ICL adds to BIC"

# %% [markdown]
# Take the mixture that BIC prefers. Its components are pieces of arcs; which of them make one arc? Neighbours on an
# arc share points that neither is sure of. With responsibilities $\gamma_{nk}$, measure how much two components share
# by
#
# $$s_{ij} = \frac{\sum_n \gamma_{ni} \gamma_{nj}}{\sqrt{\sum_n \gamma_{ni}^2 \, \sum_n \gamma_{nj}^2}},$$
#
# which is 1 for two that always agree and 0 for two that never meet. Then join components that share most, step by
# step, until two groups are left: `AgglomerativeClustering(2, metric="precomputed", linkage="single")` does so with
# $1 - s_{ij}$ as distance.


# %% answer="arcs"
def group_components(gmm, X, n_groups=2):
    """Return the group (K,) of each component, from how far they share the rows of X (n, 2)."""
    ### BEGIN SOLUTION
    gamma = gmm.predict_proba(X)  # (n, K)
    products = gamma.T @ gamma  # (K, K)
    lengths = np.sqrt(products.diagonal())  # (K,)
    apart = 1 - products / np.outer(lengths, lengths)  # (K, K)
    return AgglomerativeClustering(n_groups, metric="precomputed", linkage="single").fit_predict(apart)
    ### END SOLUTION


best = candidates[int(np.argmin(criteria["BIC"]))]
arc_of_component = group_components(best, X4)  # (K,)
arcs = arc_of_component[best.predict(X4)]  # (200,)

# %% check="arcs" points=2
assert arc_of_component.shape == (best.n_components,), "one group for each component"
assert len(set(arcs)) == 2, "two groups"
assert adjusted_rand_score(truth4, arcs) > 0.95, "the groups are the arcs"

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(12, 5), layout="tight")
plot_gmm(best, X4, ax=left)
right.scatter(X4[:, 0], X4[:, 1], s=25, c=np.array(["C0", "C1"])[arcs], edgecolor="black")
right.set(title=f"{best.n_components} components in two groups", aspect="equal")
plt.show()

# %% [markdown]
# **Try it with every entry of `candidates`.** From how many components on are the arcs found? Is "the number of
# components" the same as "the number of clusters"?

# %% answer="arcs-by-count"
### BEGIN SOLUTION
score_by_count = {
    gmm.n_components: adjusted_rand_score(truth4, group_components(gmm, X4)[gmm.predict(X4)]) for gmm in candidates[1:]
}
for k, score in score_by_count.items():
    print(f"{k:2d} components: {score:.2f}")
### END SOLUTION

# %% [markdown] written="components-and-clusters" points=1
# **Answer.** The cell above prints the answer for these points. Where a component reaches from one arc into the
# other, no grouping can be right; once each lies on one arc and meets its neighbours there, the groups are right, and
# more components change nothing. So a component is a piece of a density and need not be a cluster. BIC asks how many
# pieces describe the density, ICL charges for pieces that overlap, and neither knows that there are two arcs: so far
# that came from us.

# %% [markdown]
# Must it? Pieces of one arc overlap, pieces of different arcs hardly do. `MergedGaussianMixture` joins components step
# by step as you did, each time the two whose union lowers the entropy of the responsibilities most, and looks at the
# overlaps for the step where joining should stop.

# %%
merged = MergedGaussianMixture(estimator=best).fit(X4)
print(f"{merged.n_clusters_} clusters; adjusted Rand index {adjusted_rand_score(truth4, merged.labels_):.2f}")

# %% [markdown]
# ## Images
#
# An image of 28 by 28 grey pixels is a point in 784 dimensions. So one can fit a mixture to images, and then draw new
# ones from it. Fashion-MNIST has 60,000 of them to learn from and 10,000 to test with: clothes, in ten classes.

# %%
DATASET = os.environ.get("MIXTURA_NOTEBOOK_DATASET", "fashion-mnist")  # or "digits": tiny, and always at hand
try:
    load = {"fashion-mnist": load_fashion_mnist, "digits": load_digits_images}[DATASET]
    train, test = load("train"), load("test")
except DatasetNotFoundError as error:
    print(f"{error}\n\nSo the rest of this notebook works on digits of 8 by 8 pixels instead.")
    train, test = load_digits_images("train"), load_digits_images("test")

IS_FASHION = train.name == "Fashion-MNIST"
N_BASIS, N_COMPONENTS = (100, 25) if IS_FASHION else (20, 3)  # few images bear few parameters
print(train.source)
print("images", train.images.shape, train.images.dtype, "labels", train.labels.shape)

# %%
plot_image_grid(train.images[:20], titles=[train.class_names[label] for label in train.labels[:20]], n_columns=10)
plt.show()

# %% [markdown]
# Begin with one class. `images` and `unseen` are intensities from 0 to 1; the mixture will never see `unseen`.

# %%
CLASS = 2
one_class, one_class_test = train.only(CLASS), test.only(CLASS)
images, unseen = one_class.images / 255, one_class_test.images / 255
n, height, width = images.shape
print(f"class {CLASS}, {train.class_names[CLASS]}: {n} images, and {len(unseen)} unseen")

# %% [markdown]
# ### Fewer numbers for an image
#
# A full covariance in 784 dimensions has 307,720 free entries, for each component. But neighbouring pixels are nearly
# equal, so far fewer numbers say almost as much. Subtract the mean image $\boldsymbol{m}$, write each image as a row,
# and take the singular value decomposition of these rows:
#
# $$X = U \, S \, V^\top.$$
#
# The rows of $V^\top$ are the *basis vectors*, themselves images, orthogonal and of length one. Row $i$ of $U S$
# holds the *coefficients* of image $i$: how much of each basis vector it contains. This is principal component
# analysis.
#
# Make `mean_image`, shape (height, width), and `U`, `S`, `Vt` with `np.linalg.svd(..., full_matrices=False)`. **Which
# shapes do you expect?**

# %% answer="svd"
### BEGIN SOLUTION
mean_image = images.mean(axis=0)  # (height, width)
rows = (images - mean_image).reshape(n, -1)  # (n, D)
U, S, Vt = np.linalg.svd(rows, full_matrices=False)
print("U", U.shape, "S", S.shape, "Vt", Vt.shape)
### END SOLUTION

# %% check="svd" points=2
D = height * width
assert mean_image.shape == (height, width), "the mean over images, for each pixel"
assert U.shape == (n, min(n, D)), "a row for each image"
assert S.shape == (min(n, D),), "a singular value for each basis vector"
assert Vt.shape == (min(n, D), D), "a row for each basis vector"
assert np.allclose(Vt @ Vt.T, np.eye(min(n, D))), "basis vectors are orthogonal and of length one"
assert np.allclose((U * S) @ Vt, (images - mean_image).reshape(n, -1)), "the product gives the rows back"

# %% [markdown]
# `PrincipalComponents` finds the same in one pass over the images, without ever holding $U$. So it serves for all
# 60,000 as well. (The sign of a basis vector is arbitrary.) Its singular values show how much each vector
# contributes, and `suggest()` proposes where to stop by several rules. Below the curve: the mean image, and the first
# vectors as images.

# %%
basis = PrincipalComponents(n_components=min(n, D) - 1).fit(images)
assert np.allclose(basis.singular_values_, S)
print(basis.suggest())
plot_singular_values(basis.singular_values_, cuts=basis.suggest().cuts())
plt.show()
plot_image_grid(mean_image[np.newaxis], titles=["mean"])
plot_image_grid(Vt[:10].reshape(-1, height, width), titles=range(1, 11), n_columns=10)
plt.show()

# %% [markdown]
# **How many would you keep?** The rules disagree. What does each of them care for?

# %% [markdown] written="how-many-vectors" points=1
# **Answer.** The knee is where the curve of singular values turns from steep to flat: it is for the eye. The shares
# of the variance say how much squared error one is ready to accept. Gavish and Donoho's rule looks for what stands
# out of white noise; images have hardly any, so it keeps what the eye would not miss. There is no right number: it is
# a trade between the size of the code and what is lost. The pictures below help to choose.

# %% [markdown]
# ### There and back
#
# Write `reconstruct(pictures, q)`: project images (n, height, width) on the first `q` basis vectors, and make images
# of the coefficients again. Because the rows of $V^\top$ are orthonormal, an image $\boldsymbol{x}$ that the
# decomposition never saw needs no matrix inverse: its coefficients are
# $\boldsymbol{z} = V^\top (\boldsymbol{x} - \boldsymbol{m})$, and the way back is
# $\boldsymbol{m} + V \boldsymbol{z}$.


# %% answer="reconstruct"
def reconstruct(pictures, q):
    """Return what is left of images (n, height, width) on the first q basis vectors, in the same shape."""
    ### BEGIN SOLUTION
    coefficients = (pictures - mean_image).reshape(len(pictures), -1) @ Vt[:q].T  # (n, q)
    return mean_image + (coefficients @ Vt[:q]).reshape(pictures.shape)
    ### END SOLUTION


steps = [q for q in (1, 5, 20, 50, 100, 200, 400) if q < min(n, D)]
versions = {q: reconstruct(unseen[:3], q) for q in steps}
plot_reconstructions(versions, unseen[:3])
plt.show()

# %% check="reconstruct" points=2
assert np.allclose(versions[steps[2]], basis.reconstruct(unseen[:3], steps[2])), "PrincipalComponents does the same"
assert np.allclose(reconstruct(images[:3], min(n, D)), images[:3]), "with the whole basis nothing of these is lost"
assert np.allclose(reconstruct(unseen[:3], 0), mean_image), "with none of it all become the mean image"

# %% [markdown]
# Those images were unseen. Is more lost of them than of the images that the basis was made from, and if so, from how
# many vectors on? Fill `error_seen` and `error_unseen`, one entry for each of `steps`: the root of the mean squared
# error of a pixel. Use the first 500 of `images`.

# %% answer="compression"
### BEGIN SOLUTION
error_seen = [np.sqrt(np.mean((reconstruct(images[:500], q) - images[:500]) ** 2)) for q in steps]
error_unseen = [np.sqrt(np.mean((reconstruct(unseen, q) - unseen) ** 2)) for q in steps]
for q, seen, new in zip(steps, error_seen, error_unseen, strict=True):
    print(f"{q:4d} vectors: {D / q:6.1f} times fewer numbers, error {seen:.4f} seen, {new:.4f} unseen")
### END SOLUTION

# %% check="compression" points=2
assert len(error_seen) == len(error_unseen) == len(steps), "one entry for each of steps"
assert np.all(np.diff(error_unseen) < 0), "more vectors never lose more"
assert error_unseen[-1] > error_seen[-1], "the basis was made for the images it saw"

# %% [markdown]
# ### A mixture of images
#
# Now fit a mixture with full covariances to the first `N_BASIS` coefficients: these are the numbers that a mixture
# can learn from. Encode `images` as `Z`, shape (n, N_BASIS); then fit `N_COMPONENTS` components as `gmm_images`, with
# `random_state=SEED`.

# %% answer="image-mixture"
### BEGIN SOLUTION
Z = (images - mean_image).reshape(n, -1) @ Vt[:N_BASIS].T  # (n, N_BASIS)
gmm_images = GaussianMixture(n_components=N_COMPONENTS, random_state=SEED).fit(Z)
print(gmm_images.n_iter_, "iterations,", gmm_images.n_parameters_, "parameters, for", n, "images")
### END SOLUTION

# %% check="image-mixture" points=1
assert Z.shape == (n, N_BASIS), "one row for each image"
assert np.allclose(Z.var(axis=0), S[:N_BASIS] ** 2 / n), (
    "the variance of a coefficient is its squared singular value / n"
)
assert gmm_images.means_.shape == (N_COMPONENTS, N_BASIS), "fit to Z"

# %% [markdown]
# A mean is a point among the coefficients, so it is an image too.


# %%
def decode(coefficients):
    """Make images (n, height, width), within [0, 1], of coefficients (n, N_BASIS)."""
    return np.clip(mean_image + (coefficients @ Vt[:N_BASIS]).reshape(-1, height, width), 0, 1)


heaviest_first = gmm_images.weights_.argsort()[::-1]
titles = [f"{weight:.0%}" for weight in gmm_images.weights_[heaviest_first]]
plot_image_grid(decode(gmm_images.means_[heaviest_first]), titles=titles)
plt.show()

# %% [markdown]
# **A trap.** One could fit the mixture to the columns of $U$ instead, without the factor $S$. What is the variance of
# such a column? Many programs add a fixed number such as $10^{-6}$ to every variance, to keep covariances from
# collapsing. What does that do to a fit on $U$ with 6,000 images, and with a million?

# %% [markdown] written="left-singular-vectors" points=2
# **Answer.** The columns of $U$ have length one over $n$ rows (and mean zero), so their variance is $1/n$. To that,
# $10^{-6}$ adds the share $10^{-6} n$: 0.6 per cent for 6,000 images, 6 per cent for 60,000, and as much again as the
# variance itself for a million: the more data, the worse the fit. Within one component, whose variance is smaller,
# the share is larger still. The coefficients $U S$ keep the unit of the images, and `reg_covar="auto"` goes by the
# data's own variance, so neither depends on how many there are.

# %% [markdown]
# ### New images
#
# To draw from a Gaussian, factor its covariance as $\Sigma = L L^\top$ (Cholesky) and take $\boldsymbol{z} =
# \boldsymbol{\mu} + L \boldsymbol{\epsilon}$, where the entries of $\boldsymbol{\epsilon}$ are independent standard
# normal numbers: $L$ does what $\sigma$ does in one dimension. To draw from a mixture, choose a component first.
# Write `draw(gmm, size, rng)`, where `rng` is NumPy's generator: `rng.choice` and `rng.standard_normal` will do.


# %% answer="draw"
def draw(gmm, size, rng):
    """Draw rows (size, D) from a mixture with full covariances."""
    ### BEGIN SOLUTION
    chosen = rng.choice(len(gmm.weights_), size=size, p=gmm.weights_)  # (size,)
    noise = rng.standard_normal((size, gmm.means_.shape[1]))  # (size, D)
    roots = np.linalg.cholesky(gmm.covariances_)  # (K, D, D)
    drawn = gmm.means_[chosen]  # (size, D)
    for k, root in enumerate(roots):
        drawn[chosen == k] += noise[chosen == k] @ root.T  # as rows: (L e)' = e' L'
    return drawn
    ### END SOLUTION


new_images = decode(draw(gmm_images, 25, np.random.default_rng(SEED)))
plot_image_grid(new_images)
plt.show()

# %% check="draw" points=3
many = draw(gmm3, 100_000, np.random.default_rng(0))
assert many.shape == (100_000, 2), "one row for each draw"
mean3 = gmm3.weights_ @ gmm3.means_
spread3 = sum(w * (c + np.outer(m, m)) for w, m, c in zip(gmm3.weights_, gmm3.means_, gmm3.covariances_, strict=True))
assert np.allclose(many.mean(axis=0), mean3, atol=0.05), "choose each component as often as its weight says"
error3 = np.abs(np.cov(many.T) - spread3 + np.outer(mean3, mean3)).max()
assert error3 < 0.02 * np.trace(spread3), "as rows: noise @ L.T, not noise @ L"
assert new_images.shape == (25, height, width)

# %% [markdown]
# **Noise in rows.** Someone writes `noise @ L` in place of `noise @ L.T`. Which covariance do these draws have? Would
# you see it in the images?

# %% [markdown] written="cholesky" points=1
# **Answer.** A row $\boldsymbol{\epsilon}^\top L$ has the covariance $L^\top L$, where $L L^\top$ was wanted. Both
# have the same eigenvalues, so the draws are spread exactly as widely, but along other directions. In a picture one
# sees worse images, and no error: only a test of the moments, as above, finds it.

# %% [markdown]
# `ImageMixture` puts basis, mixture and drawing together. It is also a proper density of whole images, because it
# knows how much the basis leaves out; so models can be compared by how probable they find *unseen* images.
# `bits_per_dim` says how many bits a pixel costs under the model: 8 without any model, and less is better.

# %%
generator = ImageMixture(n_basis=N_BASIS, n_components=N_COMPONENTS, random_state=SEED).fit(one_class.images)
print(f"unseen images: {generator.bits_per_dim(one_class_test.images, random_state=SEED):.3f} bits for a pixel")
plot_image_grid(generator.sample(25, random_state=SEED))
plt.show()

# %% [markdown]
# ## Activity 6: more or fewer
#
# What do more basis vectors do to the images, and what do more components? Fill `bits`: for each of `basis_sizes`, a
# list with the bits per pixel of `one_class_test.images` for each of `component_counts`. Use `random_state=SEED`
# throughout.

# %% answer="sizes"
basis_sizes, component_counts = ((10, 40, 100), (1, 3, 10, 25)) if IS_FASHION else ((5, 10, 20), (1, 2, 3, 5))
### BEGIN SOLUTION
models = {
    (q, k): ImageMixture(n_basis=q, n_components=k, random_state=SEED).fit(one_class.images)
    for q in basis_sizes
    for k in component_counts
}
bits = {
    q: [models[q, k].bits_per_dim(one_class_test.images, random_state=SEED) for k in component_counts]
    for q in basis_sizes
}
for q, row in bits.items():
    print(f"{q:3d} basis vectors, K =", ", ".join(f"{k}: {b:.3f}" for k, b in zip(component_counts, row, strict=True)))
q = max(basis_sizes)
seen = [models[q, k].bits_per_dim(one_class.images, random_state=SEED) for k in component_counts]
print(f"{q:3d} basis vectors, the training images:", ", ".join(f"{b:.3f}" for b in seen))
### END SOLUTION
display = plot_criterion(component_counts, {f"{q} basis vectors": row for q, row in bits.items()})
display.ax_.set_ylabel("bits for a pixel of an unseen image (lower is better)")
plt.show()

# %% check="sizes" points=2
assert list(bits) == list(basis_sizes), "one entry for each of basis_sizes"
assert {len(row) for row in bits.values()} == {len(component_counts)}, "one number for each of component_counts"
assert all(0 < b < 8 for row in bits.values() for b in row), "a model should do better than none"

# %% [markdown]
# A density can be good where pictures are poor, and the other way round. So look at the pictures too: with few and
# with many basis vectors (Q) and components (K), beside real images on as many vectors.

# %%
largest = max(basis_sizes)
shown = {
    f"Q = {q}, K = {k}": ImageMixture(n_basis=q, n_components=k, random_state=SEED)
    .fit(one_class.images)
    .sample(200, random_state=SEED)
    for q, k in [(min(basis_sizes), 1), (largest, 1), (largest, max(component_counts))]
}
shown[f"unseen images, Q = {largest}"] = np.clip(reconstruct(unseen[:200], largest), 0, 1)

figure, panels = plt.subplots(2, 2, figsize=(12, 7), layout="tight")
for ax, (title, pictures) in zip(panels.flat, shown.items(), strict=True):
    plot_image_grid(pictures[:24], n_columns=8, ax=ax)
    ax.set_title(title)
plt.show()

# %% [markdown]
# For a number that goes by the pictures, ask a judge. Mix drawn and unseen images and look at each one's nearest
# neighbour in the mix: is it of the same kind? If the kinds cannot be told apart, that is so for about half of them;
# if they can, for nearly all.


# %%
def told_apart(drawn, real):
    """Return the share of images whose nearest neighbour is of their own kind: near 0.5 where none can tell."""
    size = min(len(drawn), len(real))
    mix = np.concatenate([drawn[:size], real[:size]]).reshape(2 * size, -1)
    is_real = np.repeat([False, True], size)
    nearest = NearestNeighbors(n_neighbors=1).fit(mix).kneighbors(return_distance=False)[:, 0]  # itself left out
    return np.mean(is_real[nearest] == is_real)


on_basis = shown[f"unseen images, Q = {largest}"]
for title, pictures in list(shown.items())[:-1]:
    print(f"{title}: {told_apart(pictures, on_basis):.0%} told apart")

# %% [markdown]
# **What do more basis vectors do, and what do more components?** Use the bits, the judge and the pictures.

# %% [markdown] written="sizes-why" points=2
# **Answer.** With few basis vectors every image is a blur: the details have no coefficient, and the bits count them
# as noise. Each further vector brings some detail, and takes fewer bits, though ever less. More components can follow
# the shape of the data more closely, up to a point: each has a mean and a full covariance of its own, so where there
# are too many for the number of images, the bits of unseen images rise again, although those of the training images
# fall. That is overfitting, and it comes the earlier, the more basis vectors there are, because a covariance grows
# with their square.

# %% [markdown]
# ### Ten classes
#
# With labels, `ImageMixture` fits one mixture for each class, all on one basis. Make `by_class` from `some_images`
# and `some_labels`, with `N_BASIS` vectors, `k_each` components for each class and `random_state=SEED`; and
# `together`, without labels, with as many components in all. Then draw ten images of each class: `drawn`, shape (100,
# height, width), class by class (`sample` takes `label` and `random_state`).

# %% answer="ten-classes"
some_images, some_labels = train.images[:10_000], train.labels[:10_000]
k_each = 3 if IS_FASHION else 1
### BEGIN SOLUTION
by_class = ImageMixture(n_basis=N_BASIS, n_components=k_each, random_state=SEED).fit(some_images, some_labels)
together = ImageMixture(n_basis=N_BASIS, n_components=10 * k_each, random_state=SEED).fit(some_images)
drawn = np.concatenate([by_class.sample(10, label=label, random_state=SEED) for label in range(10)])
### END SOLUTION
plot_image_grid(drawn, n_columns=10)
plt.show()
print("bits for a pixel of unseen images")
for name, model in [("one mixture for each class", by_class), ("one mixture for all", together)]:
    of_all = model.bits_per_dim(test.images[:2000], random_state=SEED)
    of_class = model.bits_per_dim(one_class_test.images, random_state=SEED)
    print(f"{name}: {of_all:.3f} for all classes, {of_class:.3f} for class {CLASS}")
print(f"class {CLASS} alone, as before: {generator.bits_per_dim(one_class_test.images, random_state=SEED):.3f} for it")

# %% check="ten-classes" points=2
assert by_class.classes_ is not None, "give fit the labels as well"
assert by_class.component_images().shape == (10 * k_each, height, width), "k_each components for each class"
assert together.component_images().shape == (10 * k_each, height, width), "as many components in all"
assert drawn.shape == (100, height, width), "ten images of each class"
class_means = np.stack([some_images[some_labels == label].mean(axis=0) / 255 for label in range(10)])
nearest_mean = np.square(drawn[:, np.newaxis] - class_means).mean(axis=(2, 3)).argmin(axis=1)  # (100,)
assert np.mean(nearest_mean == np.repeat(range(10), 10)) > 0.4, "first ten of class 0, then ten of class 1, and so on"
assert np.array_equal(drawn, drawn.clip(0, 1)), "sample gives intensities from 0 to 1"

# %% [markdown]
# **Compare with the single class.** How good are these images, and what have the classes in common that the model
# cannot use? Try a few classes that are alike, too, such as `train.only(2, 4, 6)`.

# %% [markdown] written="ten-classes-why" points=1
# **Answer.** The labels keep a boot from turning into a shirt: every draw comes from one class. But one basis now has
# to serve ten kinds of images, so each gets less of it, and each class has fewer components and here fewer images to
# learn from. That shows in the pictures, which are more blurred, and in the bits for the class that you modelled
# alone. What all images have in common, such as smooth outlines, the components cannot share: each must learn it for
# itself, in its own covariance.

# %% [markdown]
# ## Where this leads
#
# You have built a generative model: it learns what images have in common, and makes new ones. Today's generators
# differ in every part, but the plan is the same. They, too, work in a space of fewer dimensions, which an autoencoder
# learns where we took the singular value decomposition; and they, too, begin with noise and transform it. Mixtures
# live on as the output of networks, whose last layer gives weights, means and variances: C. M. Bishop, *Mixture
# density networks*, Aston University (1994). For principal components of images see M. Turk and A. Pentland,
# *Eigenfaces for recognition*, Journal of Cognitive Neuroscience 3 (1991).
