"""How mixture software fails, and what ours does instead: one file for each kind of failure.

``precision`` (traps 1 to 4), ``scale`` (5 to 8), ``starts`` (9 to 11), ``degeneracy`` (12 to 14), ``loop`` (15 to 17)
and ``results`` (18 to 22). Each test is named after what must hold; the comment above it gives the number of the trap
and who fell into it.
"""
