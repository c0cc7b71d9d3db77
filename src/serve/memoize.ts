import { createHash } from 'node:crypto'
import type { Done, Failed, Job, Work } from './work.ts'

/** What a job asks, in a digest: all of it, and with the lengths, so that no two jobs can look alike. */
function digestOf({ kind, input, beside, options }: Job): string {
  const text = JSON.stringify([kind, options, input.length, beside?.length])
  const hash = createHash('sha256').update(`${text.length}\n${text}`).update(input)
  return (beside === undefined ? hash : hash.update(beside)).digest('base64')
}

/** What nobody asks for twice: each review has an id of its own, and each preview is of what was typed just now. */
const FRESH: ReadonlySet<Job['kind']> = new Set(['mutate', 'preview'])

const sizeOf = (result: Done | Failed): number =>
  result.ok ? 1024 + (result.output?.length ?? 0) + 512 * result.diagnostics.length : 0

/**
 * The same job gives the same bytes, and a VM that boots asks for them more than once: Nova passes every look at the metadata on.
 * Results are kept up to `limit` bytes, the oldest go first; whoever asks while a job is being done waits for its result.
 */
export function memoized(work: Work, limit: number): Work {
  const results = new Map<string, { readonly result: Promise<Done | Failed>; size: number }>()
  let total = 0

  function forget(key: string): void {
    total -= results.get(key)?.size ?? 0
    results.delete(key)
  }

  function makeRoom(): void {
    for (const [oldest, { size }] of results) {
      if (total <= limit) return
      // What is still being done frees nothing.
      if (size > 0) forget(oldest)
    }
  }

  return job => {
    if (FRESH.has(job.kind)) return work(job)
    const key = digestOf(job)
    const known = results.get(key)
    if (known !== undefined) {
      results.delete(key)
      results.set(key, known)
      return known.result
    }
    const entry = { result: work(job), size: 0 }
    results.set(key, entry)
    return entry.result.then(result => {
      if (results.get(key) !== entry) return result
      entry.size = sizeOf(result)
      total += entry.size
      // What failed once may do another time.
      if (!result.ok) forget(key)
      makeRoom()
      return result
    })
  }
}
