import spglib

# Silicon: a diamond lattice.
lattice = [[0, 2.73, 2.73], [2.73, 0, 2.73], [2.73, 2.73, 0]]
cell = (lattice, [[0, 0, 0], [0.25, 0.25, 0.25]], [14, 14])
assert spglib.get_spacegroup(cell, symprec=1e-5) == "Fd-3m (227)"
