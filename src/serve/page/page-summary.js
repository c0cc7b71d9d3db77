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

const nameOf = key => code(key.replace(PREFIX, ''))
const place = text => element('span', { class: 'quiet' }, shown(text))

const annotation = ({ key, value, place: at, effects }) =>
  element(
    'li',
    {},
    nameOf(key),
    ' ',
    element('b', {}, code(value)),
    ' ',
    place(effects.length === 0 ? `${at}, nothing on this VM` : at),
  )

const TITLES = {
  Application: 'Variables for the application',
  Agent: 'Settings of the agent',
}

/** What the plan says of one thing, each with the annotations because of which it is so. */
const group = ({ title, lines: said }) => [
  TITLES[title] ?? title,
  [
    element(
      'ul',
      { class: 'said-of' },
      said.map(({ words, because }) =>
        element(
          'li',
          {},
          element('p', {}, shown(words)),
          because.length === 0
            ? []
            : element(
                'p',
                { class: 'quiet' },
                because.flatMap((key, at) => (at === 0 ? [nameOf(key)] : [', ', nameOf(key)])),
              ),
        ),
      ),
    ),
  ],
]

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
const commands = ({ redirect, envoy }) => [
  ...(redirect.length === 0 ? [] : [pre([...REDIRECT, ...redirect].join(' '))]),
  pre(envoy.join(' ')),
]

/** Files that are made for this VM, and those of the tool that become others; of the rest how many there are. */
function fileList({ files: all, version }) {
  const files = all.filter(({ common, change }) => !common || change === 'changed')
  const rest = all.filter(one => !files.includes(one))
  const changes = ['added', 'none', 'removed'].flatMap(change => {
    const number = rest.filter(one => one.change === change).length
    return number === 0 ? [] : [`${number} ${HOW[change]}`]
  })
  const said = `Guest files of ${version}, the same on every VM: ${changes.join(', ')}.`
  return [
    ...(files.length === 0 ? [] : [table(files)]),
    ...(changes.length === 0 ? [] : [element('p', { class: 'quiet below' }, said)]),
  ]
}

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
  const { annotations, groups, files, fetches, sidecars } = preview
  const rows = [
    ['Annotations', annotations.length > 0 && [element('ul', { class: 'annotations' }, annotations.map(annotation))]],
    ...groups.map(group),
    ['Files on the guest', files.length > 0 && fileList(preview)],
    ['What the guest fetches', fetches !== undefined && [pre(`${fetches.url}\nSHA-256 ${fetches.digest}`)]],
    ['Commands on the guest', sidecars.length > 0 && sidecars.flatMap(commands)],
    ['Size', [sizes(preview)]],
  ]
  return [
    element('p', { class: 'headline' }, `${headline(preview)}.`),
    ...rows.flatMap(([title, content]) => (content ? [element('h3', {}, title), ...content] : [])),
  ]
}
