import test from 'ava'
import { runIn } from './world.ts'

const NOTES = `  annotations:
    consul.hashicorp.com/connect-inject: "true"
    consul.hashicorp.com/connect-service: web
`
const SECRET = `# one of ours
kind: Secret
apiVersion: v1
metadata:
  name: web
${NOTES}stringData:
  userdata: |
      #!/bin/sh
      echo hello
`
const VM = `apiVersion: kubevirt.io/v1
kind: VirtualMachineInstance
metadata:
${NOTES}spec:
  volumes:
    - name: cloudinit
      cloudInitNoCloud:
        userData: |
          #!/bin/sh
`

test('a manifest goes through the pipe and back', async t => {
  const injected = await runIn({ stdin: SECRET }, '--profile', 'prebuilt')
  t.is(injected.exit, 0)
  t.regex(injected.stdout.toString(), /^ {4}consul\.hashicorp\.com\/connect-inject-status: injected$/m)
  t.regex(injected.stderr, /^note\[N102\]: web: joins the mesh/)
  const original = await runIn({ stdin: injected.stdout }, 'uninject')
  t.deepEqual([original.exit, original.stdout.toString()], [0, SECRET])
  const again = await runIn({ stdin: SECRET }, 'uninject')
  t.deepEqual([again.stdout.toString(), again.stderr.slice(0, 10)], [SECRET, 'note[N101]'])
})

test('a VM without room for the injection is refused as a size is, with the way out', async t => {
  const { exit, stdout, stderr } = await runIn({ stdin: VM }, '--profile', 'prebuilt')
  t.deepEqual([exit, stdout.length], [3, 0])
  t.regex(
    stderr,
    /^error\[E601\]: injected, the user-data has \d+ bytes, \d+ in gzip; KubeVirt takes 2048 inside a VM\n +--> <stdin>:11:9\n/,
  )
  t.regex(stderr.replace(/\s+/g, ' '), /Secret under the key userdata, .* secretRef, .* userDataSecretRef/)
})

test('a size is not what stops a manifest that has faults besides', async t => {
  const { exit } = await runIn({ stdin: VM.replace('service: web', 'service: a b') }, '--profile', 'prebuilt')
  t.is(exit, 2)
})

test('check judges a manifest as inject does and writes none', async t => {
  t.like(await runIn({ stdin: SECRET }, 'check'), { exit: 0, stdout: Buffer.alloc(0) })
  const { exit, stderr } = await runIn({ stdin: SECRET.replace('connect-service', 'conect-service') }, 'check')
  t.is(exit, 2)
  t.regex(stderr, /E201.*\n --> <stdin>:8:5/)
})
