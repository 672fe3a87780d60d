/** The page's end of the thread that finds faces, see detector_worker.js. */

export class DetectorThread {
  /** Start the thread, with the detector that models.json describes. */
  static async start(address, settings) {
    const thread = new DetectorThread();
    await thread.ask({ address, settings });
    return thread;
  }

  constructor() {
    const url = new URL('./detector_worker.js', import.meta.url);
    this.worker = new Worker(url, { type: 'module' });
    this.last = Promise.resolve();
    this.waiting = 0;
  }

  /** Whether a frame is looked at or waits. */
  get busy() {
    return this.waiting > 0;
  }

  /** The faces of a frame, see CenterFace. */
  find({ data, width, height }, size) {
    return this.ask({ frame: { data, width, height }, size });
  }

  /** The answer to a message; one after the other. */
  ask(message) {
    this.waiting++;
    const answer = this.last.then(() => this.answerTo(message));
    const done = () => void this.waiting--;
    this.last = answer.then(done, done);
    return answer;
  }

  answerTo(message) {
    return new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data: { answer, error } }) =>
        error === undefined ? resolve(answer) : reject(new Error(error));
      this.worker.onerror = (event) => reject(new Error(event.message));
      this.worker.postMessage(message);
    });
  }
}
