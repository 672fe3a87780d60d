/**
 * From a frame and the box of a face to the crop that the network takes.
 *
 * It follows mmfsa/inputs (InputSpec.box and crop_face) and OpenCV's resize. A frame is
 * ImageData: RGBA bytes. tests/demo/test_web.py compares the poses with Python's.
 */

// A side that loses more than this is filled in place of cut, see mmfsa/inputs/crop.py.
const CUT_IN_TRAINING = 0.15;

/** Box [x1, y1, x2, y2] of one kind as another; `unit` is what becomes of [0, 0, 1, 1]. */
export function convertBox([x1, y1, x2, y2], unit) {
  const w = x2 - x1;
  const h = y2 - y1;
  return [x1 + unit[0] * w, y1 + unit[1] * h, x1 + unit[2] * w, y1 + unit[3] * h];
}

/** Half to even, as Python rounds. */
function roundEven(value) {
  const below = Math.floor(value);
  const part = value - below;
  if (part !== 0.5) return Math.round(value);
  return below % 2 === 0 ? below : below + 1;
}

/** The crop box [left, top, right, bottom] of a face's box, the end exclusive. */
export function applyRule(rule, box, width, height, border = rule.border) {
  let [x1, y1, x2, y2] = rule.whole === 'truncate' ? box.map(Math.trunc) : box;
  const w = x2 - x1;
  const h = y2 - y1;
  let left = x1 - rule.pad[0] * w;
  let top = y1 - rule.pad[1] * h;
  let right = x2 + rule.pad[2] * w;
  let bottom = y2 + rule.pad[3] * h;
  let cropWidth = right - left;
  let cropHeight = bottom - top;
  if (rule.square === 'shorter') {
    cropWidth = cropHeight = Math.min(cropWidth, cropHeight);
  } else if (rule.square) {
    cropWidth = cropHeight = Math.max(cropWidth, cropHeight);
  }
  const x = (left + right) / 2 + rule.shift[0] * cropWidth;
  const y = (top + bottom) / 2 + rule.shift[1] * cropHeight;
  if (rule.square || rule.shift[0] || rule.shift[1] || rule.scale !== 1) {
    [left, right] = [x - (rule.scale * cropWidth) / 2, x + (rule.scale * cropWidth) / 2];
    [top, bottom] = [y - (rule.scale * cropHeight) / 2, y + (rule.scale * cropHeight) / 2];
  }
  const whole = rule.whole === 'round' ? roundEven : Math.trunc;
  [left, top, right, bottom] = [left, top, right, bottom].map(whole);
  if (border === 'clamp') {
    left = Math.max(left, 0);
    top = Math.max(top, 0);
    right = Math.min(right, width - 1);
    bottom = Math.min(bottom, height - 1);
  }
  const end = rule.inclusive ? 1 : 0;
  return [left, top, right + end, bottom + end];
}

/** What the network sees of a face: its bytes (BGR, rows first) and its box; null: nothing. */
export function cropFace(frame, box, spec) {
  const { width, height } = frame;
  const rule = spec.crop;
  let chosen = applyRule(rule, box, width, height);
  if (rule.border === 'clamp') {
    const free = applyRule(rule, box, width, height, 'replicate');
    const [left, top, right, bottom] = free;
    const beyondX = Math.max(-left, right - width, 0);
    const beyondY = Math.max(-top, bottom - height, 0);
    if (
      beyondX > CUT_IN_TRAINING * (right - left) ||
      beyondY > CUT_IN_TRAINING * (bottom - top)
    ) {
      chosen = free;
    }
  }
  const [left, top, right, bottom] = chosen;
  if (Math.max(left, 0) >= Math.min(right, width)) return null;
  if (Math.max(top, 0) >= Math.min(bottom, height)) return null;
  const resized = right - left !== spec.size[0] || bottom - top !== spec.size[1];
  const supersampled = spec.interpolation === 'supersampled' && resized;
  const resize = supersampled ? supersample : resizeBilinear;
  return { image: resize(frame, chosen, ...spec.size), box: chosen };
}

