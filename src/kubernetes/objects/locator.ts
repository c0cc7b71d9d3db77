import { type Source, type Span, spanOf } from '../../report/source.ts'
import { type Path, textOf } from './path.ts'

/** Where things stand, for diagnostics: inside an object that came as data, or in the text of a manifest. */
export interface Locator {
  /** The name of the user-data in a field. */
  readonly name: (path: Path) => string
  /** The place of a field. */
  readonly field: (path: Path) => Span
  /** The places of an annotation below `annotations`. */
  readonly annotation: (path: Path, key: string, value: unknown) => { readonly keySpan: Span; readonly span: Span }
}

/** Locates in an object that has no text of its own: a field is a source, named by its path. */
export const PATH_LOCATOR: Locator = {
  name: textOf,
  field: path => spanOf({ name: textOf(path), text: '' }, 0, 0),
  annotation: (path, key, value) => {
    const text = `${key}: ${typeof value === 'string' ? value : JSON.stringify(value)}`
    const source: Source = { name: textOf(path), text }
    return { keySpan: spanOf(source, 0, key.length), span: spanOf(source, key.length + 2, text.length) }
  },
}
