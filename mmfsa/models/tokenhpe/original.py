"""The checkpoints of TokenHPE's authors, first version (nine tokens)."""

import re
from functools import partial

from ..conversion import Converter, Tensors, renamed

UNUSED = 'feature_extractor.head.'
NAMES = {
    r'feature_extractor\.': 'backbone.model.',
    r'Ori_blocks\.ori_tokens': 'neck.tokens',
    r'Ori_blocks\.pos_embedding': 'neck.positions',
    r'Ori_blocks\.patch_to_embedding\.': 'neck.projection.',
    r'Ori_blocks\.transformer\.layers\.(\d+)\.0\.fn\.norm\.': r'neck.layers.\1.norm1.',
    r'Ori_blocks\.transformer\.layers\.(\d+)\.1\.fn\.norm\.': r'neck.layers.\1.norm2.',
    r'Ori_blocks\.transformer\.layers\.(\d+)\.0\.fn\.fn\.to_qkv\.': (
        r'neck.layers.\1.qkv.'
    ),
    r'Ori_blocks\.transformer\.layers\.(\d+)\.0\.fn\.fn\.to_out\.0\.': (
        r'neck.layers.\1.out.'
    ),
    r'Ori_blocks\.transformer\.layers\.(\d+)\.1\.fn\.fn\.net\.0\.': (
        r'neck.layers.\1.mlp.0.'
    ),
    r'Ori_blocks\.transformer\.layers\.(\d+)\.1\.fn\.fn\.net\.3\.': (
        r'neck.layers.\1.mlp.2.'
    ),
    r'Ori_blocks\.to_dir_6_d\.0\.': 'head.to_region.',
    r'mlp_head\.': 'head.mix.',
}


def recognises(tensors: Tensors) -> bool:
    """Whether tensors are TokenHPE's."""
    return {'Ori_blocks.ori_tokens', 'mlp_head.2.weight'} <= tensors.keys()


def our_name(name: str) -> str | None:
    """Our name of a tensor; None for the ViT's classifier, which nothing uses."""
    if name.startswith(UNUSED):
        return None
    for pattern, ours in NAMES.items():
        renamed_, found = re.subn(f'^{pattern}', ours, name)
        if found:
            return renamed_
    return name


to_state_dict = partial(renamed, rename=our_name)


CONVERTERS = (
    Converter(
        reads='TokenHPE with nine tokens (.tar, .pth)',
        recognises=recognises,
        experiment=lambda *_: 'tokenhpe',
        state_dict=to_state_dict,
    ),
)
