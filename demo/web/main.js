/** The page: sources, controls, and what is shown of the records. */

import * as ort from './runtime/ort.wasm.min.mjs';

import { drawPlot, drawPoses, recent } from './draw.js';
import { HeadPose } from './estimator.js';

const STREAM_SIZE = 256; // pixels of the longer side that the detector sees of a stream
const LARGEST_PHOTO = 4096; // pixels; beyond it canvases fail on phones
const MOST_RECORDS = 100_000;

const element = (id) => document.getElementById(id);
const picture = element('picture');
const pictureContext = picture.getContext('2d');
const video = element('video');
const buffer = document.createElement('canvas');
const bufferContext = buffer.getContext('2d', { willReadFrequently: true });

let headPose = null;
let saved = []; // the records of the photo or of the stream
let shown = []; // those of the picture that is shown
let history = [];
let run = 0; // the number of the stream that may go on
let settled = false; // the records that are shown are those of the frame in the buffer

/** What tests and scripts may ask for. */
window.headPose = {
  ready: false,
  rate: 0,
  records: () => saved,
  settled: () => (settled ? { picture: buffer.toDataURL('image/png'), records: shown } : null),
};

function say(text) {
  element('status').textContent = text;
}

/** A frame's pixels; the canvas keeps them, to be shown with their poses. */
function read(source, width, height) {
  settled = false;
  [buffer.width, buffer.height] = [width, height];
  bufferContext.drawImage(source, 0, 0, width, height);
  return bufferContext.getImageData(0, 0, width, height);
}

function show() {
  settled = true;
  [picture.width, picture.height] = [buffer.width, buffer.height];
  pictureContext.drawImage(buffer, 0, 0);
  drawPoses(pictureContext, shown, element('draw').value);
  const rows = shown.map((record, i) => {
    const row = document.createElement('tr');
    const values = ['yaw', 'pitch', 'roll'].map((name) => record[name]?.toFixed(1) ?? '–');
    for (const value of [record.track_id ?? i + 1, ...values, record.score.toFixed(2)]) {
      row.insertCell().textContent = value;
    }
    return row;
  });
  element('numbers').replaceChildren(...rows);
  element('export').disabled = saved.length === 0;
}

function faces(number) {
  return `${number} ${number === 1 ? 'face' : 'faces'}`;
}

function stop() {
  run++;
  video.pause();
  for (const track of video.srcObject?.getTracks() ?? []) track.stop();
  video.srcObject = null;
  if (video.src) URL.revokeObjectURL(video.src);
  video.removeAttribute('src');
  element('camera').textContent = 'Start camera';
  element('rate').textContent = '\u00a0';
  [saved, shown, history] = [[], [], []];
  drawPlot(element('plot'), history);
  headPose.reset();
}

async function openPhoto(file) {
  const bitmap = await createImageBitmap(file, { colorSpaceConversion: 'none' });
  const scale = Math.min(1, LARGEST_PHOTO / Math.max(bitmap.width, bitmap.height));
  const size = [bitmap.width, bitmap.height].map((side) => Math.round(side * scale));
  const frame = read(bitmap, ...size);
  const start = performance.now();
  saved = shown = await headPose.records(frame, file.name);
  const time = performance.now() - start;
  show();
  say(`${file.name}: ${faces(shown.length)} in ${time.toFixed(0)} ms`);
}

/** Show a stream until it ends or another source is opened. */
async function follow(name) {
  const mine = ++run;
  const times = [];
  let spoken = -1;
  let index = 0;
  let last = -1;
  const start = performance.now();
  const isLive = Boolean(video.srcObject);
  while (mine === run && !video.ended) {
    await nextFrame(mine);
    if (mine !== run) return;
    const time = isLive ? (performance.now() - start) / 1000 : video.currentTime;
    if (time <= last || !video.videoWidth) continue;
    last = time;
    const frame = read(video, video.videoWidth, video.videoHeight);
    const settings = { index, time, detectEvery: Number(element('every').value) };
    const records = await headPose.records(frame, name, { ...settings, size: STREAM_SIZE });
    if (mine !== run) return;
    index++;
    shown = records;
    if (saved.length < MOST_RECORDS) saved.push(...records);
    const first = records.find((record) => record.valid);
    if (first) history = recent([...history, first]);
    show();
    drawPlot(element('plot'), history);
    const now = performance.now();
    times.push(now);
    while (now - times[0] > 2000) times.shift();
    window.headPose.rate = (1000 * (times.length - 1)) / (now - times[0] || 1);
    element('rate').textContent = `${window.headPose.rate.toFixed(0)} frames a second`;
    if (records.length !== spoken) say(`${name}: ${faces(records.length)}`);
    spoken = records.length;
  }
  if (mine === run) say(`${name}: ${index} frames, ${saved.length} records`);
}

/** The next frame of the video, or its end; a source that stalls is asked again. */
function nextFrame(mine) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, 200);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    if (mine !== run || video.ended) done();
    else if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(done);
    else requestAnimationFrame(done);
  });
}

async function openVideo(file) {
  video.src = URL.createObjectURL(file);
  await video.play();
  await follow(file.name);
}

async function startCamera() {
  const wanted = { video: { width: 640, height: 480, facingMode: 'user' }, audio: false };
  const stream = await navigator.mediaDevices.getUserMedia(wanted);
  video.srcObject = stream;
  await video.play();
  element('camera').textContent = 'Stop camera';
  await follow('camera');
}

/** Run what a control starts; what goes wrong is said in the status line. */
function guarded(action) {
  return async (event) => {
    try {
      await action(event);
    } catch (error) {
      say(`That did not work: ${error.message}`);
    }
  };
}

element('camera').addEventListener(
  'click',
  guarded(async () => {
    const running = Boolean(video.srcObject);
    const kept = saved;
    stop();
    if (!running) return startCamera();
    saved = kept; // they may still be exported
    return say(`The camera is off. ${saved.length} records can be saved.`);
  }),
);

element('file').addEventListener(
  'change',
  guarded(async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    stop();
    say(`${file.name} …`);
    if (file.type.startsWith('video/')) await openVideo(file);
    else await openPhoto(file);
    target.value = ''; // the same file may be opened again
  }),
);

element('draw').addEventListener('change', () => shown.length && show());

element('export').addEventListener('click', () => {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(
    new Blob([JSON.stringify(saved, null, 1)], { type: 'application/json' }),
  );
  link.download = 'records.json';
  link.click();
  URL.revokeObjectURL(link.href);
});

guarded(async () => {
  headPose = await HeadPose.load(ort);
  element('convention').textContent = headPose.settings.convention;
  element('camera').disabled = !navigator.mediaDevices;
  element('file').disabled = false;
  drawPlot(element('plot'), history);
  say('Ready: start the camera, or open a photo or a video.');
  window.headPose.ready = true;
})();
