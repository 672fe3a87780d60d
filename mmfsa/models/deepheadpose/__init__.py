"""What networks of colour and depth have beyond FSA-Net's parts, after Mukherjee and
Robertson, "Deep Head Pose: Gaze-Direction Estimation in Multimodal Video", TMM 2015."""

from .color_depth_backbone import ColorDepthBackbone

__all__ = ['ColorDepthBackbone']
