/** Minor versions of Envoy 1 that a minor version of Consul accepts, in all its patches. */
export interface Accepted {
  readonly consul: string
  readonly lowest: number
  readonly highest: number
}

const row = (consul: string, lowest: number, highest: number): Accepted => ({ consul, lowest, highest })

/**
 * Which Envoys each Consul accepts, from the oldest that looks: Consul 1.14 takes any. By what `consul connect envoy` refuses, which is
 * not what the documentation says; later patches of a long-term release may take a newer Envoy.
 */
export const ACCEPTED: readonly Accepted[] = [
  row('1.15', 22, 25),
  row('1.16', 23, 26),
  row('1.17', 24, 27),
  row('1.18', 25, 28),
  row('1.19', 26, 29),
  row('1.20', 28, 31),
  row('1.21', 31, 34),
  row('1.22', 33, 35),
  row('2.0', 34, 37),
  row('2.1', 35, 38),
]
