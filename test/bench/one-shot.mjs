// One run of the command line, in time and memory beside a bare Node, and beside what cloud-init has for making user-data.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EXAMPLE, inFolder, installed, inTurn, MB, node, ratios, tool } from './measure.mjs'
import { absent, row } from './table.mjs'

const ROUNDS = 15
const COMMANDS = {
  '--version': ['--version'],
  'explain KEY': ['explain', 'connect-service'],
  check: ['check', EXAMPLE],
  inject: ['inject', EXAMPLE],
  'inject, prebuilt': ['inject', '--profile', 'prebuilt', EXAMPLE],
  preview: ['preview', EXAMPLE],
}

/** Programs that make one document of several, and how they are called for a cloud-config and a script. */
const OTHERS = {
  'cloud-init devel make-mime': script => [
    'cloud-init',
    'devel',
    'make-mime',
    '-a',
    `${EXAMPLE}:cloud-config`,
    '-a',
    `${script}:x-shellscript`,
  ],
  'write-mime-multipart': script => ['write-mime-multipart', EXAMPLE, script],
}

export const title = 'One run'

export const measure = () =>
  inFolder(folder => {
    const script = join(folder, 'first.sh')
    writeFileSync(script, '#!/bin/sh\necho first\n')
    const others = Object.entries(OTHERS).map(([name, argv]) => [name, argv(script)])
    const there = others.filter(([, [program]]) => installed(program))
    const [bare, ...rest] = inTurn(ROUNDS, [
      node('-e', '0'),
      ...Object.values(COMMANDS).map(words => tool(...words)),
      ...there.map(([, argv]) => ({ argv })),
    ])
    const runs = new Map(
      [...Object.keys(COMMANDS), ...there.map(([name]) => name)].map((name, index) => [name, rest[index]]),
    )
    const inject = runs.get('inject')
    const beside = others.flatMap(([name]) => {
      const other = runs.get(name)
      const [time, memory] = [`time of inject by that of ${name}`, `memory of inject by that of ${name}`]
      if (other === undefined) return [absent(time)]
      return [row(time, ratios(inject, other, 'wall')), row(memory, ratios(inject, other, 'memory'))]
    })
    return [
      ...Object.keys(COMMANDS).map(name =>
        row(
          `time of ${name} by that of \`node -e 0\``,
          ratios(runs.get(name), bare, 'wall'),
          name === 'inject' ? { most: 1.35 } : {},
        ),
      ),
      row('memory of inject by that of `node -e 0`', ratios(inject, bare, 'memory')),
      row(
        'memory of inject',
        inject.map(({ memory }) => memory / MB),
        { most: 60, unit: ' MB', digits: 0 },
      ),
      ...beside,
    ]
  })
