// Tells the size of the guest files, in bytes: in full, light, deflated alone, and of each pack; for people. Sizes are exact: the same
// on every machine.
import { readFileSync } from 'node:fs'
import { zlib } from './pack.mjs'
import { PACKS, PLACES, segments } from './packs.mjs'
import { strip } from './strip.mjs'

const read = name => readFileSync(new URL(`../../userdata-templates/guest/${name}`, import.meta.url), 'utf8')
const full = Object.fromEntries(Object.keys(PLACES).map(name => [name, read(name)]))
const light = Object.fromEntries(Object.entries(full).map(([name, text]) => [name, strip(name, text)]))
const packed = async text => (await zlib(text)).length
const row = (name, ...sizes) =>
  process.stdout.write(`${name.padEnd(30)}${sizes.map(size => String(size).padStart(8)).join('')}\n`)

row('file', 'full', 'light', 'packed')
for (const name of Object.keys(PLACES)) {
  row(name, full[name].length, light[name].length, await packed(light[name]))
}
for (const [pack, names] of Object.entries(PACKS)) {
  const text = segments(names, light)
  row(`pack: ${pack}`, '', text.length, await packed(text))
}
