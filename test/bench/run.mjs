// `npm run bench`: ratios, measured side by side in one run. Prints; asserts nothing; leaves nothing behind. Each part runs by itself too.
const PARTS = ['start-up', 'added-bytes', 'directory', 'growth']

for (const part of PARTS) {
  await import(`./${part}.mjs`)
  console.log()
}
