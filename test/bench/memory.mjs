// How much memory one run takes at most, and how it grows: every kind of document, far larger than any platform takes.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DOCUMENTS } from './documents.mjs'
import { inFolder, inTurn, MB, tool } from './measure.mjs'
import { row } from './table.mjs'

const SIZES = [4, 16].map(size => size * MB)
/** What a run may take: so many times the document, and so much beside. */
const [TIMES, BESIDE] = [4, 60 * MB]
const GIVEN = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080'].flatMap(it => ['-a', it])
const COMMANDS = { inject: ['inject', ...GIVEN], uninject: ['uninject'], preview: ['preview', ...GIVEN] }

export const title = 'Memory of one run with 16 MB'

/** The most that a run of each command took with a kind of document, at each size. */
function memoryOf(make, commands, folder) {
  const works = SIZES.flatMap(size => {
    const file = join(folder, String(size))
    writeFileSync(file, make(size))
    return commands.map(command => tool(...COMMANDS[command], '-q', file))
  })
  // Larger documents than the tool takes are refused with 2, and count all the same.
  const runs = inTurn(1, works, { warm: false, statuses: [0, 1, 2] })
  return commands.map((_, at) => SIZES.map((_, size) => runs[size * commands.length + at][0].memory))
}

export const measure = long =>
  inFolder(folder => {
    const commands = long ? Object.keys(COMMANDS) : ['inject']
    const [[{ memory: idle }]] = inTurn(1, [tool('--version')])
    const kinds = Object.entries(DOCUMENTS).map(([name, make]) => ({ name, memory: memoryOf(make, commands, folder) }))
    const large = SIZES.at(-1)
    return commands.flatMap((command, at) => {
      const most = kinds
        .map(({ name, memory }) => ({ name, value: memory[at].at(-1) }))
        .toSorted((a, b) => b.value - a.value)
      const within = most.filter(({ value }) => value <= TIMES * large + BESIDE).length
      const growth = kinds.map(({ name, memory: { [at]: taken } }) => {
        const [few, many] = taken.map(bytes => Math.max(bytes - idle, MB))
        return { name, value: Math.log(many / few) / Math.log(large / SIZES[0]) }
      })
      const fastest = growth.reduce((a, b) => (b.value > a.value ? b : a))
      const target = { most: (TIMES * large + BESIDE) / MB, unit: ' MB', digits: 0 }
      return [
        row(
          `${command}: the median of ${kinds.length} kinds, of which ${within} are within the target`,
          most.map(({ value }) => value / MB),
          target,
        ),
        row(`${command}: the worst (${most[0].name})`, [most[0].value / MB], target),
        row(`${command}: exponent from 4 MB on, the worst (${fastest.name})`, [fastest.value], { most: 1.1 }),
      ]
    })
  })
