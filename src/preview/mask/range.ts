/** A stretch of a text that a secret takes up, in UTF-16 offsets, end exclusive. */
export type Range = readonly [start: number, end: number]

/** Ranges in order, those that touch made one, empty ones gone. */
export function joined(ranges: readonly Range[]): readonly Range[] {
  const all: [number, number][] = []
  for (const [start, end] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const last = all.at(-1)
    if (end <= start) continue
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end)
    else all.push([start, end])
  }
  return all
}

/** The ranges of an inner text, as they stand in the outer one. */
export const moved = (ranges: readonly Range[], by: number): readonly Range[] =>
  ranges.map(([start, end]) => [start + by, end + by] as const)

/** The lines of a text without their line feeds, each with its offset. */
export function linesWithOffsets(text: string): readonly (readonly [at: number, line: string])[] {
  let at = 0
  return text.split('\n').map(line => {
    const entry = [at, line] as const
    at += line.length + 1
    return entry
  })
}

/** Where a here-document that a line opens ends: what its last line is. */
export const heredocEnd = (line: string): string | undefined =>
  /<<[-~]?\s*\\?(["']?)([A-Za-z_][\w-]*)\1/.exec(line)?.[2]
