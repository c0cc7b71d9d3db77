import { setTimeout as pause } from 'node:timers/promises'
import type { Browser, Event } from './chromium.ts'

/** A tab of a browser, with nothing in common with others. */
export interface Tab {
  send(method: string, params?: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
  /** The value of an expression of JavaScript; a promise is waited for. */
  evaluate<Value>(expression: string): Promise<Value>
  /** Waits until an expression is true; throws after a while. */
  until(expression: string): Promise<void>
  /** Presses keys, each by its name: `Tab`, `ArrowRight`, `Enter`. */
  press(...keys: readonly string[]): Promise<void>
  /** Types text where the focus is. */
  type(text: string): Promise<void>
  /** Drops a file at a place of the window. */
  drop(file: string, x: number, y: number): Promise<void>
  /** Everything that the tab has told. */
  readonly events: readonly Event[]
  close(): Promise<void>
}

const KEYS: Readonly<Record<string, readonly [code: number, text?: string]>> = {
  Tab: [9],
  Enter: [13, '\r'],
  Space: [32, ' '],
  End: [35],
  Home: [36],
  ArrowLeft: [37],
  ArrowRight: [39],
}
const [TRIES, STEP] = [400, 25]

/** Opens an address in a tab, and waits until it is loaded. */
export async function openTab(browser: Browser, url: string): Promise<Tab> {
  const { browserContextId } = await browser.send('Target.createBrowserContext')
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', browserContextId })
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
  const events: Event[] = []
  browser.listen(event => {
    if (event.sessionId === sessionId) events.push(event)
  })
  const send: Tab['send'] = (method, params) => browser.send(method, params, sessionId as string)

  const evaluate = async <Value>(expression: string): Promise<Value> => {
    const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
    const { result, exceptionDetails } = answer as {
      result: { value: Value }
      exceptionDetails?: { exception?: { description?: string } }
    }
    if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? expression)
    return result.value
  }

  async function until(expression: string): Promise<void> {
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (await evaluate<boolean>(`Boolean(${expression})`)) return
      await pause(STEP)
    }
    throw new Error(`never true: ${expression}`)
  }

  for (const domain of ['Page', 'Runtime', 'Log', 'Network', 'Audits', 'DOM', 'Accessibility'])
    await send(`${domain}.enable`)
  await send('Emulation.setFocusEmulationEnabled', { enabled: true })
  await send('Page.navigate', { url })
  await until(`location.href !== 'about:blank' && document.readyState === 'complete'`)

  return {
    send,
    evaluate,
    until,
    events,
    async press(...keys) {
      for (const key of keys) {
        const [code, text] = KEYS[key] ?? [0]
        const name = key === 'Space' ? ' ' : key
        const what = { key: name, code: key, windowsVirtualKeyCode: code }
        await send('Input.dispatchKeyEvent', { type: text === undefined ? 'rawKeyDown' : 'keyDown', text, ...what })
        await send('Input.dispatchKeyEvent', { type: 'keyUp', ...what })
      }
    },
    async type(text) {
      await send('Input.insertText', { text })
    },
    async drop(file, x, y) {
      const data = { items: [], files: [file], dragOperationsMask: 1 }
      for (const type of ['dragEnter', 'dragOver', 'drop']) await send('Input.dispatchDragEvent', { type, x, y, data })
    },
    close: async () => void (await browser.send('Target.disposeBrowserContext', { browserContextId })),
  }
}
