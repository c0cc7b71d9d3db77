// How many bytes an injection adds, for every profile and layout: raw, and of a gzipped document.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { inject } from '../../dist/src/index.js'
import { EXAMPLE } from './measure.mjs'
import { row } from './table.mjs'

const LAYOUTS = ['multipart', 'cloud-config']
const PROFILES = ['full', 'fetch', 'prebuilt']
const input = readFileSync(EXAMPLE)
const gzipped = bytes => gzipSync(bytes, { level: 9 }).length

export const title = 'Bytes that an injection adds'

export const measure = () =>
  LAYOUTS.flatMap(layout =>
    PROFILES.flatMap(profile => {
      const { output } = inject(input, {
        layout,
        profile,
        ...(profile === 'fetch' && { guestUrl: 'https://store.example/' }),
      })
      return [
        row(`${layout}, ${profile}`, [output.length - input.length], { digits: 0 }),
        row(`${layout}, ${profile}, both gzipped`, [gzipped(output) - gzipped(input)], { digits: 0 }),
      ]
    }),
  )
