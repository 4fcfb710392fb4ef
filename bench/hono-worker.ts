import { Hono } from 'hono'

const app = new Hono()
app.get('/empty', (c) => c.text('ok'))

export default app
