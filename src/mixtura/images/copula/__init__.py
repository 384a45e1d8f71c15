"""The copula model: images of bytes as a Gaussian mixture seen through thresholds.

`margins`
    Which latents a grey level stands for, per pixel: black is an atom and stays one.
`intervals`
    Intervals of a normal number: probabilities, moments, draws.
`contract`
    What the distribution of the images of one class offers.
`boxes`, `class_density`, `class_fit`
    One of few shapes with full covariances, at several scales: the probability of a box and a draw within it, pixel
    after pixel; the distribution; how it is fitted.
`factor_boxes`, `factor_density`, `factor_fit`
    One of many shapes of few directions each: the same by an integral over factors, without a matrix (D, D).
`copula_mixture`
    `CopulaImageMixture`, the estimator: one density for each class, or one for all images.
`fitted_copula`
    What it does once it is fitted: sample, score, count bits.
`best`
    The settings of the best density found here, and the function that fits it.
"""

from mixtura.images.copula.best import DensitySettings, best_density_model
from mixtura.images.copula.copula_mixture import CopulaImageMixture

__all__ = ["CopulaImageMixture", "DensitySettings", "best_density_model"]
