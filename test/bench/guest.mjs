// What the generator takes on the VM, at a first boot and at each later one, by `python3 -c pass`. What it asks systemd, Consul and
// resolved are stand-ins, as in the guest tests: those answer at once.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from '../../dist/src/index.js'
import { at, EXAMPLE, inFolder, inTurn, PYTHON, ratios } from './measure.mjs'
import { row } from './table.mjs'

const ROUNDS = 9
const CONFIG = '/srv/consul/service-config.json'
/** Puts the generator below a folder, and all that it writes too. */
const PUT = 'import sys, support; print(support.programs(sys.argv[1], "generate-sidecar-configs.py"), end="")'

export const title = 'On the VM'

export const measure = () =>
  inFolder(root => {
    const tests = { cwd: at('test/guest'), encoding: 'utf8' }
    const { stdout: generator, stderr } = spawnSync(PYTHON, ['-B', '-c', PUT, root], tests)
    if (generator === '') throw new Error(stderr)
    const { injection } = inject(readFileSync(EXAMPLE))
    writeFileSync(join(root, CONFIG), injection.files.find(({ path }) => path === CONFIG).content)
    mkdirSync(join(root, 'units'))
    const run = {
      argv: [PYTHON, generator],
      env: { PATH: `${at('test/guest/bin')}:${process.env.PATH}`, FAKE_UNITS: join(root, 'units') },
    }
    const written = ['etc', 'run', 'var'].map(name => join(root, name))
    const [bare, later, first] = inTurn(ROUNDS, [{ argv: [PYTHON, '-c', 'pass'] }, run, { ...run, clear: written }])
    return [
      row('time of the generator by that of `python3 -c pass`, first boot', ratios(first, bare, 'wall')),
      row('the same, later boots', ratios(later, bare, 'wall')),
      row(
        'milliseconds of the generator, first boot',
        first.map(({ wall }) => wall * 1000),
        { digits: 0 },
      ),
    ]
  })
