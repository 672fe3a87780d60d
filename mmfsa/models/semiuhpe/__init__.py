"""SemiUHPE's network: a plain backbone and a distribution of rotations (Zhou et al., 2024).

All its parts are shared: `TimmBackbone`, `MatrixFisherHead`, `MatrixFisherLoss`.
"""
