import test from 'ava'
import { inject } from '../../src/index.ts'
import { brief, bytes } from '../support/places.ts'

const OPTIONS = { annotations: ['connect-inject=true', 'connect-service=web'], profile: 'prebuilt' } as const
const said = (user: string, vendor: string | undefined, layout: 'multipart' | 'cloud-config'): readonly string[] =>
  inject(bytes(user), {
    ...OPTIONS,
    layout,
    ...(vendor !== undefined && { vendorData: { name: 'vendor.yaml', bytes: bytes(vendor) } }),
  })
    .diagnostics.filter(({ code }) => code !== 'N102')
    .map(brief)

const USER = '#cloud-config\nruncmd:\n  - ls\n'
const LOST =
  "E402 2:1 the vendor-data's write_files would be lost: injection adds write_files to the user-data, which outranks it"

test('a key that only vendor-data has would be lost, and is refused where it stands', t => {
  t.deepEqual(said(USER, '#cloud-config\nwrite_files: []\nruncmd: [x]\n', 'cloud-config'), [LOST])
  t.deepEqual(said(USER, '## template: jinja\n#cloud-config\nwrite_files: []\n', 'cloud-config'), [
    LOST.replace('2:1', '3:1'),
  ])
})

test('keys that both have were lost before already', t => {
  t.deepEqual(said(USER, '#cloud-config\nruncmd: [x]\n', 'cloud-config'), [])
})

test('vendor-data of other formats collides with nothing', t => {
  t.deepEqual(said(USER, '#!/bin/sh\nwrite_files: x\n', 'cloud-config'), [])
  t.deepEqual(said(USER, '', 'cloud-config'), [])
})

test('the multipart layout adds no keys, so that nothing collides', t => {
  t.deepEqual(said(USER, '#cloud-config\nwrite_files: []\n', 'multipart'), [])
})

test('vendor-data that cannot be read is refused, not passed over', t => {
  t.regex(
    said(USER, '#cloud-config\nwrite_files: [\n', 'cloud-config').join(),
    /^E206 3:1 the vendor-data cannot be read/,
  )
})

test('without vendor-data to look at, the added keys are told', t => {
  t.deepEqual(said(USER, undefined, 'cloud-config'), [
    "N104 nowhere write_files is added: vendor-data and the image's cloud.cfg lose theirs, if any",
  ])
  t.deepEqual(said('#cloud-config\nruncmd: []\nwrite_files: []\n', undefined, 'cloud-config'), [])
})
