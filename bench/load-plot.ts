import type { LoadResults, Service } from './load-results.ts'
import type { OperationName } from './open-loop.ts'

const WIDTH = 860
const HEIGHT = 380
const MARGIN = { left: 56, right: 12, top: 40, bottom: 72 }
const PANEL = WIDTH / 2
const COLORS: Record<Service, string> = {
  latchkey: '#0b5fc4',
  'better-auth': '#c2410c',
  floor: '#6b7280',
}
const LABELS: Record<Service, string> = {
  latchkey: 'Latchkey',
  'better-auth': 'better-auth',
  floor: 'floor: bare hash, one D1 read',
}
/** Milliseconds at the bottom and the top of the scale, which is logarithmic. */
const [LEAST, MOST] = [1, 10_000]

/** Latency by rate: a use on the left, a login on the right; p50 dashed, p99 drawn through. */
export function loadPlot(results: LoadResults): string {
  const services = Object.keys(results.services) as Service[]
  const most = Math.max(
    ...services.flatMap((name) => results.services[name].rates.map(({ rate }) => rate)),
  )
  const legend = services.map((name, index) => {
    const [x, y] = [MARGIN.left + index * 130, HEIGHT - 14]
    return `<path d="M${x} ${y - 4}h24" stroke="${COLORS[name]}" stroke-width="2"/><text x="${x + 30}" y="${y}">${LABELS[name]}</text>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="12" fill="#374151">
<title>Latency by arrivals a second</title>
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${panel(results, { operation: 'use', left: 0, most })}
${panel(results, { operation: 'login', left: PANEL, most })}
${legend.join('\n')}
<text x="${WIDTH - MARGIN.right}" y="${HEIGHT - 14}" text-anchor="end">solid: p99, dashed: p50</text>
</svg>
`
}

function panel(
  { services }: LoadResults,
  { operation, left, most }: { operation: OperationName; left: number; most: number },
): string {
  const [x0, x1] = [left + MARGIN.left, left + PANEL - MARGIN.right]
  const [y0, y1] = [HEIGHT - MARGIN.bottom, MARGIN.top]
  const x = (rate: number) => (x0 + ((x1 - x0) * rate) / most).toFixed(1)
  const y = (ms: number) => {
    const share = Math.log10(Math.min(Math.max(ms, LEAST), MOST) / LEAST) / Math.log10(MOST / LEAST)
    return (y0 + (y1 - y0) * share).toFixed(1)
  }
  const lines = (Object.keys(services) as Service[]).flatMap((name) =>
    (['p50', 'p99'] as const).map((which) => {
      const points = services[name].rates
        .filter(({ operations }) => operations[operation].count > 0)
        .map(({ rate, operations }) => `${x(rate)},${y(operations[operation][which])}`)
      const dash = which === 'p50' ? ' stroke-dasharray="4 4"' : ''
      return `<polyline points="${points.join(' ')}" fill="none" stroke="${COLORS[name]}" stroke-width="2"${dash}/>`
    }),
  )
  const scale = [1, 10, 100, 1_000, 10_000].map(
    (ms) =>
      `<path d="M${x0} ${y(ms)}H${x1}" stroke="#e5e7eb"/><text x="${x0 - 6}" y="${Number(y(ms)) + 4}" text-anchor="end">${ms < 1_000 ? `${ms} ms` : `${ms / 1_000} s`}</text>`,
  )
  const rates = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const rate = Math.round(share * most)
    return `<text x="${x(rate)}" y="${y0 + 18}" text-anchor="middle">${rate}</text>`
  })
  const title = `<text x="${(x0 + x1) / 2}" y="22" text-anchor="middle" font-weight="600">${operation}, by arrivals a second</text>`
  return [title, ...scale, ...rates, ...lines].join('\n')
}
