/**
 * Vitest's plugin looks up the caller of each timer, to know its own ones without a delay. The service sets a timer with
 * a delay for each round trip: those go to the runtime directly.
 */
const { setTimeout: setWatched } = globalThis
const runtime: Pick<typeof globalThis, 'setTimeout'> = Object.getPrototypeOf(globalThis)

globalThis.setTimeout = ((...args: [work: () => void, delay?: number]) =>
  args[1] ? runtime.setTimeout.apply(globalThis, args) : setWatched(...args)) as typeof setTimeout
