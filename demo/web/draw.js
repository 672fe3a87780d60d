/** Draws poses into a picture, and angles over time. */

const AXES = ['#ff3b30', '#34c759', '#0a84ff']; // x, y, and z: where the face looks
const NAMES = ['yaw', 'pitch', 'roll'];
const SECONDS = 10;
// Edges between corners, whose bits say on which side of x, y and z they lie; the last four
// are the front.
const CUBE = [
  [4, 5], [5, 7], [7, 6], [6, 4],
  [0, 4], [1, 5], [2, 6], [3, 7],
  [0, 1], [1, 3], [3, 2], [2, 0],
];

/** Draw the pose of each record with `style` axes, cube or none. */
export function drawPoses(context, records, style) {
  const scale = Math.max(context.canvas.width, context.canvas.height) / 640;
  for (const record of records) {
    const [x1, y1, x2, y2] = record.box;
    context.lineWidth = 1.5 * scale;
    context.strokeStyle = '#ffffff';
    context.strokeRect(x1, y1, x2 - x1, y2 - y1);
    if (!record.valid || style === 'none') continue;
    const centre = [(x1 + x2) / 2, (y1 + y2) / 2];
    const length = Math.hypot(x2 - x1, y2 - y1) / 2;
    context.lineWidth = 3 * scale;
    if (style === 'axes') drawAxes(context, record.rotation_matrix, centre, length);
    else drawCube(context, record.rotation_matrix, centre, length / 1.6);
  }
}

// The columns of the matrix are the head's axes in the camera's frame (x right, y down, z
// into the scene). The face looks against z.
function drawAxes(context, matrix, [x, y], length) {
  [1, 1, -1].forEach((sign, axis) => {
    context.strokeStyle = AXES[axis];
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x + sign * length * matrix[0][axis], y + sign * length * matrix[1][axis]);
    context.stroke();
  });
}

function drawCube(context, matrix, [x, y], half) {
  const corners = [...Array(8).keys()].map((i) => {
    const corner = [i & 1 ? 1 : -1, i & 2 ? 1 : -1, i & 4 ? 1 : -1];
    return [0, 1].map((row) => {
      const along = corner.reduce((sum, value, axis) => sum + value * matrix[row][axis], 0);
      return [x, y][row] + half * along;
    });
  });
  CUBE.forEach(([from, to], edge) => {
    context.strokeStyle = edge < 8 ? '#ffcc00' : AXES[2];
    context.beginPath();
    context.moveTo(...corners[from]);
    context.lineTo(...corners[to]);
    context.stroke();
  });
}

/** Draw the angles of the first face over the last seconds. */
export function drawPlot(canvas, history) {
  const context = canvas.getContext('2d');
  const { width, height } = canvas;
  const style = getComputedStyle(document.documentElement);
  const now = history.length ? history.at(-1).time : 0;
  const yOf = (angle) => height / 2 - (angle / 90) * (height / 2);
  context.clearRect(0, 0, width, height);
  context.font = '12px system-ui';
  context.fillStyle = context.strokeStyle = '#888888';
  context.lineWidth = 1;
  for (const angle of [-60, -30, 0, 30, 60]) {
    context.beginPath();
    context.moveTo(0, yOf(angle));
    context.lineTo(width, yOf(angle));
    context.stroke();
    context.fillText(`${angle}°`, 2, yOf(angle) - 2);
  }
  context.lineWidth = 2;
  for (const name of NAMES) {
    context.strokeStyle = style.getPropertyValue(`--${name}`);
    context.beginPath();
    for (const point of history) {
      const x = width * (1 - (now - point.time) / SECONDS);
      context.lineTo(x, yOf(point[name]));
    }
    context.stroke();
  }
}

/** The part of a history that the plot shows. */
export function recent(history) {
  const now = history.length ? history.at(-1).time : 0;
  return history.filter(({ time }) => now - time <= SECONDS);
}
