import type { Layout } from '../decode/user-data.ts'
import type { Compress } from '../fit/fit.ts'
import { PLATFORMS, type PlatformName } from '../fit/platforms.ts'
import type { Profile } from '../render/injection.ts'

/** The options of an injection whose values are words, and the words; the faces take them from here. */
export const CHOICES: {
  readonly profile: readonly Profile[]
  readonly layout: readonly Layout[]
  readonly platform: readonly PlatformName[]
  readonly compress: readonly Compress[]
} = {
  profile: ['full', 'prebuilt', 'fetch'],
  layout: ['multipart', 'cloud-config'],
  platform: PLATFORMS.map(({ name }) => name),
  compress: ['never', 'auto', 'always'],
}
