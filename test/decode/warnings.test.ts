import test from 'ava'
import { decode } from '../../src/decode/decode.ts'
import { bytes } from '../support/places.ts'

const said = (text: string): readonly string[] =>
  decode(bytes(text), 'web').diagnostics.map(({ code, message }) => `${code} ${message}`)

test('decoding tells what cloud-init does not recognise from what is for another program or an installer', t => {
  t.deepEqual(said('nginx\n'), ['W101 cloud-init does not recognise this document and will ignore it'])
  t.deepEqual(said('variant: fcos\nversion: 1.5.0\n'), [
    'W102 cloud-init does not read this document: it is a Butane configuration (Fedora CoreOS, Flatcar)',
  ])
  t.regex(said('#cloud-config\nautoinstall: {version: 1}\n').join('\n'), /^W108 .*installer \(autoinstall\)[^\n]*$/)
  t.deepEqual(said('#cloud-config\npackages: [nginx]\n'), [])
})
