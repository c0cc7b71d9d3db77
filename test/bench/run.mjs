// `npm run bench`: ratios, measured side by side in one run. Asserts nothing and leaves nothing behind.
//   npm run bench                     the table, in about five minutes
//   npm run bench -- hooks guest      these parts alone
//   npm run bench -- --long           up to 16 MB, with a line for every kind of document; boot: machines (as root)
//   npm run bench -- --keep           writes the table into README.md here, too
import { readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { at } from './measure.mjs'
import { tableOf } from './table.mjs'

const PARTS = ['one-shot', 'directory', 'growth', 'values', 'memory', 'hooks', 'added-bytes', 'guest']
const ON_DEMAND = ['boot']
const PAGE = at('test/bench/README.md')
const BEGIN = '<!-- measured -->\n'
const END = '<!-- end of measured -->'

const { values, positionals } = parseArgs({
  options: { keep: { type: 'boolean' }, long: { type: 'boolean' } },
  allowPositionals: true,
})
const unknown = positionals.find(name => ![...PARTS, ...ON_DEMAND].includes(name))
if (unknown !== undefined)
  throw new Error(`there is no part ${unknown}: there are ${[...PARTS, ...ON_DEMAND].join(', ')}`)
const parts = positionals.length > 0 ? positionals : values.long ? [...PARTS, ...ON_DEMAND] : PARTS

const load = loadavg()[0].toFixed(1)
const sections = [`Node ${process.version}, ${availableParallelism()} processors, load ${load} before it began.\n`]
console.log(sections[0])
for (const part of parts) {
  const { title, measure } = await import(`./${part}.mjs`)
  const section = `### ${title}\n\n${tableOf(await measure(values.long === true))}\n`
  console.log(section)
  sections.push(section)
}

if (values.keep) {
  const [before, after] = readFileSync(PAGE, 'utf8').split(new RegExp(`(?<=${BEGIN})[\\s\\S]*(?=${END})`))
  writeFileSync(PAGE, `${before}\n${sections.join('\n')}\n${after}`)
}
