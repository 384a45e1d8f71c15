"""What pytest may collect here: examples that need PyTorch run wherever it is installed."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") else ["src/mixtura/neural/*"]
