import test from 'ava'
import fc from 'fast-check'
import { collect } from '../../src/annotate/collect.ts'
import { decode } from '../../src/decode/decode.ts'
import { decodeBare } from '../../src/decode/user-data.ts'
import { readYaml } from '../../src/decode/yaml.ts'
import { toData } from '../../src/decode/yaml-data.ts'
import { weaveCloudConfig } from '../../src/weave/cloud-config.ts'
import { injection as base } from '../support/injections.ts'
import { brief, bytes, latin1 } from '../support/places.ts'
import { cloudConfig } from '../support/user-data.ts'

const CONTENT = '{"a": "b"}\n'
const injection = { ...base, files: [{ path: '/srv/x.json', mode: '0640', content: CONTENT, once: true }] }
const START = '/var/lib/cloud/instance/scripts/zz-consul-vm-inject-start'

function splice(content: Uint8Array): ReturnType<typeof weaveCloudConfig> {
  const { userData } = decodeBare(content, 'web.yaml')
  return weaveCloudConfig(userData, collect(userData).cuts, injection)
}

/** The text with ours spliced in; throws where it is refused. */
function spliced(content: string): string {
  const woven = splice(bytes(content))
  if (!woven.ok) throw new Error(woven.diagnostics.map(brief).join('\n'))
  return Buffer.from(woven.bytes).toString('utf8')
}

interface Config {
  readonly write_files: readonly { readonly path: string; readonly content: string }[]
  readonly runcmd: readonly unknown[]
}

function dataOf(content: string): Config {
  const yaml = readYaml(content)
  if (!yaml.ok) throw new Error(yaml.message)
  return toData(yaml.root) as Config
}

const back = (content: Uint8Array): Uint8Array | undefined => decode(content, 'web.yaml').userData.bytes

const accepted = test.macro<[what: string, content: string]>({
  exec(t, _, content) {
    const result = spliced(content)
    const { write_files, runcmd, ...rest } = dataOf(result)
    const before = dataOf(content.replaceAll(/^ *consul\.hashicorp\.com.*$/gm, '')) ?? {}
    const { write_files: files = [], runcmd: commands = [], ...others } = before
    t.deepEqual(
      write_files.slice(0, 2).map(({ path }) => path),
      ['/srv/x.json', START],
    )
    t.is(write_files[0]?.content, CONTENT)
    t.is(write_files[1]?.content, injection.script)
    t.deepEqual(write_files.slice(2), files)
    t.deepEqual(runcmd, [['systemctl', 'enable', 'consul-sidecar-init.service'], ...commands])
    t.deepEqual(rest, others)
    t.is(Buffer.from(back(bytes(result)) ?? '').toString('utf8'), content)
  },
  title: (_, what) => `one cloud-config takes the injection and gives it back: ${what}`,
})

