import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { projectFolder } from './shared.ts'

test('the suite with the real API server is run in CI, and what it says is counted', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  t.regex(run, /^beside cluster \d+ \S+ test\/kubernetes\/cluster\/run\.py -v$/m)
  t.regex(run, /^for list in cluster [-a-z ]+; do\n {2}show "\$list" count_boot$/m)
})

test('every list of the mesh suite is run in CI', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  const chosen = [...run.matchAll(/test\/mesh\/run\.py(.*)/g)].flatMap(([, words = '']) => words.trim().split(/\s+/))
  const folder = join(projectFolder, 'test/mesh')
  const lists = readdirSync(folder)
    .filter(name => /^test_.*\.py$/.test(name))
    .flatMap(name => [...readFileSync(join(folder, name), 'utf8').matchAll(/^class (\w+)\(.*TestCase\):/gm)])
    .map(([, name = '']) => name)
  t.true(lists.length > 8)
  t.deepEqual(
    lists.filter(name => !chosen.includes(name)),
    [],
  )
})
