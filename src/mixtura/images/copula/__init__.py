"""The copula model: images of bytes as a Gaussian mixture seen through thresholds.

`margins`
    Which latents a grey level stands for, per pixel: black is an atom and stays one.
`boxes`
    The probability of a box under a Gaussian, and a draw within it.
`class_density`
    The distribution of the images of one class: shapes at several scales.
`class_fit`
    How it is fitted.
`copula_mixture`
    `CopulaImageMixture`, the estimator: one density for each class, or one for all images.
`factor_fit`
    The same with many shapes of few directions each.
`fitted_copula`
    What it does once it is fitted: sample, score, count bits.
`best`
    The settings of the best density found here, and the function that fits it.
"""

from mixtura.images.copula.best import DensitySettings, best_density_model
from mixtura.images.copula.copula_mixture import CopulaImageMixture

__all__ = ["CopulaImageMixture", "DensitySettings", "best_density_model"]
