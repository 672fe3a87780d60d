/** The detector in a thread of its own, so that the page shows each frame in time. */

import * as ort from './runtime/ort.wasm.min.mjs';

import { CenterFace } from './detector.js';
import { openNetwork } from './network.js';

let detector = null;

/** The first message says which detector; each other one is a frame to find faces in. */
self.onmessage = async ({ data: { address, settings, frame, size } }) => {
  try {
    if (settings) {
      detector = new CenterFace(ort, await openNetwork(ort, address), settings);
      self.postMessage({ answer: null });
    } else {
      self.postMessage({ answer: await detector.find(frame, size) });
    }
  } catch (error) {
    self.postMessage({ error: error.message });
  }
};
