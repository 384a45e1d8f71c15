"""Neural relatives of mixtures, on PyTorch: for conditional densities, and as rivals of the image generator.

`mixture_density`
    `MixtureDensityNetwork`: a mixture of Gaussians of y whose weights, means and variances depend on x.
`autoencoder`
    `AutoencoderMixture`: an autoencoder, and a mixture on its codes instead of on principal components.
`variational`
    `VariationalAutoencoder`: codes that are a mixture by training, with a bound of the bits.
`logistic_levels`
    What its decoder says of a pixel: a probability of each grey level.

PyTorch weighs gigabytes, so it is an extra of its own: ``pip install 'mixtura[neural]'``. Nothing outside of this room
needs it, and here it is imported when the first network is built, by `framework` alone. `training` is the loop that all
three share: Adam on batches, a rate that falls to nothing, the same weights for the same seed. `pictures` lays images
out for networks.
"""

from mixtura.neural.autoencoder import AutoencoderMixture
from mixtura.neural.mixture_density import MixtureDensityNetwork
from mixtura.neural.variational import VariationalAutoencoder

__all__ = ["AutoencoderMixture", "MixtureDensityNetwork", "VariationalAutoencoder"]
