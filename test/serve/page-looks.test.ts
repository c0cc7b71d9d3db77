import { ANNOTATED, FAULTY } from './handlers.ts'
import { choose, complaints, focus, give, inBrowser, said, visit } from './page-visit.ts'
import type { Tab } from './tab.ts'

type Scheme = 'light' | 'dark'
const scheme = (tab: Tab, value: Scheme) =>
  tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
const size = (tab: Tab, width: number, height: number) =>
  tab.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })

/** The texts that can be seen, with their contrast to what is behind them, after the formula of WCAG. */
const CONTRASTS = `(() => {
  const parse = text => text.match(/[\\d.]+/g).map(Number)
  const part = value => (value <= 10.31475 ? value / 3294.6 : ((value / 255 + 0.055) / 1.055) ** 2.4)
  const light = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  const behind = it => {
    for (; it !== null; it = it.parentElement) {
      const colour = parse(getComputedStyle(it).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour
    }
    return [255, 255, 255]
  }
  return [...document.body.querySelectorAll('*')].flatMap(it => {
    const says = it.matches('textarea, select') || [...it.childNodes].some(node => node.nodeType === 3 && node.data.trim() !== '')
    if (!says || !it.checkVisibility() || it.closest('noscript') !== null || it.matches('option')) return []
    const pseudo = it.matches('textarea') ? ['', '::placeholder'] : it.matches('[data-number]') ? ['', '::before'] : ['']
    return pseudo.map(kind => {
      const [a, b] = [light(parse(getComputedStyle(it, kind).color)), light(behind(it))]
      return { what: it.tagName + '.' + it.className + '#' + it.id + kind, ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) }
    })
  })
})()`

const GROUND = `getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color`

inBrowser.serial('light and dark differ, and every text of both stands out by 4.5 to 1 at least', async t => {
  const { tab, origin } = await visit(t)
  const grounds = new Set<string>()
  for (const given of ['', ANNOTATED, FAULTY]) {
    if (given !== '') await give(tab, given)
    await said(tab, given === '' ? /Nothing/ : given === FAULTY ? /refused/ : /injected/)
    for (const value of ['light', 'dark'] as const) {
      await scheme(tab, value)
      grounds.add(await tab.evaluate(GROUND))
      for (const panel of ['diff', 'summary', 'traffic', 'diagnostics']) {
        await tab.evaluate(`document.getElementById('tab-${panel}').click()`)
        // A colour that is on its way is not the one that stays.
        await tab.until(`document.getAnimations().length === 0`)
        const texts: readonly { readonly what: string; readonly ratio: number }[] = await tab.evaluate(CONTRASTS)
        t.true(texts.length > 20)
        t.deepEqual(
          texts.filter(({ ratio }) => ratio < 4.5),
          [],
          `${value} ${panel}`,
        )
      }
    }
  }
  t.is(grounds.size, 2)
  t.deepEqual(complaints(tab, origin), [])
})

/** 320 px is also a window of 1280 px at 400 %; 640 one at 200 %. */
for (const width of [320, 640, 1024, 1440]) {
  inBrowser.serial(`nothing has to be scrolled sideways at ${width} px`, async t => {
    const { tab } = await visit(t)
    await size(tab, width, 800)
    await choose(tab, 'profile', 'full')
    await give(tab, `${ANNOTATED}# consul.hashicorp.com/service-meta-long: "${'x'.repeat(300)}"\n`)
    await said(tab, /injected/)
    await tab.evaluate(`[...document.querySelectorAll('details')].forEach(it => { it.open = true })`)
    for (const panel of ['diff', 'summary', 'traffic', 'diagnostics']) {
      await tab.evaluate(`document.getElementById('tab-${panel}').click()`)
      t.true(await tab.evaluate(`document.documentElement.scrollWidth <= innerWidth`), panel)
      const cut = `[...document.querySelectorAll('.result *')].filter(it => it.checkVisibility() && it.getBoundingClientRect().right > innerWidth + 0.5).length`
      t.is(await tab.evaluate(cut), 0, panel)
    }
  })
}

interface AxNode {
  readonly ignored: boolean
  readonly role?: { readonly value: string }
  readonly name?: { readonly value: string }
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[]
}

const CONTROLS =
  /^(?:button|textbox|combobox|checkbox|tab|tabpanel|tablist|DisclosureTriangle|group|region|status|heading|link)$/i

