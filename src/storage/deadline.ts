/** Returns the result of work. @throws {Error} if there is none after so many milliseconds */
export async function withDeadline<T>(work: Promise<T>, milliseconds: number): Promise<T> {
  let timer: number | null = null
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  try {
    return await Promise.race([work, deadline])
  } finally {
    clearTimeout(timer)
  }
}
