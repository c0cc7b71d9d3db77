import { ANNOTATED, FAULTY } from './handlers.ts'
import { choose, complaints, focus, give, inBrowser, said, textOf, visit } from './page-visit.ts'

inBrowser.serial(
  'what is typed is previewed: the diff marks lines by their signs, the summary tells the effects',
  async t => {
    const { tab, origin } = await visit(t)
    t.is(await textOf(tab, '#status'), 'Nothing to show yet.')
    await give(tab, ANNOTATED)
    await said(tab, /^Would be injected \(profile prebuilt, multipart\); 1 note\.$/)
    const added: readonly string[] = await tab.evaluate(
      `[...document.querySelectorAll('#diff ins')].map(e => e.textContent)`,
    )
    t.true(added.length > 10)
    t.true(added.every(line => line.startsWith('+')))
    t.true(added.includes('+MIME-Version: 1.0\n'))
    t.true(
      await tab.evaluate(
        `[...document.querySelectorAll('#diff .same')].some(e => e.textContent === ' #cloud-config\\n')`,
      ),
    )
    t.regex(await textOf(tab, '#summary'), /connect-service web user-data:3/)
    t.regex(await textOf(tab, '#summary'), /service web, without a portconnect-service/)
    t.is(await textOf(tab, '#tab-diagnostics'), 'Diagnostics (1)')
    await give(tab, '#cloud-config\n')
    await said(tab, /^Would be left as it is, because /)
    t.is(await textOf(tab, '#diff'), 'Nothing would change.')
    await tab.evaluate(`document.getElementById('user-data').value = ''; true`)
    await focus(tab, 'user-data')
    await tab.type('x')
    await said(tab, /^Would be left/)
    t.deepEqual(complaints(tab, origin), [])
  },
)

inBrowser.serial('guest files open when they are asked for, and stay as they are while one types', async t => {
  const { tab, origin } = await visit(t)
  await give(tab, ANNOTATED)
  await said(tab, /injected/)
  t.is(await tab.evaluate(`document.querySelectorAll('#diff details').length`), 2)
  t.is(await tab.evaluate(`document.querySelectorAll('#diff details')[1].querySelectorAll('.line').length`), 0)
  await tab.evaluate(`document.querySelectorAll('#diff summary')[1].focus()`)
  await tab.press('Enter')
  await tab.until(`document.querySelectorAll('#diff details')[1].querySelectorAll('.line').length > 3`)
  await give(tab, ANNOTATED.replace('web', 'api'))
  await tab.until(`document.querySelectorAll('#diff details')[1]?.textContent.includes('"api"')`)
  t.true(await tab.evaluate(`document.querySelectorAll('#diff details')[1].open`))
  t.deepEqual(complaints(tab, origin), [])
})

inBrowser.serial(
  'files that are the same on every VM are together in one section, which opens and stays open',
  async t => {
    const { tab, origin } = await visit(t)
    await choose(tab, 'profile', 'full')
    await give(tab, ANNOTATED)
    await said(tab, /profile full/)
    const all = `[...document.querySelectorAll('#diff > details')]`
    t.deepEqual(
      await tab.evaluate(`${all}.map(it => it.querySelector('.name').textContent.replace(/[0-9.]{5,}/, 'V'))`),
      [
        'User-data',
        '/srv/consul/service-config.json',
        '/etc/consul.d/0-consul-vm-inject.json',
        'Guest files of V, the same on every VM',
      ],
    )
    t.is(await tab.evaluate(`${all}[3].querySelectorAll('details').length`), 10)
    await tab.evaluate(`${all}[3].querySelector('summary').focus()`)
    await tab.press('Enter')
    await tab.until(`${all}[3].open && ${all}[3].querySelector('details').checkVisibility()`)
    await give(tab, ANNOTATED.replace('web', 'api'))
    await tab.until(`document.getElementById('summary').textContent.includes('service api')`)
    t.true(await tab.evaluate(`${all}[3].open`))
    t.deepEqual(complaints(tab, origin), [])
  },
)

inBrowser.serial('Enter on a diagnostic leads to its place in the user-data', async t => {
  const { tab, origin } = await visit(t)
  await give(tab, FAULTY)
  await said(tab, /^Would be refused: 1 error\.$/)
  t.regex(await textOf(tab, '#diff'), /while there are errors/)
  await focus(tab, 'tab-diff')
  await tab.press('End', 'Tab', 'Tab')
  t.regex(await tab.evaluate('document.activeElement.textContent'), /^error E301 .*70700.* line 4, column \d+$/)
  await tab.press('Enter')
  const selected = `(({ activeElement: box }) => box.id + ' ' + box.value.slice(box.selectionStart, box.selectionEnd))(document)`
  t.is(await tab.evaluate(selected), 'user-data 70700')
  t.regex(await textOf(tab, '#numbers'), /^ 1\n 2\n 3\n× 4\n 5$/)
  t.deepEqual(complaints(tab, origin), [])
})

inBrowser.serial('places count characters: what stands before one may be of any script', async t => {
  const { tab } = await visit(t)
  await give(tab, `${ANNOTATED}# consul.hashicorp.com/connect-service-upstreams: "🦊🦊:1x"\n`)
  await said(tab, /refused/)
  await tab.evaluate(
    `[...document.querySelectorAll('button.said')].find(e => e.textContent.includes('bind port')).click()`,
  )
  const selected = `(({ activeElement: box }) => box.value.slice(box.selectionStart, box.selectionEnd))(document)`
  t.is(await tab.evaluate(selected), '1x')
})

