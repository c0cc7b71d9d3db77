import { CHOICES } from '../api/choices.ts'
import type { InjectOptions } from '../index.ts'
import { nearest } from '../report/nearest.ts'
import { problem } from './problem.ts'
import type { Request, Response } from './request.ts'
import type { State } from './state.ts'

type Reading = Partial<InjectOptions> | undefined

/** A switch is on when it is there: `?strict`, `?strict=true`; `?default-inject=false` turns a default off. */
const TRUTHS: ReadonlyMap<string, boolean> = new Map([
  ['', true],
  ['true', true],
  ['false', false],
])
const truth = (values: readonly string[]): boolean | undefined => TRUTHS.get(values.at(-1) ?? '')

const switched =
  (option: 'defaultInject' | 'allowUnknown' | 'strict') =>
  (values: readonly string[]): Reading => {
    const value = truth(values)
    return value === undefined ? undefined : { [option]: value }
  }

const chosen =
  (option: keyof typeof CHOICES) =>
  (values: readonly string[]): Reading => {
    const value = CHOICES[option].find(choice => choice === values.at(-1))
    return value === undefined ? undefined : { [option]: value }
  }

/** The options of the command line that a request may bring, by the same names; undefined for a value that is none. */
const PARAMETERS: Readonly<Record<string, (values: readonly string[]) => Reading>> = {
  annotation: annotations => ({ annotations }),
  metadata: values => ({ metadata: { name: 'metadata', text: values.at(-1) ?? '' } }),
  name: values => ({ name: values.at(-1) || '<stdin>' }),
  profile: chosen('profile'),
  'guest-url': values => ({ guestUrl: values.at(-1) ?? '' }),
  layout: chosen('layout'),
  platform: chosen('platform'),
  compress: chosen('compress'),
  'vendor-data': values => ({ vendorData: { name: 'vendor-data', bytes: Buffer.from(values.at(-1) ?? '') } }),
  'default-inject': switched('defaultInject'),
  'allow-unknown': switched('allowUnknown'),
  strict: switched('strict'),
}

/** The options that a query stands for, or what is wrong with it. Only names of ours are said again, never values. */
function readQuery(query: URLSearchParams): Partial<InjectOptions> | Response {
  const names = [...new Set(query.keys())]
  let options: Partial<InjectOptions> = {}
  for (const name of names) {
    const known = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined
    if (known === undefined) {
      const near = nearest(name, Object.keys(PARAMETERS))
      const hint = near === undefined ? `there are ${Object.keys(PARAMETERS).join(', ')}` : `did you mean ${near}?`
      return problem('E709', 'the query has a parameter that does not exist', hint)
    }
    const reading = known(query.getAll(name))
    if (reading === undefined) return problem('E710', `the query has an invalid value for ${name}`)
    options = { ...options, ...reading }
  }
  return options
}

/** Whether a query was refused. */
export const isResponse = (value: Partial<InjectOptions> | Response): value is Response => 'status' in value

/** The options that hold for a request: those of its query over those of the server; or what is wrong with the query. */
export const requestOptions = ({ query }: Request, state: State): InjectOptions | Response => {
  const options = readQuery(query)
  return isResponse(options) ? options : { name: '<stdin>', ...state.defaults(), ...options }
}
