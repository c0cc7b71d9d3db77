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

test('the fuzz suites, the unit tests on other versions of Node.js and the declarations are checked in CI, and counted', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  t.regex(run, /^beside fuzz \d+ node test\/fuzz\/run\.mjs$[\s\S]*^show fuzz count_ava$/m)
  t.regex(run, /^beside nodes \d+ bash test\/nodes\.sh$[\s\S]*^show nodes count_ava$/m)
  t.regex(readFileSync(join(projectFolder, 'test/nodes.sh'), 'utf8'), /c8\.js --check-coverage/)
  t.regex(run, /^suite types \d+ count_boot node test\/api\/typescript\.mjs$/m)
})
