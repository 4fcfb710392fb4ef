import { defineConfig } from 'drizzle-kit'

/** Run by `npm run migrations:generate`: the directory of usernames, one database for all regions. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/storage/directory-tables.ts',
  out: './migrations/directory',
})
