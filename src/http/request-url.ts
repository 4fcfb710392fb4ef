const urls = new WeakMap<Request, URL>()

/** Returns a request's URL, which is parsed once. It must not be changed. */
export function urlOf(request: Request): URL {
  const url = urls.get(request) ?? new URL(request.url)
  urls.set(request, url)
  return url
}
