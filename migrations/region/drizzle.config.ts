import { defineConfig } from 'drizzle-kit'

/** Run by `npm run migrations:generate`: the tables of a region, one database each. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './src/**/tables.ts',
  out: './migrations/region',
})
