/**
 * Standard input: one JSON object a line, `{userData}` in base64 and `inject`, the default. Standard output: what the command line
 * reads of each when the user-data stays untouched, `{annotations, inject}` or `{errors}`. The other half of the comparison is
 * test_readings.py.
 */
import { createInterface } from 'node:readline'
import { collect } from '../../src/annotate/collect.ts'
import { decide } from '../../src/annotate/decision.ts'
import { goBool } from '../../src/annotate/grammar/boolean.ts'
import { merge } from '../../src/annotate/merge.ts'
import { decode } from '../../src/decode/decode.ts'

const CLEARED = /^consul\.hashicorp\.com\/(?:service-meta-|envoy-extra-args)/
const KEY = 'consul.hashicorp.com/connect-inject'

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as { readonly userData: string; readonly inject: boolean }
  const decoding = decode(Buffer.from(question.userData, 'base64'), 'user-data')
  const { annotations: found, diagnostics } = collect(decoding.userData, 'keep')
  const { annotations, diagnostics: twice } = merge(found)
  const errors = [...decoding.diagnostics, ...diagnostics, ...twice]
    .filter(({ severity }) => severity === 'error')
    .map(({ message }) => message)
  const asked = annotations.get(KEY)?.value ?? ''
  // The value is judged later; a reader that decides has to judge it at once.
  if (asked.trim() !== '' && !goBool(asked).ok) errors.push('connect-inject is not a boolean')
  // An empty value of a key that is unknown, or means nothing, is complained of later; to the guest it is none at all.
  const stated = [...annotations.values()].filter(({ key, value }) => value.trim() !== '' || CLEARED.test(key))
  const values = Object.fromEntries(stated.map(({ key, value }) => [key, value]))
  const answer =
    errors.length > 0 ? { errors } : { annotations: values, inject: decide(annotations, question.inject).inject }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