const H = '#cloud-config\n'
const LISTS = 'write_files:\n  - path: /a\n    content: x\nruncmd:\n  - ls\n'
test(accepted, 'nothing but the header', '#cloud-config')
test(accepted, 'nothing but comments', `${H}# why\n\n# not`)
test(accepted, 'an empty document after its mark', `${H}---\n`)
test(accepted, 'neither list', `${H}packages: [nginx]\n`)
test(accepted, 'no line ending at the end', `${H}packages: [nginx]`)
test(accepted, 'a block scalar that ends the document without a line ending', `${H}a: |\n  text`)
test(accepted, 'a block scalar that keeps its line endings', `${H}a: |+\n  text\n\n\n`)
test(accepted, 'both lists', H + LISTS)
test(accepted, 'lists as deep as their keys', `${H}write_files:\n- path: /a\nruncmd:\n- ls\n`)
test(accepted, 'only write_files', `${H}write_files:\n  - path: /a\n`)
test(accepted, 'only runcmd', `${H}runcmd:\n    - [a, b]\n    - c\n`)
test(accepted, 'comments between a key and its items', `${H}runcmd: # first\n  # second\n\n  - ls # third\n`)
test(accepted, 'CRLF', (H + LISTS).replaceAll('\n', '\r\n'))
test(accepted, 'CRLF without a line ending at the end', '#cloud-config\r\na: b')
test(accepted, 'a lone CR at the end', '#cloud-config\r')
test(accepted, 'a lone CR at the end of a key', `${H}a: b\r`)
test(accepted, 'a flow list', `${H}runcmd: [ls, [a, 'b c'], "x"]\n`)
test(accepted, 'an empty flow list', `${H}write_files: []\nruncmd: [ ]\n`)
test(
  accepted,
  'a flow list over several lines',
  `${H}runcmd: [\n  ls, # why\n  [a, b]\n  ]\nwrite_files: [{path: /a}]\n`,
)
test(accepted, 'keys in quotes', `${H}"runcmd":\n  - ls\n'write_files':\n  - {path: /a}\n`)
test(accepted, 'a root that is indented', `${H}  packages: [x]\n  runcmd:\n  - ls\n`)
test(accepted, 'a root that is indented, and neither list', `${H}   packages: [x]\n   a: b\n`)
test(accepted, 'document marks', `${H}---\nruncmd:\n  - ls\n...\n`)
test(accepted, 'a YAML directive', `${H}%YAML 1.1\n---\nruncmd:\n  - ls\n`)
test(
  accepted,
  'YAML 1.1 spellings',
  `${H}a: yes\nb: 0755\nc: 22:22\nd: 1_000\ne: ~\nf: 2020-01-01\nruncmd:\n  - echo yes\n`,
)
test(accepted, 'an anchor that nothing uses', `${H}runcmd: &commands\n  - ls\n`)
test(accepted, 'anchors and aliases elsewhere', `${H}a: &a {b: c}\nd: *a\nruncmd:\n  - &x ls\n  - *x\n`)
test(accepted, 'a merge key that brings neither list', `${H}a: &a {b: c}\n<<: *a\n`)
test(accepted, 'a key given twice', `${H}runcmd:\n  - one\nruncmd:\n  - two\n`)
test(
  accepted,
  'an annotation key before all others',
  `${H}consul.hashicorp.com/connect-service: web\nruncmd:\n  - ls\n`,
)
test(
  accepted,
  'annotation keys among the lists',
  `${H}runcmd:\n  - ls\nconsul.hashicorp.com/a: b\nwrite_files:\n  - path: /a\n`,
)
test(accepted, 'nothing but an annotation key', `${H}consul.hashicorp.com/connect-service: web\n`)
test(accepted, 'nothing but an annotation key, no line ending', `${H}consul.hashicorp.com/connect-service: web`)
test(accepted, 'characters outside ASCII', `${H}# 😀 é\na: ☃\nruncmd:\n  - echo 😀\n`)
test(accepted, 'modules that include ours', `${H}cloud_final_modules: [scripts-vendor, [scripts-user, always]]\n`)
test(
  accepted,
  'an injected document inside a block scalar',
  `${H}write_files:\n  - path: /a\n    content: |\n${spliced(H + LISTS)
    .replaceAll(/^/gm, '      ')
    .trimEnd()}\n`,
)

test('nothing is written into a document that is not UTF-8, for cloud-init drops it', t => {
  const woven = splice(latin1(`${H}# é\na: b\n`))
  t.false(woven.ok)
  if (!woven.ok)
    t.deepEqual(
      woven.diagnostics.map(({ code }) => code),
      ['E406'],
    )
  t.true(splice(bytes(`${H}# é\na: b\n`)).ok)
})