/** Where OpenCV's bilinear resize reads: two pixels and their weights of 11 bits. */
function taps(start, length, size, limit) {
  const scale = length / size;
  const clamp = (index) => Math.min(Math.max(start + index, 0), limit - 1);
  return Array.from({ length: size }, (_, i) => {
    let position = Math.fround((i + 0.5) * scale - 0.5);
    let index = Math.floor(position);
    let part = Math.fround(position - index);
    if (index < 0) [index, part] = [0, 0];
    if (index >= length - 1) [index, part] = [length - 1, 0];
    const weight = roundEven(part * 2048);
    return [clamp(index), clamp(Math.min(index + 1, length - 1)), 2048 - weight, weight];
  });
}

/** A box of a frame as BGR bytes of another size; beyond the frame its edge is repeated. */
export function resizeBilinear(frame, [left, top, right, bottom], width, height) {
  const columns = taps(left, right - left, width, frame.width);
  const rows = taps(top, bottom - top, height, frame.height);
  const { data } = frame;
  const result = new Uint8Array(width * height * 3);
  let to = 0;
  for (const [y0, y1, wy0, wy1] of rows) {
    const row0 = 4 * frame.width * y0;
    const row1 = 4 * frame.width * y1;
    for (const [x0, x1, wx0, wx1] of columns) {
      for (let channel = 2; channel >= 0; channel--) {
        const above = data[row0 + 4 * x0 + channel] * wx0 + data[row0 + 4 * x1 + channel] * wx1;
        const below = data[row1 + 4 * x0 + channel] * wx0 + data[row1 + 4 * x1 + channel] * wx1;
        // OpenCV's fixed-point arithmetic.
        const sum = (((above >> 4) * wy0) >> 16) + (((below >> 4) * wy1) >> 16);
        result[to++] = (sum + 2) >> 2;
      }
    }
  }
  return result;
}

/** As resizeBilinear, each pixel the mean of 2x2 samples. */
export function supersample(frame, box, width, height) {
  const fine = resizeBilinear(frame, box, 2 * width, 2 * height);
  const line = 6 * width;
  const result = new Uint8Array(width * height * 3);
  for (let to = 0; to < result.length; to++) {
    const [pixel, channel] = [Math.floor(to / 3), to % 3];
    const at = 2 * line * Math.floor(pixel / width) + 6 * (pixel % width) + channel;
    result[to] = (fine[at] + fine[at + 3] + fine[at + line] + fine[at + line + 3] + 2) >> 2;
  }
  return result;
}

/** Which pixels a pixel of a smaller image covers: the first one, and how much of each. */
function covers(from, to) {
  const scale = from / to;
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [i * scale, Math.min((i + 1) * scale, from)];
    const parts = [];
    let first = Math.floor(start);
    if (first + 1 - start <= 1e-3) first++;
    for (let j = first; j < end - 1e-3; j++) {
      parts.push((Math.min(j + 1, end) - Math.max(j, start)) / (end - start));
    }
    return { first, parts: Float64Array.from(parts) };
  });
}

/** A frame as planes R, G, B of floats, scaled down by areas into the upper left corner. */
export function shrinkToPlanes(frame, width, height, fullWidth, fullHeight) {
  const { data } = frame;
  const area = fullWidth * fullHeight;
  const planes = new Float32Array(3 * area);
  const columns = covers(frame.width, width);
  const rows = covers(frame.height, height);
  const line = new Float64Array(3 * frame.width); // the rows of a pixel, added up
  rows.forEach(({ first, parts }, y) => {
    line.fill(0);
    parts.forEach((weight, i) => {
      let at = 4 * frame.width * (first + i);
      for (let to = 0; to < line.length; to += 3, at += 4) {
        line[to] += data[at] * weight;
        line[to + 1] += data[at + 1] * weight;
        line[to + 2] += data[at + 2] * weight;
      }
    });
    for (let x = 0; x < width; x++) {
      const { first: column, parts: shares } = columns[x];
      let [r, g, b] = [0, 0, 0];
      for (let i = 0, at = 3 * column; i < shares.length; i++, at += 3) {
        r += line[at] * shares[i];
        g += line[at + 1] * shares[i];
        b += line[at + 2] * shares[i];
      }
      const to = y * fullWidth + x;
      planes[to] = Math.round(r);
      planes[to + area] = Math.round(g);
      planes[to + 2 * area] = Math.round(b);
    }
  });
  return planes;
}
