import { count, element, lines, shown } from './page-dom.js'

const PREFIX = /^(?:alpha\.)?consul\.hashicorp\.com\//
const code = text => element('code', {}, shown(text))
const pre = text => element('pre', {}, element('code', {}, lines(text)))

/** What would become of it, in one sentence. */
export function headline({ changed, before, after, profile, reason }) {
  const form = `profile ${profile}, ${after.layout}`
  if (after.injected) return `${changed ? 'Would be injected' : 'Nothing would change, it is injected'} (${form})`
  return shown(`${before.injected ? 'The injection would be taken out' : 'Would be left as it is'}, because ${reason}`)
}

const effects = list =>
  list.length === 0
    ? element('p', { class: 'quiet' }, 'nothing on this VM')
    : element(
        'ul',
        {},
        list.map(effect => element('li', {}, shown(effect))),
      )

const annotation = ({ key, value, place, effects: list }) =>
  element(
    'li',
    {},
    element(
      'p',
      {},
      code(key.replace(PREFIX, '')),
      ' ',
      element('b', {}, code(value)),
      ' ',
      element('span', { class: 'quiet' }, shown(place)),
    ),
    effects(list),
  )

const HOW = { added: 'added', changed: 'changed', removed: 'removed', none: 'unchanged' }
const FILE_COLUMNS = ['File', 'Mode', 'Bytes', 'What']

const fileRow = ({ path, mode, bytes, by, once, change }) =>
  element(
    'tr',
    {},
    element('th', { scope: 'row' }, code(path)),
    element('td', {}, mode),
    element('td', { class: 'number' }, bytes.toLocaleString('en-US')),
    element('td', {}, `${HOW[change]} by ${by}${once ? ', once an instance' : ''}`),
  )

const table = files =>
  element(
    'table',
    {},
    element(
      'thead',
      {},
      element(
        'tr',
        {},
        FILE_COLUMNS.map(name => element('th', { scope: 'col' }, name)),
      ),
    ),
    element('tbody', {}, files.map(fileRow)),
  )

const REDIRECT = ['consul', 'connect', 'redirect-traffic', '-proxy-uid={uid of envoy}', '-exclude-uid={uid of consul}']
const redirection = ({ service, redirect }) =>
  redirect.length === 0
    ? element('p', {}, shown(`None: ${service} has no transparent proxy.`))
    : pre([...REDIRECT, ...redirect].join(' '))

const units = ({ service, unit, watch = [] }) => [
  pre([`envoy@${service}.service`, ...unit].join('\n  ')),
  ...(watch.length === 0 ? [] : [pre([`consul-envoy-watch@${service}.service`, ...watch].join('\n  '))]),
]
const variables = sidecars => sidecars.flatMap(({ environment }) => environment)

const bytesOf = ({ bytes, gzipped }) => `${count(bytes, 'byte')}, ${gzipped.toLocaleString('en-US')} when compressed`
const COUNTED = { bytes: 'bytes', base64: 'characters of base64', text: 'bytes of text' }

function platformText({ title, counted, counts, limit }) {
  const [used, most] = [counted, limit ?? 0].map(number => number.toLocaleString('en-US'))
  if (limit === undefined) return `${title} sets no limit: ${used} ${COUNTED[counts]}`
  return `${title} takes ${most} ${COUNTED[counts]}: ${used} are used, ${(limit - counted).toLocaleString('en-US')} left`
}

const sizes = ({ before, after }) =>
  element(
    'dl',
    {},
    [
      ['Before', bytesOf(before.size)],
      ['After', bytesOf(after.size)],
      ...(after.size.platform === undefined ? [] : [['Platform', platformText(after.size.platform)]]),
    ].map(([term, text]) => element('div', {}, element('dt', {}, term), element('dd', {}, text))),
  )

/** Sections; what there is nothing of is left out. */
export function summary(preview) {
  const { annotations, files, fetches, registration, sidecars } = preview
  const rows = [
    ['Annotations', annotations.length > 0 && [element('ul', { class: 'annotations' }, annotations.map(annotation))]],
    ['Files on the guest', files.length > 0 && [table(files)]],
    ['What the guest fetches', fetches !== undefined && [pre(`${fetches.url}\nSHA-256 ${fetches.digest}`)]],
    ['Registration', registration !== undefined && [pre(JSON.stringify(registration, undefined, 2))]],
    ['Redirection', sidecars.length > 0 && sidecars.map(redirection)],
    ['Envoy', sidecars.length > 0 && sidecars.map(({ envoy }) => pre(envoy.join('\n  ')))],
    ['Units', sidecars.length > 0 && sidecars.flatMap(units)],
    ['Variables for the application', variables(sidecars).length > 0 && [pre(variables(sidecars).join('\n'))]],
    ['Size', [sizes(preview)]],
  ]
  return [
    element('p', { class: 'headline' }, `${headline(preview)}.`),
    ...rows.flatMap(([title, content]) => (content ? [element('h3', {}, title), ...content] : [])),
  ]
}
