import test from 'ava'
import { ANNOTATIONS } from '../annotations/generated/table.ts'
import { decode } from '../src/decode/decode.ts'
import { carriedFiles } from '../src/decode/injection/carried-files.ts'
import { inject, uninject } from '../src/index.ts'

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
        // Packed in MIME no line of shell, MIME or systemd holds the value; in one cloud-config it is JSON in a block of text.
        const text = Buffer.from(output).toString('latin1')
        if (layout === 'multipart') t.false(text.includes('touch /pwned'), value)
        if (plan === undefined) continue
        // Read back it is the very text that was given, or it was left out.
        const { earlier } = decode(output, 'web').userData
        const config =
          earlier && carriedFiles(earlier)?.files.find(({ path }) => path === '/srv/consul/service-config.json')
        const { annotations } = JSON.parse(config?.content ?? '') as { annotations: Readonly<Record<string, string>> }
        t.deepEqual(annotations, plan.serviceConfig.annotations)
        t.true([undefined, value].includes(annotations[name]), name)
        t.deepEqual(Buffer.from(uninject(output).output ?? ''), INPUT)
      }
    }
  })
}
