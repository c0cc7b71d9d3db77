import { GUEST } from '../../userdata-templates/generated/guest.ts'
import { LIGHT } from '../../userdata-templates/generated/light.ts'
import { GZIPPED } from '../../userdata-templates/generated/packed.ts'
import { PACKS, PLACES } from '../../userdata-templates/generated/places.ts'
import type { GuestFile } from './injection.ts'

/** What travels together, packed at build. */
export type Pack = 'full' | 'probing' | 'tokens' | 'both' | 'fleet'

function fileOf(name: string, texts: Readonly<Record<string, string>>): GuestFile {
  const [mode, path] = PLACES[name] ?? []
  const content = texts[name]
  if (mode === undefined || path === undefined || content === undefined) {
    throw new Error(`userdata-templates/guest/${name} is missing from the build`)
  }
  return { path, mode, content, once: false }
}

const packs = new Map<Pack, readonly GuestFile[]>()

/** The guest files of a pack, as they travel: without comments. */
export function packedFiles(pack: Pack): readonly GuestFile[] {
  const known = packs.get(pack)
  if (known !== undefined) return known
  const files = (PACKS[pack] ?? []).map(name => ({ ...fileOf(name, LIGHT), gzipped: GZIPPED[name] ?? '' }))
  packs.set(pack, files)
  return files
}

/** What an image has baked in, in full: nothing of it travels. */
export const imageFiles = (): readonly GuestFile[] => (PACKS['image'] ?? []).map(name => fileOf(name, GUEST))
