type Labels = Readonly<Record<string, string>>

export interface Counter {
  add(labels?: Labels): void
}
export interface Histogram {
  observe(labels: Labels, value: number): void
}

/** What the server counts, in the text format 0.0.4 of Prometheus. Every label has few and fixed values. */
export interface Metrics {
  counter(name: string, help: string): Counter
  /** A value that is asked for whenever the metrics are. */
  gauge(name: string, help: string, value: () => number | undefined, labels?: Labels): void
  histogram(name: string, help: string, bounds: readonly number[]): Histogram
  text(): string
}

const SPECIAL = /[\\\n"]/
const escaped = (value: string): string =>
  SPECIAL.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"') : value

/** A name with its labels. It is asked for with each request, several times. */
function series(name: string, labels: Labels): string {
  let pairs = ''
  for (const [label, value] of Object.entries(labels)) pairs += `${pairs === '' ? '' : ','}${label}="${escaped(value)}"`
  return pairs === '' ? name : `${name}{${pairs}}`
}

interface Family {
  readonly head: string
  lines(): readonly string[]
}

const headOf = (name: string, help: string, type: string): string => `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`

function histogramOf(name: string, bounds: readonly number[]): Histogram & Pick<Family, 'lines'> {
  const all = new Map<string, { readonly labels: Labels; readonly buckets: number[]; sum: number; count: number }>()
  return {
    observe(labels, value) {
      const key = series(name, labels)
      const entry = all.get(key) ?? { labels, buckets: bounds.map(() => 0), sum: 0, count: 0 }
      all.set(key, entry)
      entry.sum += value
      entry.count += 1
      const first = bounds.findIndex(bound => value <= bound)
      for (let at = first; at >= 0 && at < bounds.length; at++) entry.buckets[at] = (entry.buckets[at] ?? 0) + 1
    },
    lines: () =>
      [...all.values()].flatMap(({ labels, buckets, sum, count }) => [
        ...buckets.map((n, at) => `${series(`${name}_bucket`, { ...labels, le: String(bounds[at]) })} ${n}`),
        `${series(`${name}_bucket`, { ...labels, le: '+Inf' })} ${count}`,
        `${series(`${name}_sum`, labels)} ${sum}`,
        `${series(`${name}_count`, labels)} ${count}`,
      ]),
  }
}

function counterOf(name: string): Counter & Pick<Family, 'lines'> {
  const values = new Map<string, number>()
  return {
    add(labels = {}) {
      const key = series(name, labels)
      values.set(key, (values.get(key) ?? 0) + 1)
    },
    lines: () => [...values].map(([key, value]) => `${key} ${value}`),
  }
}

/** A registry of its own for every server. */
export function createMetrics(): Metrics {
  const families: Family[] = []
  return {
    counter(name, help) {
      const counter = counterOf(name)
      families.push({ head: headOf(name, help, 'counter'), lines: counter.lines })
      return counter
    },
    gauge(name, help, value, labels = {}) {
      const lines = (): readonly string[] => {
        const now = value()
        return now === undefined ? [] : [`${series(name, labels)} ${now}`]
      }
      families.push({ head: headOf(name, help, 'gauge'), lines })
    },
    histogram(name, help, bounds) {
      const histogram = histogramOf(name, bounds)
      families.push({ head: headOf(name, help, 'histogram'), lines: histogram.lines })
      return histogram
    },
    text: () =>
      families
        .map(({ head, lines }) => ({ head, now: lines() }))
        .filter(({ now }) => now.length > 0)
        .map(({ head, now }) => `${head}${now.join('\n')}\n`)
        .join(''),
  }
}
