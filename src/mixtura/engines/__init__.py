"""The sweep: engines hold the data and pass it, block by block, through a kernel.

``contract.py`` says what an engine owes; ``memory.py`` keeps rows in an array and spreads blocks over threads;
``threads.py`` counts those and holds BLAS to one meanwhile.
"""
