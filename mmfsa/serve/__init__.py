"""An HTTP service for head poses: images in, records out (extra `serve`)."""
