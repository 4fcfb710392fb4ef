// Works out on paper how long an operation is under way between continents; prints a Markdown table.
//
//   npx node bench/globe.ts

import { markdownTable } from './markdown-table.ts'
import { median } from './statistics.ts'

/**
 * Average round trips in milliseconds between AWS regions, measured 2017 and published as a table at
 * https://acomputerscientistlearnsaws.blogspot.com/2017/04/aws-regions.html
 */
const ROUND_TRIPS: Record<string, Record<string, number>> = {
  Virginia: { Virginia: 0, Oregon: 87, Frankfurt: 89, Tokyo: 145, Singapore: 217, Sydney: 230 },
  Oregon: { Virginia: 89, Oregon: 0, Frankfurt: 160, Tokyo: 89, Singapore: 161, Sydney: 162 },
  Frankfurt: { Virginia: 89, Oregon: 160, Frankfurt: 0, Tokyo: 237, Singapore: 326, Sydney: 324 },
  Tokyo: { Virginia: 145, Oregon: 89, Frankfurt: 237, Tokyo: 0, Singapore: 74, Sydney: 104 },
  Singapore: { Virginia: 217, Oregon: 161, Frankfurt: 326, Tokyo: 74, Singapore: 0, Sydney: 175 },
  Sydney: { Virginia: 230, Oregon: 162, Frankfurt: 323, Tokyo: 104, Singapore: 175, Sydney: 0 },
  'São Paulo': {
    Virginia: 120,
    Oregon: 183,
    Frankfurt: 195,
    Tokyo: 257,
    Singapore: 328,
    Sydney: 322,
  },
}

const CONTINENTS = {
  'North America': ['Virginia', 'Oregon'],
  Europe: ['Frankfurt'],
  Asia: ['Tokyo', 'Singapore'],
  Oceania: ['Sydney'],
  'South America': ['São Paulo'],
}

/** Where D1 keeps replicas: enam, wnam, weur, apac, oc. Asia's is taken to be in Tokyo. */
const REPLICAS = ['Virginia', 'Oregon', 'Frankfurt', 'Tokyo', 'Sydney']

/** From a Worker to a database in the same place. */
const NEAR_MS = 5

/** Trips one after another: to the nearest replica, and to the primary. */
interface Trips {
  nearest: number
  primary: number
}

const OURS: Record<string, Trips> = {
  'log in': { nearest: 1, primary: 1 },
  'use of a session': { nearest: 1, primary: 0 },
  'log out': { nearest: 0, primary: 1 },
}

/** better-auth 1.7.25 as it sets itself up on D1: counted at its binding. */
const ONE_DATABASE: Record<string, Trips> = {
  'log in': { nearest: 0, primary: 3 },
  'use of a session': { nearest: 0, primary: 2 },
  'log out': { nearest: 0, primary: 5 },
}

const operations = Object.keys(OURS)
const rows = Object.entries(CONTINENTS).map(([continent, places]) => [
  continent,
  ...operations.flatMap((operation) => [
    time(OURS[operation], places, places),
    time(OURS[operation], places, ['Virginia']),
    time(ONE_DATABASE[operation], places, ['Virginia']),
  ]),
])
const systems = ['home near', 'home Virginia', 'one database']
console.log(
  markdownTable(
    ['ms', ...operations.flatMap((operation) => systems.map((one) => `${operation}, ${one}`))],
    rows,
  ),
)

/** The median over the continent's places. A home on the continent is the nearest one that D1 has. */
function time(trips: Trips | undefined, places: string[], homes: string[]): string {
  const { nearest, primary } = trips ?? { nearest: 0, primary: 0 }
  const times = places.map((place) => {
    const home = homes === places ? REPLICAS : homes
    return nearest * least(place, REPLICAS) + primary * least(place, home)
  })
  return median(times).toFixed(0)
}

function least(place: string, to: string[]): number {
  return Math.min(...to.map((one) => ROUND_TRIPS[place]?.[one] ?? Number.NaN)) + NEAR_MS
}
