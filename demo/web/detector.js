/**
 * CenterFace (Xu et al., 2020), a face detector whose faces are peaks of a heatmap.
 *
 * It follows mmfsa/detection/centerface.py.
 */

import { shrinkToPlanes } from './crop.js';

const STRIDE = 4; // pixels of the network's input to one of its output
const ALIGNMENT = 32; // its input's sides are multiples of this
const [HEATMAP, SIZES, OFFSETS, LANDMARKS] = ['537', '538', '539', '540'];

export class CenterFace {
  /** A session of ONNX Runtime; a face's lowest score; the overlap of two faces. */
  constructor(ort, session, { threshold, nms_threshold: nms }) {
    Object.assign(this, { ort, session, threshold, nms });
  }

  /** The faces of a frame, whose longer side is scaled down to `size` pixels. */
  async find(frame, size) {
    const scale = Math.min(1, size / Math.max(frame.width, frame.height));
    const [width, height] = [frame.width, frame.height].map((side) =>
      Math.max(1, Math.round(side * scale)),
    );
    const [fullWidth, fullHeight] = [width, height].map(
      (side) => Math.ceil(side / ALIGNMENT) * ALIGNMENT,
    );
    const planes = shrinkToPlanes(frame, width, height, fullWidth, fullHeight);
    const images = new this.ort.Tensor('float32', planes, [1, 3, fullHeight, fullWidth]);
    const outputs = await this.session.run({ [this.session.inputNames[0]]: images });
    const found = this.decode(outputs);
    const inside = found.filter(({ box: [x1, y1, x2, y2] }) => {
      return (x1 + x2) / 2 < width && (y1 + y2) / 2 < height;
    });
    for (const face of inside) {
      face.box = face.box.map((value) => value / scale);
      face.landmarks = face.landmarks.map((point) => point.map((value) => value / scale));
    }
    return inside;
  }

  /** The network's outputs as faces in pixels of its input, the surest first. */
  decode(outputs) {
    const [, , rows, columns] = outputs[HEATMAP].dims;
    const area = rows * columns;
    const [heat, sizes, offsets, points] = [HEATMAP, SIZES, OFFSETS, LANDMARKS].map(
      (name) => outputs[name].data,
    );
    const faces = [];
    for (let at = 0; at < area; at++) {
      if (heat[at] <= this.threshold) continue;
      // The network gives y before x.
      const [height, width] = [sizes[at], sizes[area + at]].map((s) => Math.exp(s) * STRIDE);
      const x = ((at % columns) + 0.5 + offsets[area + at]) * STRIDE - width / 2;
      const y = (Math.floor(at / columns) + 0.5 + offsets[at]) * STRIDE - height / 2;
      const landmarks = [0, 1, 2, 3, 4].map((i) => [
        points[(2 * i + 1) * area + at] * width + x,
        points[2 * i * area + at] * height + y,
      ]);
      faces.push({ box: [x, y, x + width, y + height], score: heat[at], landmarks });
    }
    faces.sort((one, other) => other.score - one.score);
    return suppress(faces, this.nms);
  }
}

/** Of faces that overlap, those with the highest score. */
function suppress(faces, threshold) {
  const kept = [];
  for (const face of faces) {
    if (kept.every((other) => overlap(face.box, other.box) <= threshold)) kept.push(face);
  }
  return kept;
}

/** Intersection over union of two boxes. */
export function overlap(one, other) {
  const area = ([x1, y1, x2, y2]) => Math.max(0, x2 - x1) * Math.max(0, y2 - y1);
  const shared = area([
    Math.max(one[0], other[0]),
    Math.max(one[1], other[1]),
    Math.min(one[2], other[2]),
    Math.min(one[3], other[3]),
  ]);
  return shared / Math.max(area(one) + area(other) - shared, 1e-9);
}
