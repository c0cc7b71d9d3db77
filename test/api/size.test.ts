import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { ANNOTATIONS } from '../../annotations/generated/table.ts'
import { type InjectOptions, inject } from '../../src/index.ts'
import { projectFolder } from '../shared.ts'
import { bytes } from '../support/places.ts'

const readme = readFileSync(join(projectFolder, 'README.md'), 'utf8')
const WEB = /```yaml before\n([\s\S]*?)```/.exec(readme)?.[1] ?? ''

/** Sizes are exact: what is packed is packed at build, the same bytes on every machine. */
const BARS: readonly (readonly [what: string, most: number, options: InjectOptions])[] = [
  ['with everything, as text', 17_984, { platform: 'nocloud' }],
  ['with everything, in gzip', 12_480, { compress: 'always' }],
  ['for an image that has the rest, in gzip, fits KubeVirt', 1500, { profile: 'prebuilt', compress: 'always' }],
]
for (const [what, most, options] of BARS) {
  test(`the document of the README ${what} has at most ${most} bytes`, t => {
    const { output } = inject(bytes(WEB), { platform: 'ec2', ...options })
    t.true((output?.length ?? 0) > WEB.length * (options.compress === 'always' ? 1 : 2))
    t.true((output?.length ?? Number.POSITIVE_INFINITY) <= most, `${output?.length} bytes`)
  })
}

test('a document with every annotation set fits Amazon EC2', t => {
  const rows = ANNOTATIONS.filter(
    ({ verdict, aliasOf, example }) => ['applies', 'maps'].includes(verdict) && aliasOf === undefined && example !== '',
  )
  const values = { name: 'values.yaml', text: 'global: {image: "hashicorp/consul-enterprise:1.22.0-ent"}' }
  const lines = rows.map(({ key, prefix, example }) => `# ${prefix ? `${key}team` : key}: ${example}`)
  const all = lines.filter(
    line =>
      !/connect-inject-status|connect-service-default-port|prometheus-ca-path|acl-token-file|acl-aws-iam/.test(line),
  )
  const document = `#cloud-config\n${all.join('\n')}\n`
    .replace(/(connect-service-port:) .*/, '$1 "8080"')
    .replace(/(connect-service:) .*/, '$1 web')
  const { output, diagnostics } = inject(bytes(document), { platform: 'ec2', compress: 'auto', values })
  t.deepEqual(
    diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    [],
  )
  t.true((output?.length ?? Number.POSITIVE_INFINITY) <= 16_384, `${output?.length} bytes`)
})

for (const name of readdirSync(join(projectFolder, 'examples'))) {
  const file = ['user-data.yaml', 'user-data', 'user-data.sh', 'user-data.txt', 'user-data.mime']
    .map(one => join(projectFolder, 'examples', name, one))
    .find(one => {
      try {
        return readFileSync(one).length > 0
      } catch {
        return false
      }
    })
  if (file === undefined) continue
  test(`the example ${name} fits Amazon EC2`, t => {
    const { output, diagnostics } = inject(readFileSync(file), { platform: 'ec2', compress: 'auto' })
    t.deepEqual(
      diagnostics.filter(({ severity }) => severity === 'error').map(({ message }) => message),
      [],
    )
    t.true((output?.length ?? Number.POSITIVE_INFINITY) <= 16_384)
  })
}
