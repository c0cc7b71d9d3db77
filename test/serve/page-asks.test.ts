import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { ANNOTATED } from './handlers.ts'
import { complaints, give, inBrowser, said, textOf, visit } from './page-visit.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-page-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

inBrowser.serial(
  'a file is taken by dropping it, anywhere, or by the button, and gives the document its name',
  async t => {
    const { tab, origin } = await visit(t)
    const [dropped, opened, packed] = ['web.yaml', 'api.yaml', 'web.gz'].map(name => join(folder, name)) as [
      string,
      string,
      string,
    ]
    writeFileSync(dropped, ANNOTATED)
    writeFileSync(opened, ANNOTATED.replace('web', 'api'))
    writeFileSync(packed, Uint8Array.of(0x1f, 0x8b, 0xff))
    await tab.drop(dropped, 300, 350)
    await said(tab, /injected/)
    t.is(await tab.evaluate(`document.getElementById('user-data').value`), ANNOTATED)
    t.regex(await textOf(tab, '#diff'), /--- web\.yaml/)
    await tab.drop(packed, 5, 5)
    await said(tab, /^The file is not text\./)
    t.is(await tab.evaluate('location.pathname'), '/')
    const { root } = await tab.send('DOM.getDocument')
    const { nodeId } = await tab.send('DOM.querySelector', {
      nodeId: (root as { nodeId: number }).nodeId,
      selector: '#file',
    })
    await tab.send('DOM.setFileInputFiles', { nodeId, files: [opened] })
    await tab.until(`document.getElementById('diff').textContent.includes('--- api.yaml')`)
    t.deepEqual(complaints(tab, origin), [])
  },
)

inBrowser.serial('with a token in its address the page works as without', async t => {
  const { tab, origin } = await visit(t, 'a-token')
  await give(tab, ANNOTATED)
  await said(tab, /injected/)
  t.deepEqual(complaints(tab, origin), [])
})

inBrowser.serial('what the server refuses is told, and so is that it does not answer any more', async t => {
  const { tab } = await visit(t)
  const large = join(folder, 'large.yaml')
  writeFileSync(large, `#cloud-config\n${'# filler\n'.repeat(20_000)}`)
  await tab.drop(large, 300, 350)
  await said(tab, /refused: 1 error/)
  t.regex(await textOf(tab, '#diagnostics'), /error E705 the body is larger than 65536 bytes/)
  t.regex(await textOf(tab, '#numbers'), / 20002$/)
  await tab.send('Network.emulateNetworkConditions', {
    offline: true,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
  await give(tab, ANNOTATED)
  await said(tab, /^The server does not answer/)
  await tab.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 0,
    downloadThroughput: -1,
    uploadThroughput: -1,
  })
  await give(tab, `${ANNOTATED}# more\n`)
  await said(tab, /injected/)
})

inBrowser.serial('an answer to what was there before does not replace the one to what is there now', async t => {
  const { tab } = await visit(t)
  await tab.evaluate(
    `{ const real = fetch; window.asked = 0; const first = new Promise(go => { window.release = go })
       window.fetch = async (...request) => {
         window.asked += 1
         if (window.asked === 1) await first
         return real(...request).finally(() => { window.answered = (window.answered ?? 0) + 1 })
       } }`,
  )
  await give(tab, ANNOTATED)
  await tab.until('window.asked === 1')
  await give(tab, '#cloud-config\n')
  await said(tab, /left as it is/)
  await tab.evaluate('window.release()')
  await tab.until('window.answered === 2')
  await new Promise(resolve => setTimeout(resolve, 300))
  t.regex(await textOf(tab, '#status'), /left as it is/)
  t.is(await tab.evaluate(`document.getElementById('result').getAttribute('aria-busy')`), null)
})
