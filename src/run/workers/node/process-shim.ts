/** `process` for the libraries of this asset; programs get another one. */
const process = {
  browser: true,
  env: {},
  version: '',
  versions: {},
  stderr: {},
  emitWarning: () => undefined,
  nextTick: (act: (...given: unknown[]) => void, ...given: unknown[]) =>
    queueMicrotask(() => act(...given))
};

export default process;
export { process };
export const { nextTick, env, version, stderr, emitWarning } = process;
