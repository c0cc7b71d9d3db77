import test, { type ExecutionContext, type TestFn } from 'ava'
import { installed } from '../cli/tool.ts'
import { type Browser, launch } from './chromium.ts'
import { runServer } from './running.ts'
import { openTab, type Tab } from './tab.ts'

/** Without a browser a plain skip; where everything is to be installed a failure. */
export const inBrowser: Pick<TestFn, 'serial'> =
  installed('chromium') || process.env['CONSUL_VM_INJECT_NO_SKIP'] === '1'
    ? test
    : { serial: test.serial.skip as unknown as TestFn['serial'] }

let browser: Browser | undefined
test.after.always(async () => {
  await browser?.kill()
})

/** What a browser complains of, and what the page was not to do: no dialog, no error, nothing asked of another place. */
export function complaints({ events }: Tab, origin: string): readonly string[] {
  return events.flatMap(({ method, params }) => {
    const { entry, request } = params as {
      readonly entry?: { readonly source: string; readonly text: string; readonly url?: string }
      readonly request?: { readonly url: string }
    }
    // User-data with errors is answered 422, and the browser logs that.
    if (
      method === 'Log.entryAdded' &&
      entry?.url?.startsWith(`${origin}/preview?`) === true &&
      /\b422\b/.test(entry.text)
    )
      return []
    const away = request !== undefined && new URL(request.url).origin !== origin && request.url !== 'data:,'
    if (method === 'Network.requestWillBeSent') return away ? [`asks for ${request.url}`] : []
    const told =
      /^(?:Runtime\.(?:exceptionThrown|consoleAPICalled)|Log\.entryAdded|Page\.javascriptDialogOpening|Audits\.issueAdded|Network\.webSocketCreated)$/
    return told.test(method) ? [`${method} ${JSON.stringify(params)}`] : []
  })
}

export interface Visit {
  readonly tab: Tab
  readonly origin: string
}

/** The page in a tab of its own, with a token in its address when one is asked for; at the end nothing may have been complained of. */
export async function visit(t: ExecutionContext, token?: string): Promise<Visit> {
  const { port } = await runServer(t, { page: true, tokenFile: token && 'token' }, async () => Buffer.from(token ?? ''))
  const origin = `http://127.0.0.1:${port}`
  browser ??= launch()
  const tab = await openTab(browser, token === undefined ? `${origin}/` : `http://any:${token}@127.0.0.1:${port}/`)
  t.teardown(tab.close)
  await tab.until(`document.querySelector('#diff p')`)
  return { tab, origin }
}

export const textOf = (tab: Tab, selector: string): Promise<string> =>
  tab.evaluate(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`)
export const focus = (tab: Tab, id: string): Promise<void> => tab.evaluate(`document.getElementById('${id}').focus()`)
export const said = (tab: Tab, pattern: RegExp): Promise<void> =>
  tab.until(`${pattern}.test(document.getElementById('status').textContent)`)

/** Types user-data into the box. */
export async function give(tab: Tab, text: string): Promise<void> {
  await focus(tab, 'user-data')
  await tab.evaluate(`document.getElementById('user-data').select()`)
  await tab.type(text)
}

export async function choose(tab: Tab, id: string, value: string): Promise<void> {
  await tab.evaluate(
    `{ const it = document.getElementById('${id}'); it.value = ${JSON.stringify(value)};
       it.dispatchEvent(new Event('input', { bubbles: true })) }`,
  )
}
