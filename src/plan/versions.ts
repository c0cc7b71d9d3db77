import { ACCEPTED, type Accepted } from '../../annotations/versions.ts'

const minorOf = (version: string | undefined): string | undefined => /^(\d+\.\d+)(?:\.|$)/.exec(version ?? '')?.[1]

const fits = (envoy: string, { lowest, highest }: Accepted): boolean => {
  const [major, minor] = envoy.split('.').map(Number)
  return major === 1 && minor !== undefined && minor >= lowest && minor <= highest
}

/** What a Consul accepts; undefined where it takes any, or is not known. */
export function acceptedBy(consul: string | undefined): Accepted | undefined {
  const minor = minorOf(consul)
  return ACCEPTED.find(row => row.consul === minor)
}

/** What a Consul accepts, when it does not accept this Envoy. */
export function refused(consul: string | undefined, envoy: string | undefined): Accepted | undefined {
  const [row, minor] = [acceptedBy(consul), minorOf(envoy)]
  return row === undefined || minor === undefined || fits(minor, row) ? undefined : row
}

/** The newest Consul that accepts an Envoy, where a newer one refuses it. */
export function newestFor(envoy: string | undefined): string | undefined {
  const minor = minorOf(envoy)
  const newest = minor === undefined ? undefined : ACCEPTED.filter(row => fits(minor, row)).at(-1)
  return newest === ACCEPTED.at(-1) ? undefined : newest?.consul
}