inBrowser.serial(
  'to a screen reader every control has a name, the tabs are tabs, and there is one main part',
  async t => {
    const { tab } = await visit(t)
    await give(tab, FAULTY)
    await said(tab, /refused/)
    await focus(tab, 'tab-diff')
    await tab.press('End')
    const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AxNode[] }
    const seen = nodes.filter(({ ignored }) => !ignored)
    const roleOf = ({ role }: AxNode): string => role?.value ?? ''
    const nameOf = ({ name }: AxNode): string => name?.value ?? ''
    const of = (role: string): readonly AxNode[] => seen.filter(node => roleOf(node) === role)
    const nameless = seen.filter(
      node => CONTROLS.test(roleOf(node)) && !/^(?:status|group)$/.test(roleOf(node)) && nameOf(node).trim() === '',
    )
    t.deepEqual(nameless.map(roleOf), [])
    t.deepEqual(of('textbox').map(nameOf), ['User-data', 'More annotations'])
    t.deepEqual(of('combobox').map(nameOf), ['Profile', 'Layout', 'Platform', 'Inject by default'])
    t.deepEqual(of('checkbox').map(nameOf), ['Strict: a warning counts as an error'])
    t.deepEqual(of('tab').map(nameOf), ['Diff', 'Summary', 'Traffic', 'Diagnostics (1)'])
    const selected = of('tab').map(
      ({ properties = [] }) => properties.find(({ name }) => name === 'selected')?.value.value,
    )
    t.deepEqual(selected, [false, false, false, true])
    t.deepEqual(of('tabpanel').map(nameOf), ['Diagnostics (1)'])
    t.is(of('main').length, 1)
    t.deepEqual(of('region').map(nameOf), ['User-data', 'Result'])
    const live = of('status')[0]?.properties ?? []
    t.is(live.find(({ name }) => name === 'live')?.value.value, 'polite')
    t.is(of('RootWebArea')[0]?.name?.value, 'Preview of user-data · consul-vm-inject')
    t.is(await tab.evaluate('document.documentElement.lang'), 'en')
  },
)

inBrowser.serial('headings are in order, and added and removed lines are told as such', async t => {
  const { tab } = await visit(t)
  await give(tab, ANNOTATED)
  await said(tab, /injected/)
  await tab.evaluate(`document.getElementById('tab-summary').click()`)
  const levels: readonly number[] = await tab.evaluate(
    `[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(it => it.checkVisibility()).map(it => Number(it.tagName[1]))`,
  )
  t.is(levels[0], 1)
  t.true(levels.every((level, index) => index === 0 || (level > 1 && level <= (levels[index - 1] ?? 0) + 1)))
  await tab.evaluate(`document.getElementById('tab-diff').click()`)
  const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AxNode[] }
  t.true(nodes.filter(({ role }) => role?.value === 'insertion').length > 10)
})

inBrowser.serial(
  'the Tab key reaches every control in the order in which they stand, and the focus can be seen',
  async t => {
    const { tab } = await visit(t)
    await give(tab, ANNOTATED)
    await said(tab, /injected/)
    await tab.evaluate(`document.activeElement.blur(); getSelection().removeAllRanges(); scrollTo(0, 0)`)
    await focus(tab, 'open')
    const stops: string[] = []
    const here = `(({ activeElement: it }) => {
    const style = getComputedStyle(it.id === 'user-data' ? it.parentElement : it)
    return (it.id || it.tagName) + (style.outlineStyle === 'none' ? ' unseen' : '')
  })(document)`
    for (let stop = 0; stop < 14; stop += 1) {
      await tab.press('Tab')
      stops.push(await tab.evaluate(here))
    }
    const order = ['sample', 'user-data', 'profile', 'layout', 'platform', 'default-inject', 'annotations', 'strict']
    t.deepEqual(stops.slice(0, 13), [...order, 'tab-diff', 'diff', 'SUMMARY', 'SUMMARY', 'BUTTON'])
  },
)

inBrowser.serial('nothing moves for those who asked for that', async t => {
  const { tab } = await visit(t)
  const duration = `Math.max(...[...document.querySelectorAll('*')].map(it => Number.parseFloat(getComputedStyle(it).transitionDuration)))`
  await tab.send('Emulation.setEmulatedMedia', {
    features: [{ name: 'prefers-reduced-motion', value: 'no-preference' }],
  })
  t.true((await tab.evaluate<number>(duration)) > 0)
  await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-reduced-motion', value: 'reduce' }] })
  t.is(await tab.evaluate(duration), 0)
})

inBrowser.serial('without JavaScript the page says what to use instead', async t => {
  const { tab, origin } = await visit(t)
  await tab.send('Emulation.setScriptExecutionDisabled', { value: true })
  await tab.send('Page.navigate', { url: `${origin}/` })
  const text = async (): Promise<string> => {
    const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as { readonly nodes: readonly AxNode[] }
    return nodes.map(({ name }) => name?.value ?? '').join(' ')
  }
  let seen = await text()
  for (let tries = 0; tries < 100 && !/needs JavaScript/.test(seen); tries += 1) seen = await text()
  t.regex(seen, /This page needs JavaScript[\s\S]*consul-vm-inject preview web\.yaml/)
})
