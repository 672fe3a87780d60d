_base_ = ['./_base_/models/ssrnet_md.py', './_base_/protocol1.py']
train_dataloader = dict(batch_size=8)
