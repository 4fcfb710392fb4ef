import { text } from '../http/check-parameters.ts'

export const redirectHostParameter = text(253).describe(
  'A host of the site: its subdomain’s, or its verified domain',
)
