/** The order matters: Edge also calls itself Chrome, and Chrome also calls itself Safari. */
const PROGRAMS: [RegExp, string][] = [
  [/Files\.com ([\w.]+(?: [\w.]+)? SDK|CLI)/, 'Files.com $1'],
  [/Cyberduck|Mountain Duck/, '$&'],
  [/Edg(?:A|iOS)?\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/(?:Firefox|FxiOS)\//, 'Firefox'],
  [/(?:Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
  [/^curl\//, 'curl'],
]

const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, 'iPhone'],
  [/iPad/, 'iPad'],
  [/Android/, 'Android'],
  [/Windows/, 'Windows'],
  [/Mac OS X|Macintosh/, 'macOS'],
  [/CrOS/, 'ChromeOS'],
  [/Linux/, 'Linux'],
]

/** Returns a user agent in words, such as `Firefox, Windows`; its beginning if it is unknown. */
export function deviceName(userAgent: string): string {
  const known = [PROGRAMS, SYSTEMS].map((names) => nameIn(names, userAgent)).filter((name) => name)
  return known.length > 0 ? known.join(', ') : userAgent.slice(0, 60)
}

function nameIn(names: [RegExp, string][], userAgent: string): string | undefined {
  for (const [pattern, name] of names) {
    const [found] = pattern.exec(userAgent) ?? []
    if (found !== undefined) return found.replace(pattern, name)
  }
  return undefined
}
