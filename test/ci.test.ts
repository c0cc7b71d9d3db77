import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { projectFolder } from './shared.ts'

test('the suite with the real API server is run in CI, and what it says is counted', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  t.regex(run, /^cluster \d+ \S+ test\/kubernetes\/cluster\/run\.py -v$/m)
  t.regex(run, /^for list in [-a-z ]*cluster [-a-z ]+; do\n {2}show "\$list" count_boot$/m)
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

test('the fuzz suites, the unit tests on three versions of Node.js and the declarations are checked in CI', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  t.regex(run, /node\.mjs floor\)" "\$logs\/floor\/node"\nPATH=\$logs\/floor:\$PATH list npm \d+ npm test$/m)
  t.regex(run, /^nodes \d+ nice -n 5 bash test\/nodes\.sh 22 24$/m)
  t.regex(readFileSync(join(projectFolder, 'test/nodes.sh'), 'utf8'), /c8\.js --check-coverage/)
  t.regex(run, /^fuzz \d+ nice -n 5 node test\/fuzz\/run\.mjs$/m)
  t.regex(run, /^types \d+ nice -n 5 node test\/api\/typescript\.mjs$/m)
})

test('every list that CI runs is counted in its last line', t => {
  const run = readFileSync(join(projectFolder, '.ci/run'), 'utf8')
  const lists = [...run.matchAll(/(?:^|\blist |echo ")([-a-z]+) \d+ [$a-z]/gm)].map(([, name]) => name)
  const shown = [...run.matchAll(/^for list in (.*); do\n {2}show "\$list"/gm)].flatMap(([, names = '']) =>
    names.split(' '),
  )
  shown.push(...[...run.matchAll(/^ *show ([a-z]+) /gm)].map(([, name = '']) => name))
  t.true(lists.length > 15)
  t.deepEqual(shown.sort(), lists.sort())
})
