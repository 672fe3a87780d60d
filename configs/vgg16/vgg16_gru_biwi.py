# VGG16+RNN after Gu et al., with GRU cells in place of their FC-RNN.
_base_ = './vgg16_fc_rnn_biwi.py'
model = dict(head=dict(cell='gru'))
