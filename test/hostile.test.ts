import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { decode } from '../src/decode/decode.ts'
import { carriedFiles } from '../src/decode/injection/carried-files.ts'
import { inject, uninject } from '../src/index.ts'
import { canonicalJson } from '../src/plan/canonical-json.ts'

/** Values that would do something if anything on the way evaluated them. */
const HOSTILE: readonly string[] = [
  '22;touch /pwned',
  '$(touch /pwned)',
  '`touch /pwned`',
  'x\ntouch /pwned\n',
  'x\r\nExecStart=/bin/sh -c "touch /pwned"\r\n',
  '"; touch /pwned; "',
  "'; touch /pwned; '",
  '%n%i%h touch /pwned',
  '\u0000touch /pwned',
  'END-OF-INSTALLER\ntouch /pwned',
  '"""\nimport os; os.system("touch /pwned")\n"""',
  '--==consul-vm-inject==\n\n#!/bin/sh\ntouch /pwned',
  '{{touch /pwned}}{{{x}}}',
  '\u202e\u2028 touch /pwned',
  `touch /pwned ${'x'.repeat(65_536)}`,
]

/** Settings under which as many keys as can be are of use. */
const BASE = ['connect-inject=true', 'connect-service=web', 'connect-service-port=8080', 'enable-metrics=true']
const VALUES = { name: 'values.json', text: '{"global":{"enableConsulNamespaces":true}}' }

const INPUT = Buffer.from('#cloud-config\npackages: []\n')

for (const { key, prefix } of ANNOTATIONS) {
  const name = prefix ? `${key}note` : key
  test(`a hostile value of ${name} ends as a diagnostic or as inert text`, t => {
    for (const value of HOSTILE) {
      for (const layout of ['multipart', 'cloud-config'] as const) {
        const base = BASE.filter(flag => !name.endsWith(`/${flag.split('=')[0]}`))
        const { output, diagnostics, plan } = inject(INPUT, {
          annotations: [...base, `${name}=${value}`],
          values: VALUES,
          profile: 'prebuilt',
          layout,
        })
        if (output === undefined) {
          t.true(diagnostics.some(({ severity, hint }) => severity === 'error' && hint !== undefined))
          continue
        }
        if (plan === undefined) continue
        // Read back the plan is the very plan: whatever the value says, it stands in the JSON of one file.
        const { earlier } = decode(output, 'web').userData
        const carried = earlier && carriedFiles(earlier)
        const config = carried?.files.find(({ path }) => path === '/srv/consul/service-config.json')
        t.is(config?.content, canonicalJson(plan.serviceConfig))
        t.deepEqual(Buffer.from(uninject(output).output ?? ''), INPUT)
      }
    }
  })
}
