import { count, element, shown } from './page-dom.js'

const SEVERITIES = ['error', 'warning', 'note']

/** `1 error, 2 warnings`; empty when there is nothing to count. */
export const tally = diagnostics =>
  SEVERITIES.map(severity => [severity, diagnostics.filter(entry => entry.severity === severity).length])
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => count(number, severity))
    .join(', ')

const placeText = ({ file, line, column }, here) => `${here ? '' : `${shown(file)}, `}line ${line}, column ${column}`

/** Something that leads to its place when that is in the box; else its text. */
function leading(place, editor, children) {
  const here = editor.has(place)
  const where = place.line === undefined ? [] : [element('span', { class: 'where' }, placeText(place, here))]
  if (!here) return element('p', { class: 'said' }, children, where)
  const button = element('button', { type: 'button', class: 'said' }, children, where)
  button.addEventListener('click', () => editor.goTo(place))
  return button
}

const entry = editor => diagnostic => {
  const { code, severity, message, hint, related } = diagnostic
  const badge = element('span', { class: 'badge' }, `${severity} ${code}`)
  return element(
    'li',
    { class: severity },
    leading(diagnostic, editor, [badge, ' ', element('span', { class: 'message' }, shown(message)), ' ']),
    hint === undefined ? [] : element('p', { class: 'help' }, element('b', {}, 'Help: '), shown(hint)),
    related === undefined ? [] : leading(related, editor, [`${shown(related.message)} `]),
  )
}

/** Everything that is said of the document; an entry with a place leads there. */
export const diagnosticsList = (diagnostics, editor) =>
  diagnostics.length === 0
    ? [element('p', { class: 'empty' }, 'Nothing to remark.')]
    : [element('ol', { class: 'diagnostics' }, diagnostics.map(entry(editor)))]
