/** Opens networks in ONNX Runtime, in WebAssembly on one thread. */

/** The session of an ONNX file. */
export async function openNetwork(ort, address) {
  ort.env.wasm.wasmPaths = new URL('./runtime/', import.meta.url).href;
  ort.env.wasm.numThreads = 1; // more need headers that a static folder can't send
  ort.env.logLevel = 'error';
  const content = await (await fetch(address)).arrayBuffer();
  const options = { executionProviders: ['wasm'], logSeverityLevel: 3 };
  return ort.InferenceSession.create(content, options);
}
