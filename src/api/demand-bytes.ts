const REMEDY = 'encode text with new TextEncoder().encode(text)'

const kindOf = (value: unknown): string => {
  if (value === null) return 'null'
  return typeof value === 'object'
    ? `an object (${Object.prototype.toString.call(value).slice(8, -1)})`
    : `a ${typeof value}`
}

/** Whether it is a Uint8Array, of this realm or of another. */
const isBytes = (value: unknown): value is Uint8Array =>
  ArrayBuffer.isView(value) && Object.prototype.toString.call(value) === '[object Uint8Array]'

/** Throws a TypeError that says what to do where something else is given for bytes, as programs without types do. */
export function demandBytes(value: unknown, what: string): asserts value is Uint8Array {
  if (!isBytes(value)) throw new TypeError(`${what} is bytes, a Uint8Array, not ${kindOf(value)}: ${REMEDY}`)
}