const refused = test.macro<[content: string, first: string]>({
  exec(t, content, first) {
    const woven = splice(bytes(content))
    t.false(woven.ok)
    if (woven.ok) return
    t.true(woven.diagnostics.map(brief).includes(first), woven.diagnostics.map(brief).join('\n'))
    t.true(
      woven.diagnostics.every(({ code, hint }) => /^E40[1456]$/.test(code) && hint?.includes('--layout multipart')),
    )
  },
  title: (_, content, first) =>
    `refused, with its place: ${JSON.stringify(content).slice(0, 60)}: ${first.slice(0, 60)}`,
})
const NOT = 'the injection cannot be written into this cloud-config:'
test(refused, `${H}runcmd:\n`, `E401 2:1 ${NOT} runcmd is empty`)
test(refused, `${H}runcmd: ls\n`, `E401 2:1 ${NOT} runcmd is not a list`)
test(refused, `${H}write_files: {a: b}\n`, `E401 2:1 ${NOT} write_files is a mapping`)
test(refused, `${H}a: &a [ls]\nruncmd: *a\n`, `E401 3:1 ${NOT} runcmd is an alias`)
test(
  refused,
  `${H}runcmd: &a\n  - ls\nbootcmd: *a\n`,
  `E401 2:1 ${NOT} runcmd has the anchor &a, which is used elsewhere`,
)
test(refused, `${H}x: &x {runcmd: [ls]}\n<<: *x\n`, `E401 3:1 ${NOT} runcmd arrives through a YAML merge key (<<)`)
test(
  refused,
  `${H}x: &x {<<: {runcmd: [ls]}}\n<<: *x\n`,
  `E401 3:1 ${NOT} runcmd arrives through a YAML merge key (<<)`,
)
test(
  refused,
  `${H}runcmd:\n  - ls\n  - echo a: b\n`,
  `E401 4:5 ${NOT} cloud-init will run nothing of runcmd: this is neither a string nor a list`,
)
test(
  refused,
  `${H}runcmd:\n  - 5\n`,
  `E401 3:5 ${NOT} cloud-init will run nothing of runcmd: this is neither a string nor a list`,
)
test(refused, `${H}{runcmd: [ls]}\n`, `E401 2:1 ${NOT} its root is a flow mapping ({...})`)
test(refused, `${H}- a\n`, `E406 2:1 ${NOT} its root is no mapping`)
test(refused, `${H}a: b\n---\nc: d\n`, `E406 1:1 ${NOT} it holds several YAML documents`)
test(refused, `${H}? a\n: b\n`, `E401 2:3 ${NOT} its first key does not begin a line`)
test(
  refused,
  `${H}runcmd: [ls\n`,
  `E406 3:1 ${NOT} it is not YAML: unexpected end of the stream within a flow collection`,
)
test(
  refused,
  `${H}cloud_final_modules: [scripts-vendor]\n`,
  `E405 2:1 ${NOT} cloud_final_modules leaves out the module scripts_user`,
)
test(refused, `${H}merge_how: no-merger\nruncmd: [ls]\n`, `E406 2:1 ${NOT} cloud-init will drop it for its merge_how`)
test(
  refused,
  '#!/bin/sh\n',
  'E404 1:1 --layout cloud-config takes one cloud-config, and this document is of the format script',
)
test(
  refused,
  '## template: jinja\n#cloud-config\n',
  'E404 1:1 --layout cloud-config takes one cloud-config, and this document is of the format jinja',
)

test('every generated cloud-config is taken and comes back, or is refused with a place', t => {
  let taken = 0
  fc.assert(
    fc.property(cloudConfig, content => {
      const woven = splice(bytes(content))
      if (!woven.ok) {
        t.true(woven.diagnostics.every(({ span }) => span !== undefined))
        return
      }
      taken += 1
      t.is(Buffer.from(back(woven.bytes) ?? '').toString('utf8'), content)
    }),
    { numRuns: 500 },
  )
  // Some runcmd of theirs is broken, and some documents end before they begin.
  t.true(taken > 200, `${taken} of 500`)
})

test('the lines between the marks are the only ones that a diff would show', t => {
  const before = (H + LISTS).split('\n')
  const after = spliced(H + LISTS).split('\n')
  const ours = new Set<string>()
  let inside = false
  const theirs = after.filter(line => {
    if (line.includes('# >>> consul-vm-inject')) inside = true
    const keep = !inside
    if (!keep) ours.add(line)
    if (line.includes('# <<< consul-vm-inject')) inside = false
    return keep
  })
  t.deepEqual(theirs, before)
  t.true(ours.size > 10)
})

test('keys that the document lacked are named, for vendor-data could have them too', t => {
  const keysOf = (content: string): readonly string[] => {
    const woven = splice(bytes(content))
    return woven.ok ? woven.keys : ['refused']
  }
  t.deepEqual(keysOf(H), ['write_files', 'runcmd'])
  t.deepEqual(keysOf(`${H}runcmd: [ls]\n`), ['write_files'])
  t.deepEqual(keysOf(H + LISTS), [])
})