inBrowser.serial('tabs are one stop of the Tab key, and arrows, Home and End move among them', async t => {
  const { tab, origin } = await visit(t)
  const state = `[...document.querySelectorAll('[role=tab]')].map(e => e.getAttribute('aria-selected') === 'true' && e.tabIndex === 0 && e === document.activeElement && !document.getElementById(e.getAttribute('aria-controls')).hidden ? e.id.slice(4) : '').join('')`
  await focus(tab, 'tab-diff')
  for (const [key, name] of [
    ['ArrowRight', 'summary'],
    ['ArrowRight', 'traffic'],
    ['ArrowRight', 'diagnostics'],
    ['ArrowRight', 'diff'],
    ['ArrowLeft', 'diagnostics'],
    ['Home', 'diff'],
    ['End', 'diagnostics'],
  ] as const) {
    await tab.press(key)
    t.is(await tab.evaluate(state), name, key)
  }
  t.is(await tab.evaluate(`document.querySelectorAll('[role=tabpanel]:not([hidden])').length`), 1)
  await tab.press('Tab')
  t.is(await tab.evaluate('document.activeElement.id'), 'diagnostics')
  t.deepEqual(complaints(tab, origin), [])
})

inBrowser.serial('options change the result, and the last of many changes counts', async t => {
  const { tab, origin } = await visit(t)
  await tab.evaluate(`document.getElementById('sample').click()`)
  await said(tab, /profile prebuilt, multipart/)
  await choose(tab, 'profile', 'full')
  await said(tab, /profile full, multipart/)
  await choose(tab, 'layout', 'cloud-config')
  await said(tab, /profile full, cloud-config/)
  await choose(tab, 'platform', 'kubevirt')
  await said(tab, /refused: 1 error/)
  for (const value of ['', 'ec2', '']) await choose(tab, 'platform', value)
  await choose(tab, 'layout', 'multipart')
  await choose(tab, 'profile', 'prebuilt')
  await choose(tab, 'annotations', 'connect-service=other\n\nservice-tags=a,b')
  await tab.until(`document.getElementById('summary').textContent.includes('connect-service other --annotation')`)
  await choose(tab, 'annotations', 'service-tags=')
  await said(tab, /injected.*1 warning/)
  await tab.evaluate(`document.getElementById('strict').click()`)
  await said(tab, /refused: 1 error/)
  await tab.evaluate(`document.getElementById('strict').click()`)
  await give(tab, '#cloud-config\n')
  await choose(tab, 'annotations', 'connect-service=web')
  await said(tab, /left/)
  await choose(tab, 'default-inject', 'true')
  await said(tab, /injected/)
  t.deepEqual(complaints(tab, origin), [])
})

const HOSTILE = `#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "web"
# consul.hashicorp.com/service-meta-x: "<img src=x onerror=alert(1)>"
# consul.hashicorp.com/service-tags: "</script><script>alert(2)</script>"
runcmd: ["<img src=http://example.org/x onerror=alert(3)>", "<iframe src=javascript:alert(4)>", "</pre></main><b>", "\u202eabc"]
`

inBrowser.serial('hostile user-data stays text', async t => {
  const { tab, origin } = await visit(t)
  const elements = `[...document.querySelectorAll('script, img, iframe, style, object, embed, link')].map(e => e.outerHTML).join()`
  const before = await tab.evaluate(elements)
  await give(tab, HOSTILE)
  await said(tab, /injected/)
  await choose(tab, 'annotations', 'service-meta-<img src=y onerror=alert(5)>=<b>z')
  await said(tab, /refused|injected/)
  await choose(tab, 'annotations', '<img src=y onerror=alert(6)>')
  await said(tab, /refused/)
  t.regex(await textOf(tab, '#diagnostics'), /<img src is not/)
  await choose(tab, 'annotations', '')
  await said(tab, /injected/)
  for (const text of ['<img src=http://example.org/x onerror=alert(3)>', '</script><script>alert(2)</script>', '�abc'])
    t.true((await textOf(tab, '#diff')).includes(text) || (await textOf(tab, '#summary')).includes(text), text)
  t.is(await tab.evaluate(elements), before)
  t.is(await tab.evaluate(`document.querySelectorAll('main').length`), 1)
  t.deepEqual(complaints(tab, origin), [])
})

inBrowser.serial(
  'the policy of the page holds against what would be written into it, and this test would tell',
  async t => {
    const { tab, origin } = await visit(t)
    await tab.evaluate(
      `{ const it = document.createElement('script'); it.textContent = 'window.pwned = 1'; document.body.append(it);
       const img = document.createElement('img'); img.src = 'http://192.0.2.1/x.png'; document.body.append(img) }`,
    )
    t.is(await tab.evaluate('typeof window.pwned'), 'undefined')
    await tab.until(`document.images[0].complete`)
    const told = complaints(tab, origin).join('\n')
    t.regex(told, /ContentSecurityPolicyIssue|Content Security Policy/)
  },
)
