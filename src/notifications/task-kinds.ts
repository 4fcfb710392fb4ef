import * as z from 'zod'
import type { SealedKind } from '../crypto/sealer.ts'
import { mailBudget } from './compose-mail.ts'

const DAY_SECONDS = 86_400

function kind<Content extends z.ZodType<Record<string, unknown>>>(
  name: string,
  content: Content,
  lifetimeSeconds = DAY_SECONDS,
) {
  return { typ: `latchkey-${name}+jwt`, content, lifetimeSeconds } satisfies SealedKind<z.ZodType>
}

/** The kinds of tasks in the outbox. A task that is not done in time, mostly a day, is given up. */
export const taskKinds = {
  /** Somebody asked for a reset by a name or address. Whether it exists is checked later. */
  'reset-request': kind(
    'reset-request',
    z.object({
      by: z.enum(['username', 'email', 'either']),
      key: z.string(),
      /** The site of the request's host; null on the global and regional hosts. */
      siteId: z.int().nullable(),
      language: z.string(),
    }),
  ),
  /** A name was locked out. Whether it exists is checked later. */
  'lock-notice': kind(
    'lock-notice',
    z.object({
      /** In the former form, which lookups try first: see nameKeys. */
      nameKey: z.string(),
      /** The site of the request's host; null on the global and regional hosts. */
      siteId: z.int().nullable(),
      address: z.string().nullable(),
      language: z.string(),
    }),
  ),
  /** A one-time code, useless once it has expired. */
  'text-message': kind('text-message', z.object({ to: z.string(), text: z.string() }), 600),
  mail: kind(
    'mail',
    z.object({
      to: z.string(),
      subject: z.string(),
      text: z.string(),
      html: z.string(),
      /** The budget that it counts against; null for none. */
      budget: mailBudget.nullable().default(null),
    }),
  ),
}

export type TaskKind = keyof typeof taskKinds

export type TaskContent<Kind extends TaskKind> = z.infer<(typeof taskKinds)[Kind]['content']>

export function sealedKindOf(kind: TaskKind): SealedKind<z.ZodType<Record<string, unknown>>> {
  return taskKinds[kind]
}
