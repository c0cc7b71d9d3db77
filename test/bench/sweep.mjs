// Every kind of document, at two sizes, in every layout and command, through the command line: how it ends and how much processor time
// it takes. `node test/bench/sweep.mjs [MB] [MB] [words of names]`. Ends with 1 where a command ends with other than 0 to 3.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENTS } from './documents.mjs'
import { inFolder, inTurn, MB, tool } from './measure.mjs'
import { WORST } from './worst.mjs'

const [small = '4', large = '16', names = ''] = process.argv.slice(2)
const SIZES = [small, large].map(size => Number(size) * MB)
const GIVEN = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'].flatMap(it => ['-a', it])
const COMMANDS = {
  inject: ['inject', ...GIVEN],
  'one cloud-config': ['inject', '--layout', 'cloud-config', ...GIVEN],
  uninject: ['uninject'],
  check: ['check', ...GIVEN],
  preview: ['preview', ...GIVEN],
}
/** However they end. */
const ANYHOW = { warm: false, statuses: { includes: () => true } }

await inFolder(folder => {
  const [[{ cpu: idle }]] = inTurn(1, [tool('--version')])
  console.log(`processor seconds at ${small} and ${large} MB, and the exponent of their growth`)
  for (const [name, make] of Object.entries({ ...DOCUMENTS, ...WORST })) {
    if (!name.includes(names)) continue
    const files = SIZES.map(size => join(folder, String(size)))
    SIZES.forEach((size, at) => {
      writeFileSync(files[at], make(size))
    })
    for (const [command, words] of Object.entries(COMMANDS)) {
      const [[few], [many]] = inTurn(
        1,
        files.map(file => tool(...words, file)),
        ANYHOW,
      )
      const growth = Math.log((many.cpu - idle) / Math.max(few.cpu - idle, 0.001)) / Math.log(SIZES[1] / SIZES[0])
      const bad = [few, many].some(({ status }) => ![0, 1, 2, 3].includes(status))
      if (bad) process.exitCode = 1
      console.log(
        `  ${name.padEnd(46)} ${command.padEnd(17)} ${few.cpu.toFixed(2).padStart(6)} ${many.cpu.toFixed(2).padStart(6)}  ${growth.toFixed(2).padStart(5)}  ends ${few.status} ${many.status}${bad ? ' BAD' : ''}${many.wall > 5 ? ' SLOW' : ''}`,
      )
    }
  }
})
