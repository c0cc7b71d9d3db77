import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import test from 'ava'
import { inject, uninject } from '../src/index.ts'
import { sharedPath } from './shared.ts'

const folder = sharedPath('corpus')
const ANNOTATIONS = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080']
const LAYOUTS = ['multipart', 'cloud-config'] as const
const same = (a: Uint8Array | undefined, b: Uint8Array | undefined): boolean =>
  a !== undefined && b !== undefined && Buffer.from(a).equals(Buffer.from(b))

const documents = folder === undefined ? [] : readdirSync(folder).filter(name => name !== 'index.json')
const withCorpus = folder === undefined ? test.skip : test

withCorpus('every document of the corpus comes back from both layouts, with other annotations in between', t => {
  const wrong: string[] = []
  let taken = 0
  for (const name of documents) {
    const input = readFileSync(join(folder ?? '', name))
    const original = input[0] === 0x1f && input[1] === 0x8b ? gunzipSync(input) : input
    for (const first of LAYOUTS) {
      for (const second of LAYOUTS) {
        const once = inject(input, { annotations: ANNOTATIONS, layout: first, profile: 'prebuilt' }).output
        const options = { annotations: [...ANNOTATIONS, 'service-tags=changed'], layout: second } as const
        const twice = once && inject(once, options).output
        if (twice === undefined) continue
        taken += 1
        if (!same(uninject(twice).output, original)) wrong.push(`${name}: ${first}, then ${second}: does not come back`)
        if (!same(inject(input, options).output, twice)) wrong.push(`${name}: ${first} left a trace in ${second}`)
        if (!same(inject(twice, options).output, twice)) wrong.push(`${name}: ${second} twice is not the same`)
      }
    }
  }
  t.deepEqual(wrong, [])
  t.true(taken > documents.length * 2, `${taken} round trips`)
})
