import { diagnosticsList, tally } from './page-diagnostics.js'
import { diff } from './page-diff.js'
import { byId, element } from './page-dom.js'
import { editor } from './page-editor.js'
import { headline, summary } from './page-summary.js'
import { tabs } from './page-tabs.js'
import { traffic } from './page-traffic.js'

const PAUSE = 150
const LARGEST = 16 * 1024 * 1024
const SAMPLE = `#cloud-config
# consul.hashicorp.com/connect-inject: "true"
# consul.hashicorp.com/connect-service: "web"
# consul.hashicorp.com/connect-service-port: "8080"
# consul.hashicorp.com/connect-service-upstreams: "api:9191"

packages:
  - nginx
`

const box = byId('user-data')
const extra = byId('annotations')
const [zone, file, status, result] = ['zone', 'file', 'status', 'result'].map(byId)
const source = editor(box, byId('numbers'))
tabs(document.querySelector('[role=tablist]'))

/** Says it once: what is said again would be read aloud again. */
function say(text, state) {
  result.dataset.state = state
  if (status.textContent !== text) status.textContent = text
}

function panel(name, content) {
  byId(name).replaceChildren(...content)
}

const nothing = text => [element('p', { class: 'empty' }, text)]

function show(diagnostics, diffContent, summaryContent, trafficContent) {
  source.mark(diagnostics)
  byId('tab-diagnostics').textContent = diagnostics.length === 0 ? 'Diagnostics' : `Diagnostics (${diagnostics.length})`
  panel('diagnostics', diagnosticsList(diagnostics, source))
  panel('diff', diffContent)
  panel('summary', summaryContent)
  panel('traffic', trafficContent)
}

function showPreview({ preview, diagnostics }) {
  source.plain = preview.before.wrappings.length === 0
  const said = tally(diagnostics)
  say(`${headline(preview)}${said === '' ? '' : `; ${said}`}.`, preview.after.injected ? 'injected' : 'left')
  show(diagnostics, diff(preview), summary(preview), traffic(preview))
}

function showRefusal(diagnostics) {
  source.plain = true
  say(`Would be refused: ${tally(diagnostics)}.`, 'refused')
  const why = 'There is nothing to show while there are errors. They are under Diagnostics.'
  show(diagnostics, nothing(why), nothing(why), nothing(why))
}

function showNothing() {
  source.name = 'user-data'
  result.removeAttribute('aria-busy')
  say('Nothing to show yet.', 'empty')
  const how = 'Give some user-data, or try the sample.'
  show([], nothing(how), nothing(how), nothing(how))
}

/** The options as `/inject` takes them, by the same names. */
function query() {
  const parameters = new URLSearchParams({ name: source.name })
  for (const control of document.querySelectorAll('[data-parameter]')) {
    const value = control.type === 'checkbox' ? String(control.checked) : control.value
    if (value !== '') parameters.set(control.dataset.parameter, value)
  }
  const given = extra.value.split('\n').map(line => line.trim())
  for (const line of given) if (line !== '') parameters.append('annotation', line)
  return parameters
}

let running = new AbortController()
let timer

/** Asks for a preview of what is there now; an answer to what was there before is not waited for. */
async function ask() {
  running.abort()
  if (box.value === '') return showNothing()
  running = new AbortController()
  const { signal } = running
  result.setAttribute('aria-busy', 'true')
  try {
    // By the origin: an address that holds a token cannot be fetched.
    const url = `${location.origin}/preview?${query()}`
    const response = await fetch(url, { method: 'POST', body: new Blob([box.value]), signal })
    const answer = await response.json()
    if (Array.isArray(answer)) showRefusal(answer)
    else showPreview(answer)
  } catch {
    if (signal.aborted) return
    say('The server does not answer. Does it still run?', 'refused')
    show([], [], [], [])
  }
  if (!signal.aborted) result.removeAttribute('aria-busy')
}

function soon() {
  clearTimeout(timer)
  timer = setTimeout(ask, PAUSE)
}

/** A file into the box. What is no text cannot stand there: the command line takes it. */
async function take(given) {
  const instead = `consul-vm-inject preview shows it in a terminal.`
  if (given.size > LARGEST) return say(`The file is too large for this page. ${instead}`, 'refused')
  try {
    const bytes = await given.arrayBuffer()
    source.fill(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes), given.name)
  } catch {
    say(`The file is not text. ${instead}`, 'refused')
  }
}

box.addEventListener('input', soon)
for (const control of document.querySelectorAll('[data-parameter], #annotations')) {
  control.addEventListener('input', soon)
}
byId('sample').addEventListener('click', () => source.fill(SAMPLE, 'user-data'))
byId('open').addEventListener('click', () => file.click())
file.addEventListener('change', () => {
  if (file.files.length > 0) void take(file.files[0])
  file.value = ''
})

// Anywhere on the page: a file that misses the box would else replace the page.
const brings = ({ dataTransfer }) => [...(dataTransfer?.types ?? [])].includes('Files')
document.addEventListener('dragover', event => {
  if (!brings(event)) return
  event.preventDefault()
  zone.classList.add('over')
})
for (const name of ['dragleave', 'drop']) {
  document.addEventListener(name, () => zone.classList.remove('over'))
}
document.addEventListener('drop', event => {
  if (!brings(event)) return
  event.preventDefault()
  const [given] = event.dataTransfer.files
  if (given !== undefined) void take(given)
})

// A box that the browser has filled again, after going back to the page.
void ask()
