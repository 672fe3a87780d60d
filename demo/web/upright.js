/**
 * Faces that lie on their side or stand on their head are seen turned by quarters.
 *
 * It follows mmfsa/methods/upright.py.
 */

const UPRIGHT = 40; // degrees: up to here a face is seen as it is
const DEGREES = 180 / Math.PI;

/** How far to turn a frame clockwise so that a face is about upright: 0, 90, 180 or 270. */
export function quarterTurn([one, other, , ...mouth]) {
  const middle = (axis) => (mouth[0][axis] + mouth[1][axis]) / 2;
  const right = middle(0) - (one[0] + other[0]) / 2;
  const down = middle(1) - (one[1] + other[1]) / 2;
  const level = [other[0] - one[0] + down, other[1] - one[1] - right];
  const turn = -Math.atan2(level[1], level[0]) * DEGREES;
  if (Math.abs(turn) <= UPRIGHT) return 0;
  const quarters = Math.max(1, Math.round(Math.abs(turn) / 90));
  return (Math.sign(turn) * quarters * 90 + 360) % 360;
}

/** A frame after a turn. */
export function turnFrame({ data, width, height }, turn) {
  const from = new Uint32Array(data.buffer);
  const to = new Uint32Array(from.length);
  const columns = turn === 180 ? width : height;
  const rows = turn === 180 ? height : width;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = turnPoint([x, y], turn, width, height);
      to[row * columns + column] = from[y * width + x];
    }
  }
  return { data: new Uint8ClampedArray(to.buffer), width: columns, height: rows };
}

/** Where a pixel of a frame is after a turn of the frame. */
function turnPoint([x, y], turn, width, height) {
  if (turn === 90) return [height - 1 - y, x];
  return turn === 180 ? [width - 1 - x, height - 1 - y] : [y, width - 1 - x];
}

/** A box of a frame after a turn of the frame. */
export function turnBox([x1, y1, x2, y2], turn, width, height) {
  const [one, other] = [[x1, y1], [x2, y2]].map((p) => turnPoint(p, turn, width, height));
  return [0, 1, 2, 3].map((i) => Math[i < 2 ? 'min' : 'max'](one[i % 2], other[i % 2]));
}

/** A crop box of a turned frame, of whole pixels with an exclusive end, in the frame itself. */
export function turnCropBack([left, top, right, bottom], turn, width, height) {
  const sizes = turn === 180 ? [width, height] : [height, width];
  const box = turnBox([left, top, right - 1, bottom - 1], 360 - turn, ...sizes);
  return [box[0], box[1], box[2] + 1, box[3] + 1];
}

/** The pose in the frame itself of a face that was seen in a turned frame. */
export function turnPoseBack({ matrix }, turn) {
  const [cos, sin] = [Math.cos(-turn / DEGREES), Math.sin(-turn / DEGREES)];
  const [first, second, third] = matrix;
  const back = [
    first.map((value, i) => cos * value - sin * second[i]),
    first.map((value, i) => sin * value + cos * second[i]),
    third,
  ];
  const yaw = Math.asin(Math.min(1, Math.max(-1, back[0][2])));
  const pitch = Math.atan2(back[1][2], back[2][2]);
  const roll = Math.atan2(-back[0][1], back[0][0]);
  return { angles: [yaw, pitch, roll].map((angle) => angle * DEGREES), matrix: back };
}
