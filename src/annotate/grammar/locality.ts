import { onOneLine } from './one-line.ts'
import { complaint, meaning, type Parsed, refuse } from './parsed.ts'
import { quote } from './quote.ts'

/** Where a service runs, as its registration spells it. */
export interface Locality {
  readonly region: string
  readonly zone?: string
}

/** A region, or a region and a zone of it. */
export const locality: (value: string) => Parsed<Locality> = onOneLine(value => {
  const [, region, zone] = /^([A-Za-z0-9_.-]{1,64})(?:\/([A-Za-z0-9_.-]{1,64}))?$/.exec(value) ?? []
  if (region === undefined) {
    return refuse(
      complaint(`${quote(value)} is not a locality`, 'write REGION or REGION/ZONE, such as "eu-west-1/eu-west-1a"'),
    )
  }
  return meaning({ region, ...(zone !== undefined && { zone }) })
})
