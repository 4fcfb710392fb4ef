type Rgb = [red: number, green: number, blue: number]

/** WCAG 2.2 requires 4.5 for text (SC 1.4.3); the rest is for rounding. */
const LEAST_CONTRAST = 4.6
const STEPS = 50

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]
/** The backgrounds of both color schemes, as in the stylesheet. */
const LIGHT_PAPER: Rgb = [245, 246, 248]
const DARK_PAPER: Rgb = [25, 32, 43]

/** A site's color, such as `#0b5fc4`. */
export const ACCENT_COLOR = /^#[0-9a-f]{6}$/

/**
 * Returns the stylesheet with a site's color, darkened on the light background and lightened on the dark one until
 * it is readable.
 */
export function accentStyle(color: string): string {
  const accent = [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16)) as Rgb
  const light = readable(accent, { on: LIGHT_PAPER, towards: BLACK })
  const dark = readable(accent, { on: DARK_PAPER, towards: WHITE })
  return `:root { --accent: ${hex(light)}; --on-accent: ${hex(inkOn(light))}; }
@media (prefers-color-scheme: dark) { :root { --accent: ${hex(dark)}; --on-accent: ${hex(inkOn(dark))}; } }
`
}

function readable(color: Rgb, { on, towards }: { on: Rgb; towards: Rgb }): Rgb {
  for (let step = 0; step < STEPS; step++) {
    const mixed = mix(color, towards, step / STEPS)
    if (contrast(mixed, on) >= LEAST_CONTRAST) return mixed
  }
  return towards
}

function inkOn(color: Rgb): Rgb {
  return contrast(color, WHITE) >= contrast(color, BLACK) ? WHITE : BLACK
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((value, nth) => Math.round(value + ((to[nth] ?? 0) - value) * share)) as Rgb
}

/** Returns the contrast ratio of two colors (WCAG 2.2), 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [brighter = 0, darker = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (brighter + 0.05) / (darker + 0.05)
}

function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((value) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as Rgb
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function hex(color: Rgb): string {
  return `#${color.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
