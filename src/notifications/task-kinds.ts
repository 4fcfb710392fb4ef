import * as z from 'zod'
import type { SealedKind } from '../crypto/sealer.ts'
import { mailBudget } from './mail-budget.ts'

const DAY_SECONDS = 86_400

function kind<Content extends z.ZodType<Record<string, unknown>>>(
  name: string,
  content: Content,
  lifetimeSeconds = DAY_SECONDS,
) {
  return {
    typ: `latchkey-${name}+jwt`,
    content,
    lifetimeSeconds,
  } satisfies SealedKind<z.ZodType>
}

/** Every kind of work that waits in the outbox. What could not be done in time, a day mostly, is given up. */
export const taskKinds = {
  /** Somebody asked for a reset by a name or address; whether it is anybody's is found out later. */
  'reset-request': kind(
    'reset-request',
    z.object({
      by: z.enum(['username', 'email', 'either']),
      key: z.string(),
      /** The site of the host that was asked; null on the global and regional hosts. */
      siteId: z.int().nullable(),
      language: z.string(),
    }),
  ),
  /** A name was locked; whether it is anybody's is found out later. */
  'lock-notice': kind(
    'lock-notice',
    z.object({
      /** In the former form, which comes first in a look-up: see nameKeys. */
      nameKey: z.string(),
      /** The site of the host that the login came in on; null on the global and regional hosts. */
      siteId: z.int().nullable(),
      address: z.string().nullable(),
      language: z.string(),
    }),
  ),
  /** A code: of no use once it has expired. */
  'text-message': kind('text-message', z.object({ to: z.string(), text: z.string() }), 600),
  mail: kind(
    'mail',
    z.object({
      to: z.string(),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
      /** What it counts against when it is sent; null for nothing. */
      budget: mailBudget.nullable().default(null),
    }),
  ),
}

export type TaskKind = keyof typeof taskKinds

export type TaskContent<Kind extends TaskKind> = z.infer<(typeof taskKinds)[Kind]['content']>

export function sealedKindOf(kind: TaskKind): SealedKind<z.ZodType<Record<string, unknown>>> {
  return taskKinds[kind]
}
