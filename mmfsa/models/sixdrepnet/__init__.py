"""6DRepNet and 6DRepNet360: a plain network and the rotation in 6D (Hempel et al., 2022).

All their parts are shared: `RepVGG`, `TimmBackbone`, `Rotation6DHead`, `GeodesicLoss`.
"""
