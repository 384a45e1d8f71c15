"""Prints how many MiB a fit with default settings holds at most, above what this process held with its data before.

``python peak_memory.py rows.npy N_COMPONENTS COVARIANCE_TYPE``, in a process of its own. Linux keeps the peak of a
process in VmHWM. What ``getrusage`` tells will not do: it begins with the peak of the process that started this one.
"""

import re
import sys
import warnings
from pathlib import Path

import numpy as np

from mixtura import GaussianMixture


def peak():
    """Largest resident memory of this process so far, in MiB."""
    return int(re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())[1]) / 1024


file, n_components, kind = sys.argv[1:]
X = np.load(file)
warnings.simplefilter("ignore")
model = GaussianMixture(int(n_components), covariance_type=kind, random_state=0)
before = peak()
model.fit(X)
print(peak() - before)
