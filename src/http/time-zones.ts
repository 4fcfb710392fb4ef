/** Rails' time zone names that are not cities of the IANA database. The Files.com API documents Rails' names. */
const rails: Record<string, string> = {
  'international date line west': 'Pacific/Midway',
  'midway island': 'Pacific/Midway',
  'american samoa': 'Pacific/Pago_Pago',
  hawaii: 'Pacific/Honolulu',
  alaska: 'America/Juneau',
  'pacific time (us & canada)': 'America/Los_Angeles',
  'mountain time (us & canada)': 'America/Denver',
  arizona: 'America/Phoenix',
  'central time (us & canada)': 'America/Chicago',
  saskatchewan: 'America/Regina',
  guadalajara: 'America/Mexico_City',
  'central america': 'America/Guatemala',
  'eastern time (us & canada)': 'America/New_York',
  'indiana (east)': 'America/Indiana/Indianapolis',
  quito: 'America/Lima',
  'atlantic time (canada)': 'America/Halifax',
  newfoundland: 'America/St_Johns',
  brasilia: 'America/Sao_Paulo',
  georgetown: 'America/Guyana',
  greenland: 'America/Godthab',
  'mid-atlantic': 'Atlantic/South_Georgia',
  'cape verde is.': 'Atlantic/Cape_Verde',
  edinburgh: 'Europe/London',
  bern: 'Europe/Zurich',
  'west central africa': 'Africa/Algiers',
  pretoria: 'Africa/Johannesburg',
  'st. petersburg': 'Europe/Moscow',
  'abu dhabi': 'Asia/Muscat',
  ekaterinburg: 'Asia/Yekaterinburg',
  islamabad: 'Asia/Karachi',
  chennai: 'Asia/Kolkata',
  mumbai: 'Asia/Kolkata',
  'new delhi': 'Asia/Kolkata',
  astana: 'Asia/Almaty',
  'sri jayawardenepura': 'Asia/Colombo',
  hanoi: 'Asia/Bangkok',
  beijing: 'Asia/Shanghai',
  osaka: 'Asia/Tokyo',
  sapporo: 'Asia/Tokyo',
  'solomon is.': 'Pacific/Guadalcanal',
  'new caledonia': 'Pacific/Noumea',
  'marshall is.': 'Pacific/Majuro',
  wellington: 'Pacific/Auckland',
  "nuku'alofa": 'Pacific/Tongatapu',
  'tokelau is.': 'Pacific/Fakaofo',
  'chatham is.': 'Pacific/Chatham',
  samoa: 'Pacific/Apia',
}

/** The areas of the IANA database that have cities. */
const areas = [
  ...['Europe', 'America', 'Asia', 'Africa', 'Australia', 'Pacific', 'Atlantic', 'Indian'],
  ...['America/Argentina', 'America/Indiana', 'America/Kentucky', 'America/North_Dakota'],
  ...['Antarctica', 'Arctic'],
]

/** Caches names that were looked up, because a lookup is slow. */
const known = new Map<string, string | null>()
const MOST_KNOWN = 500

/**
 * Returns the IANA name of a time zone by that name, by Rails' (`Pacific Time (US & Canada)`), or by a city
 * (`Berlin`), in any letter case; null if there is none.
 */
export function timeZoneNamed(name: string): string | null {
  const found = known.get(name)
  if (found !== undefined) return found
  const city = name.replaceAll(' ', '_')
  const candidates = [
    name,
    rails[name.toLowerCase()] ?? '',
    ...(name.includes('/') ? [] : areas.map((area) => `${area}/${city}`)),
  ]
  const zone = candidates.find(isZone) ?? null
  if (known.size < MOST_KNOWN) known.set(name, zone)
  return zone
}

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}
