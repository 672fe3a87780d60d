/** From a frame to the records of its faces: detector, crop, network, numbers of faces. */

import { convertBox, cropFace } from './crop.js';
import { overlap } from './detector.js';
import { DetectorThread } from './detector_thread.js';
import { openNetwork } from './network.js';
import { quarterTurn, turnBox, turnCropBack, turnFrame, turnPoseBack } from './upright.js';

const SAME_FACE = 0.3; // least overlap of a face's boxes in successive frames

export class HeadPose {
  /** Load the models that models.json names. */
  static async load(ort, folder = new URL('./models/', import.meta.url).href) {
    const settings = await (await fetch(`${folder}models.json`)).json();
    const [detector, network] = await Promise.all([
      DetectorThread.start(folder + settings.detector.file, settings.detector),
      openNetwork(ort, folder + settings.network.file),
    ]);
    return Object.assign(new HeadPose(), { ort, settings, detector, network });
  }

  constructor() {
    this.reset();
  }

  /** Forget the faces of a stream. */
  reset() {
    Object.assign(this, { tracks: [], nextId: 1, faces: [], age: 0 });
    this.stream = Symbol('stream'); // whose faces may still be on their way
  }

  /**
   * The records of a frame's faces, as `mmfsa predict` writes them.
   *
   * @param frame ImageData
   * @param stream {index, time, detectEvery, size} of a frame of a stream; null: a photo
   */
  async records(frame, name, stream = null) {
    if (stream === null) {
      this.faces = await this.detector.find(frame, this.settings.detector.size);
    } else {
      await this.follow(frame, stream);
    }
    const crops = this.faces.map((face) => this.crop(frame, face));
    const poses = await this.poses(crops.filter((crop) => crop !== null));
    return this.faces.map((face, i) => {
      const pose = crops[i] && poses.shift();
      return {
        image: name,
        frame: stream && stream.index,
        time: stream && stream.time,
        track_id: stream && face.id,
        box: face.box.map((value) => rounded(value, 2)),
        score: rounded(face.score, 4),
        landmarks: face.landmarks.map((point) => point.map((value) => rounded(value, 2))),
        crop_box: crops[i] && crops[i].box,
        turned: crops[i] ? crops[i].turn : 0,
        valid: Boolean(pose),
        yaw: pose && rounded(pose.angles[0], 3),
        pitch: pose && rounded(pose.angles[1], 3),
        roll: pose && rounded(pose.angles[2], 3),
        rotation_matrix: pose && pose.matrix.map((row) => row.map((v) => rounded(v, 6))),
        convention: this.settings.convention,
        model: this.settings.network.name,
        weights_sha256: this.settings.network.weights_sha256,
      };
    });
  }

  /**
   * Find the faces of a stream in every so-many-th frame.
   *
   * Every frame waits for its faces. With a number above 1 no frame but the first one waits:
   * the boxes stay where they are until the thread has found new ones.
   */
  async follow(frame, { detectEvery, size }) {
    const first = this.age === 0;
    const due = this.age++ % detectEvery === 0;
    if (!due || (detectEvery > 1 && this.detector.busy)) return;
    const mine = this.stream;
    const found = this.detector.find(frame, size).then((faces) => {
      if (mine === this.stream) this.faces = this.numbered(faces);
    });
    if (first || detectEvery === 1) await found;
    else found.catch((error) => console.error(error));
  }

  /** What the network sees of a face, upright, and its box in the frame; null: nothing. */
  crop(frame, face) {
    const { spec, unit } = this.settings.network;
    const turn = quarterTurn(face.landmarks);
    if (turn === 0) {
      const crop = cropFace(frame, convertBox(face.box, unit), spec);
      return crop && { ...crop, turn };
    }
    const size = [frame.width, frame.height];
    const box = convertBox(turnBox(face.box, turn, ...size), unit);
    const crop = cropFace(turnFrame(frame, turn), box, spec);
    return crop && { ...crop, box: turnCropBack(crop.box, turn, ...size), turn };
  }

  /** The angles and the matrix of each crop. */
  async poses(crops) {
    if (!crops.length) return [];
    const [width, height] = this.settings.network.spec.size;
    const bytes = new Uint8Array(crops.length * width * height * 3);
    crops.forEach((crop, i) => bytes.set(crop.image, i * width * height * 3));
    const images = new this.ort.Tensor('uint8', bytes, [crops.length, height, width, 3]);
    const { pose, rotation } = await this.network.run({ images });
    return crops.map(({ turn }, i) => {
      const flat = [...rotation.data.slice(9 * i, 9 * i + 9)];
      const seen = {
        angles: [...pose.data.slice(3 * i, 3 * i + 3)],
        matrix: [flat.slice(0, 3), flat.slice(3, 6), flat.slice(6, 9)],
      };
      return turn === 0 ? seen : turnPoseBack(seen, turn);
    });
  }

  /** Faces with the numbers of the faces that were there before, by the overlap of boxes. */
  numbered(faces) {
    const pairs = faces.flatMap((face) =>
      this.tracks.map((track) => ({ face, track, shared: overlap(face.box, track.box) })),
    );
    pairs.sort((one, other) => other.shared - one.shared);
    const taken = new Set();
    for (const { face, track, shared } of pairs) {
      if (shared < SAME_FACE || face.id || taken.has(track.id)) continue;
      face.id = track.id;
      taken.add(track.id);
    }
    for (const face of faces) face.id ??= this.nextId++;
    this.tracks = faces.map(({ id, box }) => ({ id, box }));
    return faces;
  }
}

function rounded(value, decimals) {
  const factor = 10 ** decimals;
  return Math.round(value * factor) / factor;
}
