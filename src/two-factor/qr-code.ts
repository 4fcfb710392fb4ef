import { encode } from 'uqr'

/** The white margin that readers need, in modules (ISO/IEC 18004 §9.1). */
const QUIET_ZONE = 4
/** Large enough for a camera on any screen. */
const PIXELS_A_MODULE = 4

/**
 * Returns a QR code as an SVG image: black on its own white background, whatever colors the page has.
 * @throws {RangeError} for a text of more than 2,953 bytes
 */
export function qrCode(text: string): string {
  const { data, size } = encode(text, { border: 0 })
  const whole = size + 2 * QUIET_ZONE
  const path = data.flatMap((row, y) =>
    runsIn(row).map(([x, width]) => `M${x + QUIET_ZONE} ${y + QUIET_ZONE}h${width}v1h-${width}z`),
  )
  const side = whole * PIXELS_A_MODULE
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" ` +
    `viewBox="0 0 ${whole} ${whole}" shape-rendering="crispEdges">` +
    `<path fill="#fff" d="M0 0h${whole}v${whole}h-${whole}z"/>` +
    `<path fill="#000" d="${path.join('')}"/></svg>`
  )
}

/** The runs of black modules in a row: where each begins, and its width. */
function runsIn(row: boolean[]): [x: number, width: number][] {
  const runs: [number, number][] = []
  row.forEach((isBlack, x) => {
    const last = runs.at(-1)
    if (isBlack && last && last[0] + last[1] === x) last[1]++
    else if (isBlack) runs.push([x, 1])
  })
  return runs
}
