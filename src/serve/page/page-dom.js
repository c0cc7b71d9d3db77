// The only way by which anything gets onto the page: as text. What comes from user-data never becomes markup.
import { visible } from './page-visible.js'

/** What may be shown as it is; a tab is left as it is, and controls and what turns text around are made visible. */
export const shown = text => text.split('\t').map(visible).join('\t')

/** An element with attributes and children: elements, or texts. Of attributes only names of ours are given. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name)
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value)
  }
  made.append(...children.flat())
  return made
}

/** Text of many lines, each made visible by itself. */
export const lines = text => text.split('\n').map(shown).join('\n')

/** `1 error`, `2 errors`; a thousand and more with commas. */
export const count = (number, noun) => `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`

export const byId = id => document.getElementById(id)
