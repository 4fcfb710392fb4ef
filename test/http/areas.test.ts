import { describe, expect, it } from 'vitest'
import { routes as everyday } from '../../src/area-everyday.ts'
import { areaOf, areas } from '../../src/areas.ts'
import { fullPath } from '../../src/http/route.ts'
import { routes as all } from '../../src/routes.ts'

/** Its own path tells where a route is looked for: elsewhere nobody would find it. */
describe('An area', () => {
  it('has every route whose path is below one of its own, and no other', async () => {
    const described = areaOf('/openapi.json')
    for (const area of areas) {
      const { routes } = await area.load()
      const paths = routes.map(fullPath).filter((path) => areaOf(path) === area)
      expect(paths).toEqual(all.map(fullPath).filter((path) => areaOf(path) === area))
      if (area !== described) expect(paths).toEqual(routes.map(fullPath))
    }
  })

  it('is loaded for no path of the routes that are there from the start', () => {
    expect(everyday.map(fullPath).filter(areaOf)).toEqual([])
    expect(all.filter((route) => !areaOf(fullPath(route)))).toEqual(everyday)
  })
})
