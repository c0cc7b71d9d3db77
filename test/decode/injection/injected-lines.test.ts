import test from 'ava'
import { inject, uninject } from '../../../src/index.ts'
import { brief, bytes } from '../../support/places.ts'

const INPUT = '#cloud-config\nconsul.hashicorp.com/connect-service: web\nruncmd:\n  - ls\n'
const OPTIONS = { annotations: ['connect-inject=true'], layout: 'cloud-config', profile: 'prebuilt' } as const
const output = Buffer.from(inject(bytes(INPUT), OPTIONS).output ?? '').toString('utf8')
const undone = (content: string, force = false): string | undefined => {
  const { output: result } = uninject(bytes(content), { force })
  return result && Buffer.from(result).toString('utf8')
}

test('an edit outside the marks stays, and the injection comes out all the same', t => {
  t.is(undone(output.replace('- ls', '- ls -l')), INPUT.replace('- ls', '- ls -l'))
  t.is(undone(`${output}packages: [x]\n`), `${INPUT}packages: [x]\n`)
})

test('an edit between the marks is refused at the first mark, and force takes it out', t => {
  const edited = output.replace("permissions: '0640'", "permissions: '0644'")
  t.not(edited, output)
  const { output: result, diagnostics } = uninject(bytes(edited))
  t.is(result, undefined)
  const line = edited.slice(0, edited.indexOf('# >>>')).split('\n').length
  t.deepEqual(diagnostics.map(brief), [`E102 ${line}:1 the injected lines were edited by hand`])
  t.is(undone(edited, true), INPUT)
  t.deepEqual(
    inject(bytes(edited), OPTIONS).diagnostics.map(({ code }) => code),
    ['E102'],
  )
})

test('a mark that is gone is refused, and nothing is lost', t => {
  const edited = output.replace(/^ *# <<< consul-vm-inject\n(?![\s\S]*# <<<)/m, '')
  t.not(edited, output)
  const { output: result, diagnostics } = uninject(bytes(edited))
  t.is(result, undefined)
  t.regex(diagnostics.map(brief).join(), /E102 .* the mark that ends the injected lines is gone/)
})

test('one stretch that was taken out by hand leaves the other to uninject', t => {
  const edited = output.replace(/^# >>> consul-vm-inject[\s\S]*?# <<< consul-vm-inject\n/m, '')
  t.not(edited, output)
  t.is(undone(edited), INPUT)
})

test('a comment that injection made and somebody changed is refused', t => {
  const edited = output.replace(
    '# consul.hashicorp.com/connect-service: web',
    '#consul.hashicorp.com/connect-service: web',
  )
  t.not(edited, output)
  const { output: result, diagnostics } = uninject(bytes(edited))
  t.is(result, undefined)
  t.regex(diagnostics.map(brief).join(), /no longer the comment that injection made of it/)
})

test('from one layout to the other the same document comes back', t => {
  const multipart = inject(bytes(output), { ...OPTIONS, layout: 'multipart' }).output ?? bytes('')
  t.is(undone(Buffer.from(multipart).toString('utf8')), INPUT)
  const again = inject(multipart, OPTIONS).output ?? bytes('')
  t.is(Buffer.from(again).toString('utf8'), output)
})
