// Tabs after the pattern of the ARIA Authoring Practices: one stop of the Tab key, arrows move and select.

/** Which tab a key leads to from the one at `index`; undefined for a key of no meaning here. */
const KEYS = {
  ArrowRight: (index, length) => (index + 1) % length,
  ArrowLeft: (index, length) => (index + length - 1) % length,
  Home: () => 0,
  End: (_, length) => length - 1,
}

/** Makes a tab list work; its tabs name their panels by `aria-controls`. */
export function tabs(list) {
  const all = [...list.querySelectorAll('[role=tab]')]
  const panelOf = tab => document.getElementById(tab.getAttribute('aria-controls'))

  function select(chosen) {
    for (const tab of all) {
      const selected = tab === chosen
      tab.setAttribute('aria-selected', String(selected))
      tab.tabIndex = selected ? 0 : -1
      panelOf(tab).hidden = !selected
    }
  }

  for (const [index, tab] of all.entries()) {
    // A panel may hold nothing that takes the focus, and long text is to be scrolled by keys.
    panelOf(tab).tabIndex = 0
    tab.addEventListener('click', () => select(tab))
    tab.addEventListener('keydown', event => {
      const target =
        event.altKey || event.ctrlKey || event.metaKey ? undefined : all[KEYS[event.key]?.(index, all.length)]
      if (target === undefined) return
      event.preventDefault()
      select(target)
      target.focus()
    })
  }
}
