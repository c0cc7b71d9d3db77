import { element, shown } from './page-dom.js'
import { drawingOf, spoken } from './page-drawing.js'

const SVG = 'http://www.w3.org/2000/svg'

/** A shape as an element. Names of elements and attributes are those of the drawing; what comes from user-data is text. */
function drawn({ name, attributes, children }) {
  const made = document.createElementNS(SVG, name)
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value)
  made.append(...children.map(child => (typeof child === 'string' ? shown(child) : drawn(child))))
  return made
}

function picture(given, width) {
  const { height, shapes } = drawingOf(given, width)
  const about = { name: 'desc', attributes: { id: 'traffic-description' }, children: [spoken(given)] }
  const label = { 'aria-label': shown(given.title), 'aria-describedby': 'traffic-description' }
  return drawn({ name: 'svg', attributes: { role: 'img', ...label, width, height }, children: [about, ...shapes] })
}

/** The picture, drawn at the width that there is, and again when that is another. */
export function traffic({ traffic: given }) {
  if (given === undefined)
    return [element('p', { class: 'empty' }, 'The VM is not in the mesh: nothing changes its traffic.')]
  const place = element('div', { class: 'picture' })
  let last = 0
  new ResizeObserver(() => {
    const width = Math.floor(place.clientWidth)
    if (width === 0 || width === last) return
    last = width
    place.replaceChildren(picture(given, width))
  }).observe(place)
  return [place]
}
