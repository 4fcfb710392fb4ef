import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { users } from '../users/tables.ts'

/** Users' previous passwords, stored only while the site forbids reusing them. */
export const priorPasswords = sqliteTable(
  'prior_passwords',
  {
    id: integer().primaryKey(),
    userId: integer('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    passwordHash: text('password_hash').notNull(),
    replacedAt: integer('replaced_at').notNull(),
  },
  (table) => [index('prior_passwords_user').on(table.userId, table.replacedAt)],
)
