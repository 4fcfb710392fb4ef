import * as z from 'zod'
import { type ChangeSiteNeeds, changeSite } from '../current-site/change-site.ts'
import {
  checkParameters,
  clearableLines,
  clearableText,
  text,
} from '../platform/check-parameters.ts'
import type { Language } from '../platform/languages.ts'
import type { Problem } from '../platform/problem.ts'
import { type Reply, route } from '../platform/route.ts'
import { reauthenticatedSiteAdmin } from '../sessions/access.ts'
import type { Site } from '../sites/site.ts'
import { siteSettingParameters, viewSettings } from '../sites/site-settings.ts'
import { Form } from '../ui/fields.tsx'
import { SettingField } from '../ui/setting-field.tsx'
import { AdminPage } from './admin-page.tsx'
import { adminTextsIn } from './page-texts.ts'
import { type OfferedRule, offeredRules, ruleTexts } from './rule-texts.ts'
import { namedAsHere, settingsIn, toldProblem } from './told-problem.ts'

const locale = text(35).optional()
const page = {
  base: false,
  mediaType: 'text/html',
  access: reauthenticatedSiteAdmin,
  returnTo: '/admin/rules',
  problems: [],
} as const
const replies = {
  200: { description: 'The page', body: z.string() },
  303: { description: 'To the log in page' },
  403: { description: 'Not for who is no site admin', body: z.string() },
  422: { description: 'The page, and what is wrong', body: z.string() },
}

const names = Object.keys(offeredRules) as OfferedRule[]

const show = route<unknown>()(
  {
    ...page,
    method: 'GET',
    path: '/admin/rules',
    summary: 'The page of the rules of a site, for its admins',
    parameters: z.object({ locale }),
    replies,
  },
  ({ caller, language }) => rulesPage(language, shownBy(caller.live.site)),
)

const save = route<ChangeSiteNeeds>()(
  {
    ...page,
    method: 'POST',
    path: '/admin/rules',
    summary: 'Its form: a box that is not ticked is not sent, and means no',
    parameters: z.object({
      ...Object.fromEntries(names.map((name) => [name, fieldOf(name)])),
      locale,
    }) as z.ZodObject<Record<string, z.ZodType<string | undefined>>>,
    replies,
  },
  async ({ parameters, services, caller, request, language }): Promise<Reply> => {
    const { live, region } = caller
    const texts = Object.fromEntries(names.map((name) => [name, sentFor(name, parameters[name])]))
    try {
      const contract = z.object(siteSettingParameters)
      const sent = checkParameters(contract, { values: {}, texts })
      const site = await changeSite(services, { live, region, request }, sent)
      const done = adminTextsIn(language).rulesSaved
      return rulesPage(language, shownBy(site), { done })
    } catch (error) {
      const told = toldProblem(error)
      const problem = namedAsHere(told, ruleTexts[language])
      const shown = { problem, wrong: settingsIn(told) }
      return { ...rulesPage(language, texts, shown), status: 422 }
    }
  },
)

function fieldOf(name: OfferedRule) {
  return offeredRules[name] === 'lines'
    ? clearableLines(8_192).optional()
    : clearableText(64).optional()
}

function sentFor(name: OfferedRule, sent: string | undefined): string {
  return offeredRules[name] === 'flag' ? String(sent === 'true') : (sent ?? '')
}

/** Each rule as its field shows it. */
function shownBy(site: Site): Record<string, string> {
  const settings = viewSettings(site)
  return Object.fromEntries(names.map((name) => [name, String(settings[name] ?? '')]))
}

function rulesPage(
  language: Language,
  values: Record<string, string>,
  { done, problem, wrong = [] }: { done?: string; problem?: Problem; wrong?: string[] } = {},
): { status: 200; body: unknown } {
  const t = adminTextsIn(language)
  const view = (
    <AdminPage {...{ language, title: t.rulesTitle, here: 'rules', problem, done }}>
      <section class="card" aria-label={t.rulesTitle}>
        <Form language={language} action="/admin/rules">
          {names.map((name) => {
            const [label, hint] = ruleTexts[language][name]
            const kind = offeredRules[name]
            const told = { id: name, kind, label, hint, value: values[name] ?? '' }
            const isWrong = wrong.includes(name)
            return <SettingField {...told} isRequired={kind === 'number'} isWrong={isWrong} />
          })}
          <button type="submit">{t.saveRules}</button>
        </Form>
      </section>
    </AdminPage>
  )
  return { status: 200, body: view }
}

export const adminRulePages = [show, save]
