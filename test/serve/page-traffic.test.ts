import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import test from 'ava'
import { inject } from '../../src/index.ts'
import { trafficSvg } from '../../src/preview/traffic/svg.ts'
import { trafficOf } from '../../src/preview/traffic/traffic.ts'
import { bytes } from '../support/places.ts'
import { launch } from './chromium.ts'
import { ANNOTATED } from './handlers.ts'
import { complaints, give, inBrowser, said, textOf, visit } from './page-visit.ts'
import { openTab, type Tab } from './tab.ts'

const folder = mkdtempSync(join(tmpdir(), 'consul-vm-inject-picture-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

/** Long lists, long names and addresses: what has to be cut into lines. */
const LONG = `# consul.hashicorp.com/connect-service-port: "8080"
# consul.hashicorp.com/connect-service-upstreams: "${'a'.repeat(60)}:1234, db:5432:dc2"
# consul.hashicorp.com/enable-metrics: "true"
# consul.hashicorp.com/transparent-proxy-exclude-inbound-ports: "${Array.from({ length: 60 }, (_, at) => 9000 + at).join()}"
# consul.hashicorp.com/transparent-proxy-exclude-outbound-cidrs: "2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff/128,10.0.0.0/8"
# consul.hashicorp.com/transparent-proxy-exclude-uids: "1000,node-exporter"
`

/** Texts of a picture that can be seen: those that are in no box though they belong there, and those that touch another. */
const FAULTS = `(() => {
  const boxOf = it => it.getBoundingClientRect()
  const visible = it => boxOf(it).width > 0
  const texts = [...document.querySelectorAll('svg text')].filter(visible)
  const rects = [...document.querySelectorAll('svg .traffic-box')].filter(visible).map(boxOf)
  const root = boxOf(document.querySelector('svg'))
  const within = (a, b) => a.left >= b.left && a.right <= b.right && a.top >= b.top - 0.5 && a.bottom <= b.bottom + 0.5
  const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 3 || b.bottom <= a.top + 3
  const boxed = texts.filter(it => it.matches('.traffic-value, .traffic-head, g[data-plan] .traffic-note'))
  return {
    count: boxed.length,
    outside: boxed.filter(it => !rects.some(rect => within(boxOf(it), rect))).map(it => it.textContent),
    beyond: texts.filter(it => !within(boxOf(it), root)).map(it => it.textContent),
    touching: texts.flatMap((it, at) => texts.slice(at + 1).filter(one => !apart(boxOf(it), boxOf(one))).map(one => it.textContent + ' / ' + one.textContent)),
    labels: texts.filter(it => it.matches('.traffic-label') && rects.some(rect => !apart(boxOf(it), rect))).map(it => it.textContent),
  }
})()`

interface Faults {
  readonly count: number
  readonly outside: readonly string[]
  readonly beyond: readonly string[]
  readonly touching: readonly string[]
  readonly labels: readonly string[]
}

const size = (tab: Tab, width: number) =>
  tab.send('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false })

const NONE = { outside: [], beyond: [], touching: [], labels: [] }

inBrowser.serial(
  'the picture of the traffic fits its tab at every width: nothing is cut, and no text touches another',
  async t => {
    const { tab, origin } = await visit(t)
    await give(tab, `${ANNOTATED}${LONG}`)
    await said(tab, /injected/)
    await tab.evaluate(`document.getElementById('tab-traffic').click()`)
    for (const width of [320, 360, 640, 1024, 1400, 1920]) {
      await size(tab, width)
      await tab.until(
        `(it => it && it.querySelector('svg')?.clientWidth === Math.floor(it.clientWidth))(document.querySelector('.picture'))`,
      )
      const { count, ...faults }: Faults = await tab.evaluate(FAULTS)
      t.true(count > 40, String(count))
      t.deepEqual(faults, NONE, String(width))
      t.true(await tab.evaluate(`document.documentElement.scrollWidth <= innerWidth`), String(width))
    }
    t.deepEqual(complaints(tab, origin), [])
  },
)

inBrowser.serial('the picture has a name and a description, and says so when there is none', async t => {
  const { tab } = await visit(t)
  await give(tab, ANNOTATED)
  await said(tab, /injected/)
  await tab.evaluate(`document.getElementById('tab-traffic').click()`)
  await tab.until(`document.querySelector('#traffic svg')`)
  const { nodes } = (await tab.send('Accessibility.getFullAXTree')) as {
    readonly nodes: readonly {
      readonly ignored: boolean
      readonly role?: { readonly value: string }
      readonly name?: { readonly value: string }
      readonly description?: { readonly value: string }
    }[]
  }
  const images = nodes.filter(({ ignored, role }) => !ignored && role?.value === 'image')
  t.deepEqual(
    images.map(({ name }) => name?.value),
    ['Traffic of web: transparent proxy'],
  )
  t.regex(
    images[0]?.description?.value ?? '',
    /^Into web\. From outside: services of the mesh, .*Envoy \(mTLS\): :20000/,
  )
  await give(tab, '#cloud-config\n')
  await said(tab, /left/)
  t.is(await textOf(tab, '#traffic'), 'The VM is not in the mesh: nothing changes its traffic.')
})

inBrowser.serial(
  'as a file of its own the picture is readable in a small window and a large one, light and dark',
  async t => {
    const { plan } = inject(bytes(`${ANNOTATED}${LONG}`), { profile: 'prebuilt' })
    if (plan === undefined) return t.fail()
    const file = join(folder, 'traffic.svg')
    writeFileSync(file, trafficSvg(trafficOf(plan)))
    const browser = launch()
    t.teardown(browser.kill)
    const tab = await openTab(browser, pathToFileURL(file).href)
    const grounds = new Set<string>()
    for (const width of [360, 1400]) {
      for (const value of ['light', 'dark']) {
        await tab.send('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
        await size(tab, width)
        const { count, ...faults }: Faults = await tab.evaluate(FAULTS)
        t.true(count > 40)
        t.deepEqual(faults, NONE, `${width} ${value}`)
        const shown = `['large', 'small'].filter(id => document.getElementById(id).getBoundingClientRect().width > 0).join()`
        t.is(await tab.evaluate(shown), width === 360 ? 'small' : 'large')
        // Text is as large as it was drawn: nothing is scaled down.
        t.true(
          await tab.evaluate(
            `document.querySelector('svg').getScreenCTM().a * (${width} === 360 ? 1072 / 360 : 1) > 0.99`,
          ),
        )
        grounds.add(await tab.evaluate(`getComputedStyle(document.documentElement).backgroundColor`))
      }
    }
    t.is(grounds.size, 2)
    t.deepEqual(complaints(tab, 'null'), [])
  },
)
