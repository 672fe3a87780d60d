_base_ = ['./_base_/models/fsa_vlad_wo.py', './_base_/protocol1.py']
