/**
 * Standard input: one JSON object a line, `{annotations, settings}`. Standard output: what the TypeScript plan makes of each,
 * the canonical text of its `service-config.json` as `{config}`, or `{errors}`. The other half of the comparison is test_differential.py.
 */
import { createInterface } from 'node:readline'
import { inject } from '../../src/index.ts'
import { canonicalJson } from '../../src/plan/canonical-json.ts'

interface Question {
  readonly annotations: Readonly<Record<string, string>>
  readonly settings?: {
    readonly enterprise: boolean
    readonly namespaces: boolean
    readonly partitions: boolean
    readonly domain?: string
  }
}

const valuesOf = ({ settings }: Question): string =>
  JSON.stringify({
    global: {
      domain: settings?.domain,
      enableConsulNamespaces: settings?.namespaces === true,
      adminPartitions: { enabled: settings?.partitions === true },
      ...(settings?.enterprise === true && { image: 'hashicorp/consul-enterprise:1.22.0-ent' }),
    },
  })

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line) as Question
  const annotations = Object.entries({ ...question.annotations, 'consul.hashicorp.com/connect-inject': 'true' })
  const { plan, diagnostics } = inject(new Uint8Array(), {
    annotations: annotations.map(([key, value]) => `${key}=${value}`),
    values: { name: 'values', text: valuesOf(question) },
    profile: 'prebuilt',
  })
  const errors = diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message)
  const answer = plan === undefined ? { errors } : { config: canonicalJson(plan.serviceConfig) }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}
