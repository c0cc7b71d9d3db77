// How long a directory of small documents takes, by what floor.mjs takes, which does the least that there is to do.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, inFolder, inTurn, node, ratios, tool } from './measure.mjs'
import { row } from './table.mjs'

const COUNTS = [3000, 10_000]
const ROUNDS = 5
const DOCUMENT = /```yaml before\n(.*?)```/s.exec(readFileSync(at('README.md'), 'utf8'))[1]

export const title = 'A directory of documents like README’s'

const ofCount = count =>
  inFolder(folder => {
    const [from, to] = [join(folder, 'in'), join(folder, 'out')]
    mkdirSync(from)
    for (let number = 0; number < count; number++) writeFileSync(join(from, `vm-${number}.yaml`), DOCUMENT)
    const inject = profile => tool('inject', '-q', '--profile', profile, '--output-dir', to, from)
    const commands = [node(at('test/bench/floor.mjs'), from, to), inject('full'), inject('prebuilt')]
    const [floor, full, prebuilt] = inTurn(
      ROUNDS,
      commands.map(command => ({ ...command, clear: [to] })),
    )
    const of = (profile, runs) =>
      row(`${count} documents, ${profile}, by a script that reads, parses and renames`, ratios(runs, floor, 'wall'), {
        most: 4,
      })
    return [of('full', full), of('prebuilt', prebuilt)]
  })

export async function measure() {
  const rows = []
  for (const count of COUNTS) rows.push(...(await ofCount(count)))
  return rows
}
