"""One thread's rows: a kernel turns them into responsibilities, and those into moments, block by block.

``contract.py`` says what a kernel owes. ``native.py`` is compiled and used where it was built; ``portable.py`` is NumPy
and always there; ``choice.py`` picks between them. ``wanted.py`` tells long work that it may stop.
"""
