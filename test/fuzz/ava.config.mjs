/** One file at a time, for what they take is counted in seconds of one core; in processes, whose memory can be limited. */
export default {
  files: ['dist/test/fuzz/**/*.fuzz.js'],
  timeout: '1h',
  concurrency: 1,
  workerThreads: false,
  nodeArguments: ['--max-old-space-size=512'],
}
