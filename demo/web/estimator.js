/** From a frame to the records of its faces: detector, crop, network, numbers of faces. */

import { convertBox, cropFace } from './crop.js';
import { CenterFace, overlap } from './detector.js';

const SAME_FACE = 0.3; // least overlap of a face's boxes in successive frames

export class HeadPose {
  /** Load the models that models.json names. */
  static async load(ort, folder = './models/') {
    const settings = await (await fetch(`${folder}models.json`)).json();
    const open = async (file) => {
      const content = await (await fetch(folder + file)).arrayBuffer();
      return ort.InferenceSession.create(content, { executionProviders: ['wasm'], logSeverityLevel: 3 });
    };
    const estimator = new HeadPose();
    const detector = new CenterFace(ort, await open(settings.detector.file), settings.detector);
    const network = await open(settings.network.file);
    return Object.assign(estimator, { ort, settings, detector, network });
  }

  constructor() {
    this.reset();
  }

  /** Forget the faces of a stream. */
  reset() {
    Object.assign(this, { tracks: [], nextId: 1, faces: [], age: 0 });
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
      if (this.age++ % stream.detectEvery === 0) {
        this.faces = this.numbered(await this.detector.find(frame, stream.size));
      }
    }
    const { spec, unit } = this.settings.network;
    const crops = this.faces.map((face) => cropFace(frame, convertBox(face.box, unit), spec));
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

  /** The angles and the matrix of each crop. */
  async poses(crops) {
    if (!crops.length) return [];
    const [width, height] = this.settings.network.spec.size;
    const bytes = new Uint8Array(crops.length * width * height * 3);
    crops.forEach((crop, i) => bytes.set(crop.image, i * width * height * 3));
    const images = new this.ort.Tensor('uint8', bytes, [crops.length, height, width, 3]);
    const { pose, rotation } = await this.network.run({ images });
    return crops.map((_, i) => {
      const flat = [...rotation.data.slice(9 * i, 9 * i + 9)];
      return {
        angles: [...pose.data.slice(3 * i, 3 * i + 3)],
        matrix: [flat.slice(0, 3), flat.slice(3, 6), flat.slice(6, 9)],
      };
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
