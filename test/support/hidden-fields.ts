/** The hidden fields of a page's form with this action. */
export function hiddenFields(page: string, action: string): Record<string, string> {
  const [, form = ''] = page.split(` action="${action}"`)
  const fields = [...(form.split('</form>')[0] ?? '').matchAll(/<input type="hidden" ([^>]*)>/g)]
  return Object.fromEntries(
    fields.map(([, attributes = '']) => [
      /name="([^"]*)"/.exec(attributes)?.[1] ?? '',
      unescaped(/value="([^"]*)"/.exec(attributes)?.[1] ?? ''),
    ]),
  )
}

export function unescaped(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&amp;', '&')
}
