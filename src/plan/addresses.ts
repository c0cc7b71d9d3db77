import { ADDRESSES } from '../../annotations/generated/addresses.ts'

/**
 * An address that a platform keeps for itself, a row of `annotations/addresses.json`. A VM needs it as root's own, without a proxy
 * between: credentials, the agents of the platform, its resolver, disks over the network.
 */
export interface PlatformAddress {
  readonly cidr: string
  /** Names of `--platform`, and others that it does not know. */
  readonly platforms: readonly string[]
  /** `metadata` is instance data and credentials; `services` all else. */
  readonly purpose: 'metadata' | 'services'
  readonly what: string
}

/** Where nearly every platform has its instance data. It is excluded whatever the platform is called. */
const EVERYWHERE = '169.254.169.254/32'

/** What is left alone of a purpose: on a platform that is named what is its own, else what any platform has. */
export const addressesOf = (purpose: PlatformAddress['purpose'], platform: string | undefined): readonly string[] =>
  ADDRESSES.filter(
    ({ cidr, purpose: own, platforms }) =>
      own === purpose && (platform === undefined || cidr === EVERYWHERE || platforms.includes(platform)),
  ).map(({ cidr }) => cidr)
